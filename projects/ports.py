"""What projects must know from above without importing it.

Accounts live in the registry, which imports this app. At start-up it registers a function here that lists the
accounts into which credits of a project may be issued.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from parties import ports
from parties.models import Country
from parties.policies import Viewer
from projects.models import Project


class AccountChoice(NamedTuple):
    """An account: its number, what people call it, and the Party in whose registry it is."""

    number: str
    label: str
    party: Country


AccountDirectory = Callable[[Project], list[tuple[str, str, Country]]]
_directories: list[AccountDirectory] = []


def register_accounts(directory: AccountDirectory) -> AccountDirectory:
    """Let `directory` say which accounts there are; the last one registered counts."""
    _directories[:] = [directory]
    return directory


def account_choices(project: Project) -> list[AccountChoice]:
    """Return the open accounts of both registries that governments and the project's participants hold, each Party's
    government first; none before one is registered."""
    return [AccountChoice(*row) for directory in _directories for row in directory(project)]


def check_may_read(viewer: Viewer, project: Project, *, at: datetime) -> None:
    """Raise NotPermitted where somebody involved may not open the project's restricted documents now."""
    ports.check_may_read(viewer, project, project.partnership, at=at)
