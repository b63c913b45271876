"""A public list: filtered, sorted, read page by page, and downloaded as CSV or JSON."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render

from core.errors import DomainError
from core.paging import Order, Sorts, order_of, page_of
from core.spreadsheets import safe_cell

CHUNK = 2000


class Filtered(Protocol):
    """What is asked of a django-filter FilterSet."""

    @property
    def qs(self) -> QuerySet[Any]: ...


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a download: its name in the file, and how a row gives its value."""

    name: str
    value: Callable[[Any], object]


@dataclass(frozen=True, kw_only=True)
class Sorting:
    """How one kind of list can be sorted, and how it is where nobody asks."""

    sorts: Sorts
    order: str


@dataclass(frozen=True, kw_only=True)
class Listing(Sorting):
    """A list with a page: its name in file names, its template, and the columns of its download."""

    name: str
    template: str
    columns: tuple[Column, ...]


def list_response(
    request: HttpRequest, listing: Listing, filterset: Filtered, *, at: datetime, **context: object
) -> HttpResponseBase:
    """Answer with a page of the list, or with all of it as a file where the address says ?format=csv or json.

    Raises Http404 for an order, a page or a format that the list does not know.
    """
    try:
        order = order_of(listing.sorts, request.GET.get("sort") or listing.order)
        if file_format := request.GET.get("format"):
            return _download(listing, filterset.qs, order, file_format, at)
        page = page_of(filterset.qs, order=order, cursor=request.GET.get("cursor", ""))
    except DomainError as refusal:
        raise Http404(str(refusal)) from refusal
    shown: dict[str, object] = {
        "filter": filterset,
        "rows": page.rows,
        "total": filterset.qs.count(),
        "previous_url": _address(request.GET, page.previous),
        "next_url": _address(request.GET, page.next),
    }
    return render(request, listing.template, shown | context)


def _address(query: QueryDict, cursor: str) -> str:
    if not cursor:
        return ""
    changed = query.copy()
    changed["cursor"] = cursor
    return f"?{changed.urlencode()}"


def _download(
    listing: Listing, queryset: QuerySet[Model], order: Order, file_format: str, at: datetime
) -> HttpResponseBase:
    writers = {"csv": (_csv, "text/csv; charset=utf-8"), "json": (_json, "application/json")}
    if file_format not in writers:
        raise Http404(file_format)
    write, media_type = writers[file_format]
    rows = order.apply(queryset).iterator(chunk_size=CHUNK)
    response = StreamingHttpResponse(write(listing, rows, at), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="jcm-{listing.name}-{at:%Y-%m-%d}.{file_format}"'
    response["Data-As-Of"] = at.isoformat(timespec="seconds")
    return response


class _Line:
    """A file for the csv module that hands each line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def _csv(listing: Listing, rows: Iterable[Model], _at: datetime) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff"  # without it a spreadsheet reads UTF-8 as something else
    yield writer.writerow([column.name for column in listing.columns])
    for row in rows:
        yield writer.writerow([safe_cell(column.value(row)) for column in listing.columns])


def _json(listing: Listing, rows: Iterable[Model], at: datetime) -> Iterator[str]:
    as_of = at.isoformat(timespec="seconds")
    yield f'{{"list": "{listing.name}", "as_of": "{as_of}", "results": ['
    separator = "\n"
    for row in rows:
        record = {column.name: column.value(row) for column in listing.columns}
        yield separator + json.dumps(record, cls=DjangoJSONEncoder, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"
