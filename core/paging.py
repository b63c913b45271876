"""Pages of a list by keyset: a page starts at a row, not at a count of rows, so that a list of any length stays fast
and rows that come in between neither repeat nor hide others.

Empty values come last in both directions; the primary key settles ties.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Field, Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

Row = TypeVar("Row", bound=Model)
# The reader's word for an order → the field, or the expression, that gives it.
Sorts = Mapping[str, str | Combinable]
PAGE_SIZE = 50
LARGEST_PAGE = 500


class CursorUnknown(DomainError):
    """The cursor is not one that this list gave out."""

    code = "cursor-unknown"
    status = 400
    title = _("This page of the list cannot be found. Start again from the first page.")


class SortUnknown(DomainError):
    """The list cannot be sorted like that."""

    code = "sort-unknown"
    status = 400
    title = _("The list cannot be sorted by this.")


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: the reader's word for it, the field, and the direction."""

    word: str
    field: str | Combinable
    descending: bool

    def keyed(self, queryset: "QuerySet[Row]") -> "QuerySet[Row]":
        """Give each row the value by which it is sorted."""
        field = F(self.field) if isinstance(self.field, str) else self.field
        return cast("QuerySet[Row]", queryset.annotate(page_key=field))

    def apply(self, queryset: "QuerySet[Row]") -> "QuerySet[Row]":
        """Return all rows in this order."""
        return self.keyed(queryset).order_by(*self.by())

    def by(self) -> tuple[Any, Any]:
        """Return the terms of ORDER BY; empty values last."""
        field, key = F("page_key"), F("pk")
        if self.descending:
            return field.desc(nulls_last=True), key.desc()
        return field.asc(nulls_last=True), key.asc()

    def by_reversed(self) -> tuple[Any, Any]:
        """Return the terms of ORDER BY that read the list from its end."""
        field, key = F("page_key"), F("pk")
        if self.descending:
            return field.asc(nulls_first=True), key.asc()
        return field.desc(nulls_first=True), key.desc()


def order_of(sorts: Sorts, word: str) -> Order:
    """Return the order that `word` asks for: a key of `sorts`, with "-" before it for descending.

    Raises SortUnknown.
    """
    name = word.removeprefix("-")
    if name not in sorts:
        raise SortUnknown(fields={"sort": str(SortUnknown.title)})
    return Order(word=word, field=sorts[name], descending=word.startswith("-"))


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and the cursors that lead on and back ("" where there is nothing)."""

    rows: list[Row]
    next: str
    previous: str


@dataclass(frozen=True, slots=True)
class _Cursor:
    """The row at which a page starts, and whether the page reads on from it or back."""

    value: Any
    pk: Any
    backwards: bool


def page_of(queryset: QuerySet[Row], *, order: Order, cursor: str = "", size: int = PAGE_SIZE) -> Page[Row]:
    """Return the page of `queryset` that `cursor` leads to, the first one without a cursor.

    Raises CursorUnknown for a cursor that this order did not give out.
    """
    listed = order.keyed(queryset)
    start = _read(listed, order, cursor) if cursor else None
    backwards = start is not None and start.backwards
    if start is not None:
        listed = listed.filter(_beyond(start, order))
    listed = listed.order_by(*(order.by_reversed() if backwards else order.by()))
    rows = list(listed[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_next = bool(rows) and (backwards or more)
    has_previous = bool(rows) and (more if backwards else start is not None)
    return Page(
        rows=rows,
        next=_write(order, rows[-1], backwards=False) if has_next else "",
        previous=_write(order, rows[0], backwards=True) if has_previous else "",
    )


def _beyond(start: _Cursor, order: Order) -> Q:
    """Return the condition that keeps what follows (or, backwards, precedes) the row of the cursor."""
    upwards = order.descending == start.backwards
    key = Q(pk__gt=start.pk) if upwards else Q(pk__lt=start.pk)
    if start.value is None:
        same = Q(page_key=None) & key
        return Q(page_key__isnull=False) | same if start.backwards else same
    further = Q(page_key__gt=start.value) if upwards else Q(page_key__lt=start.value)
    beyond = further | Q(page_key=start.value) & key
    return beyond if start.backwards else beyond | Q(page_key=None)


def _write(order: Order, row: Model, *, backwards: bool) -> str:
    value: Any = row.page_key  # type: ignore[attr-defined]  # annotated by page_of
    text = json.dumps([order.word, value, row.pk, int(backwards)], cls=DjangoJSONEncoder, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(queryset: QuerySet[Row], order: Order, text: str) -> _Cursor:
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        word, value, pk, backwards = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if word != order.word or backwards not in (0, 1) or "\0" in str(value):
            raise CursorUnknown
        field: Field[Any, Any] = queryset.query.annotations["page_key"].output_field
        return _Cursor(
            value=None if value is None else field.to_python(value),
            pk=queryset.model._meta.pk.to_python(pk),
            backwards=bool(backwards),
        )
    except (UnicodeError, binascii.Error, ValueError, TypeError, ValidationError) as error:
        raise CursorUnknown from error
