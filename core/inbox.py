"""What waits for a person. Each app lists its own items; the inbox page gathers them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Max
from django.utils.translation import gettext as _

from core.models import Event

# Of one kind, where a list elsewhere shows all.
MOST = 25


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: `kind` says what in a few words, `title` and `url` say on which record.

    `due_at` is a reminder, never a block; None where no rule sets a date.
    """

    title: str
    url: str
    kind: str
    waiting_since: datetime | None = None
    due_at: datetime | None = None

    def is_new(self, since: datetime | None) -> bool:
        """Whether it came after that moment, the last look."""
        return since is not None and self.waiting_since is not None and self.waiting_since > since


def waiting_since(subjects: Iterable[models.Model]) -> dict[int, datetime]:
    """Return when something last happened to each record of one model, by primary key, in one query."""
    records = list(subjects)
    if not records:
        return {}
    last = (
        Event.objects.filter(
            subject_type=records[0]._meta.label_lower, subject_id__in=[str(record.pk) for record in records]
        )
        .values_list("subject_id")
        .annotate(Max("at"))
    )
    return {int(pk): moment for pk, moment in last}


def items_of(records: models.QuerySet[Any], kind: str, *, more: str = "") -> Iterator[Item]:
    """Yield one item for each record, oldest first; `due_at`, where the query annotates it, is the reminder.

    Where all of them can be seen at the address `more`, the most urgent ones and one item that leads there.
    """
    if not more:
        yield from _told(list(records.order_by("pk")), kind)
        return
    rows = list(records.order_by(models.F("due_at").asc(nulls_last=True), "pk")[: MOST + 1])
    yield from _told(rows[:MOST], kind)
    yield from rest(rows, kind, more)


def rest(rows: Sequence[object], kind: str, more: str) -> Iterator[Item]:
    """Yield one item that leads to all of a kind where more rows were found than are shown."""
    if len(rows) > MOST:
        yield Item(_("More of these: see the board"), more, kind)


def _told(rows: Sequence[Any], kind: str) -> Iterator[Item]:
    since = waiting_since(rows)
    for row in rows:
        yield Item(str(row), row.get_absolute_url(), kind, since.get(row.pk), getattr(row, "due_at", None))
