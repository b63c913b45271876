"""What every public viewset shares: no sign-in, pages by keyset, unknown parameters refused, conditional reads."""

import hashlib
import json
from typing import Any, TypeVar, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import PARAMETERS, KeysetPagination
from core.lists import Sorting

Row = TypeVar("Row", bound=Model)


class PublicViewSet(viewsets.ReadOnlyModelViewSet[Row]):
    """Public records, to be read by anybody. `listing` says how they sort, as on the page of the same list."""

    listing: Sorting
    filterset_class: Any = None
    authentication_classes = []
    pagination_class = KeysetPagination

    def filter_queryset(self, queryset: QuerySet[Row, Any]) -> QuerySet[Row, Any]:
        """Filter, but refuse a parameter that is not known: a slip must not answer with everything."""
        if self.action == "list":
            known = {*PARAMETERS, *self.filterset_class.base_filters}
            unknown = sorted(set(self.request.query_params) - known)
            if unknown:
                raise ValidationError({name: [_("There is no such parameter.")] for name in unknown})
        return super().filter_queryset(queryset)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with one record, or with 304 where the client holds it already (RFC 9110)."""
        response = super().retrieve(request, *args, **kwargs)
        return conditional(request, response)


def conditional(request: Request, response: Response) -> Response:
    """Give the answer an ETag and answer 304 where the client sent the same one."""
    text = json.dumps(response.data, cls=DjangoJSONEncoder, sort_keys=True)
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    unchanged = get_conditional_response(cast("HttpRequest", request), etag=etag)
    if isinstance(unchanged, HttpResponse) and unchanged.status_code == 304:
        return Response(status=304, headers={"ETag": etag})
    response["ETag"] = etag
    return response
