"""What this app and those next to it must know from above without importing it.

The committee knows who declared a conflict of interest; at start-up it registers who may read restricted documents.
"""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Model

from parties.models import Partnership
from parties.policies import Viewer

# Raises NotPermitted, with the reason, where this person may not open the restricted documents of a case now.
ReadingCheck = Callable[[Viewer, Model, Partnership, datetime], None]
_reading: list[ReadingCheck] = []


def register_reading(check: ReadingCheck) -> ReadingCheck:
    """Let `check` say who of those involved may not read restricted documents; the last one registered counts."""
    _reading[:] = [check]
    return check


def check_may_read(viewer: Viewer, subject: Model, partnership: Partnership, *, at: datetime) -> None:
    """Raise NotPermitted where somebody involved may not open the restricted documents of this record now."""
    for check in _reading:
        check(viewer, subject, partnership, at)
