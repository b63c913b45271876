"""What the loaders of all files share: the form of numbers, whose record it is, and what counts as a change."""

import re
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from django.db import models
from django.utils.translation import gettext as _

from core import numbering
from core.models import Source
from core.workflow import Workflow
from jcm.importer import participants
from jcm.importer.table import Refused, Row
from parties.models import Country, Organisation, Partnership

CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"
VERSION = re.compile(r"(?:ver\.?\s*)?0*(?P<major>\d{1,2})\.(?P<minor>\d{1,2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a row, and the record that it speaks of."""

    outcome: str
    record: models.Model


class Loader(ABC):
    """Loads the rows of one file. What it knows of the database, it reads when it is made."""

    name: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        found = Partnership.objects.select_related("host", "acquirer")
        self.partnerships = {partnership.code: partnership for partnership in found}

    @abstractmethod
    def identity(self, row: Row) -> Hashable:
        """Return what tells the row's record from others of the file."""

    @abstractmethod
    def load(self, row: Row) -> Loaded:
        """Save the row's record. Raises Refused or DomainError; the caller undoes what was written."""

    def in_order(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return the rows in the order in which they must be loaded."""
        return rows

    def partnership_of(self, row: Row) -> Partnership:
        """Return the partnership that the row names by its country. Raises Refused for another country."""
        code = row.required("country_iso2")
        if code not in self.partnerships:
            raise Refused("country_iso2", _("“%(code)s” is not a partner country.") % {"code": code[:40]})
        return self.partnerships[code]


def number(row: Row, column: str, *forms: str, country: str) -> str:
    """Return the cell's number when it has one of the forms such as "{CC}_AM{n}". Raises Refused."""
    text = row.required(column)
    for form in forms:
        pattern = re.escape(form).replace(r"\{CC\}", country).replace(r"\{n\}", "[0-9]{3,5}")
        if re.fullmatch(pattern, text):
            return text
    wanted = _(" or ").join(form.replace("{CC}", country).replace("{n}", "001") for form in forms)
    raise Refused(column, _("“%(text)s” does not have the form %(form)s.") % {"text": text[:40], "form": wanted})


def version(text: str) -> str | None:
    """Return "1.1" for what is printed as Ver1.1, ver01.1 or 1.1; None for anything else."""
    found = VERSION.fullmatch(text)
    return f"{found['major']}.{found['minor']}" if found else None


class HasSource(Protocol):
    """A record that says where it came from."""

    source: Any


def check_is_public_record(record: HasSource, column: str) -> None:
    """Raise Refused when people of this system keep the record: a public list does not overrule them."""
    if record.source != Source.PUBLIC_RECORD:
        raise Refused(column, _("A record with this number was entered in this system; it is left as it is."))


def update(record: models.Model, values: Mapping[str, object]) -> bool:
    """Give the record these values and save what differs. Returns whether anything did."""
    changed = [name for name, value in values.items() if getattr(record, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(record, name, values[name])
    if hasattr(record, "updated_at"):
        changed.append("updated_at")
    record.save(update_fields=changed)
    return True


def reserve(text: str) -> None:
    """Keep a published number such as MN_AM003 from being given again; what stands before the digits is its series."""
    series = text.rstrip("0123456789")
    numbering.reserve(series, int(text.removeprefix(series)))


class Organisations:
    """Organisations by name and country; spellings that differ in signs and capitals are one organisation."""

    def __init__(self) -> None:
        self.known = {self._key(o.name, o.country_id): o for o in Organisation.objects.order_by("-pk")}

    def get(self, name: str, country: Country | None) -> Organisation:
        """Return the organisation, recorded now if it is new."""
        key = self._key(name, country.pk if country else None)
        if key not in self.known:
            self.known[key] = Organisation.objects.create(name=name, country=country, source=Source.PUBLIC_RECORD)
        return self.known[key]

    @staticmethod
    def _key(name: str, country_id: int | None) -> tuple[str, int | None]:
        return participants.same(name), country_id


class HasStatus(Protocol):
    """A record that a workflow moves."""

    status: Any

    def save(self, *, update_fields: list[str]) -> None: ...


def walk(record: HasStatus, workflow: Workflow, target: str) -> bool:
    """Bring the record to the state that the public record shows. Returns whether it was in another.

    Public records skip steps and the database lets only legal moves through, so the steps between are walked.
    Raises Refused when no legal moves lead there.
    """
    if record.status == target:
        return False
    for state in _steps(workflow, record.status, target):
        record.status = state
        record.save(update_fields=["status"])
    return True


def _steps(workflow: Workflow, start: str, target: str) -> list[str]:
    paths: list[list[str]] = [[start]]
    seen = {start}
    for path in paths:  # grows while it is read: shortest paths first
        for before, after in workflow.edges():
            if before == path[-1] and after not in seen:
                if after == target:
                    return [*path[1:], after]
                seen.add(after)
                paths.append([*path, after])
    raise Refused("status", _("“%(old)s” cannot become “%(new)s”.") % {"old": start, "new": target})
