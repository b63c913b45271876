"""Keyset pages for programs: `?cursor=`, `?limit=`, `?sort=`, and an RFC 8288 Link header."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from core.paging import LARGEST_PAGE, PAGE_SIZE, Page, order_of, page_of

PARAMETERS = ("cursor", "limit", "sort")


class KeysetPagination(BasePagination):
    """Reads a list page by page. The viewset's `listing` says how it can be sorted."""

    page: Page[Any]
    address: str

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """Return the rows of the page that was asked for.

        Raises SortUnknown, CursorUnknown, ValidationError.
        """
        listing = view.listing  # type: ignore[union-attr]  # every viewset that pages has one
        order = order_of(listing.sorts, request.query_params.get("sort") or listing.order)
        cursor = request.query_params.get("cursor", "")
        self.page = page_of(queryset, order=order, cursor=cursor, size=_limit(request))
        self.address = request.build_absolute_uri()
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        """Return the rows with the addresses of the neighbouring pages."""
        following, previous = self._address(self.page.next), self._address(self.page.previous)
        links = {"next": following, "prev": previous, "first": remove_query_param(self.address, "cursor")}
        header = ", ".join(f'<{address}>; rel="{rel}"' for rel, address in links.items() if address)
        return Response({"next": following, "previous": previous, "results": data}, headers={"Link": header})

    def _address(self, cursor: str) -> str | None:
        return replace_query_param(self.address, "cursor", cursor) if cursor else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe a page for OpenAPI."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Describe the parameters of a list for OpenAPI."""
        words = list(view.listing.sorts)  # type: ignore[attr-defined]
        sorts = [*words, *(f"-{word}" for word in words)]
        limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE}
        described = (
            ("cursor", "Where the page starts: taken from `next` or `previous` of another page.", {"type": "string"}),
            ("limit", "How many records the page holds at most.", limit),
            ("sort", "Order; a minus sign turns it round. Empty values come last.", {"type": "string", "enum": sorts}),
        )
        return [
            {"name": name, "in": "query", "required": False, "description": text, "schema": schema}
            for name, text, schema in described
        ]


def _limit(request: Request) -> int:
    text = request.query_params.get("limit") or str(PAGE_SIZE)
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= LARGEST_PAGE):
        raise ValidationError({"limit": [_("Give a whole number from 1 to %(most)d.") % {"most": LARGEST_PAGE}]})
    return int(text)
