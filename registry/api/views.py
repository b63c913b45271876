"""Credits and issuances for programs."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import PublicViewSet, conditional
from registry import selectors, serials
from registry.api.serializers import CreditSerializer, IssuanceSerializer, SerialLookupSerializer
from registry.filters import CreditFilter, IssuanceFilter
from registry.models import CreditBlock, IssuanceNotification
from registry.tables import CREDITS, ISSUANCES

SERIAL = OpenApiParameter(
    "serial",
    OpenApiTypes.STR,
    OpenApiParameter.PATH,
    description="{registry}-{host}-{project}-{vintage}-{first}-{last}, or one number instead of the range.",
)


class CreditViewSet(PublicViewSet[CreditBlock]):
    """The credit blocks of every registry, and where a serial number stands."""

    listing = CREDITS
    filterset_class = CreditFilter
    serializer_class = CreditSerializer
    queryset = selectors.block_list()
    lookup_field = "serial"
    lookup_value_regex = "[^/]+"  # a registry's own form may have dots

    @extend_schema(parameters=[SERIAL], responses=SerialLookupSerializer)
    def retrieve(self, request: Request, *_args: Any, **kwargs: Any) -> Response:
        """Look a serial number or range up."""
        asked = serials.read(kwargs["serial"])
        lookup = selectors.serial_lookup(asked) if asked else None
        if lookup is None or not lookup.blocks:
            raise NotFound
        return conditional(request, Response(SerialLookupSerializer(lookup, context={"request": request}).data))


class IssuanceViewSet(PublicViewSet[IssuanceNotification]):
    """What Joint Committees notified to both governments, with each government's leg."""

    listing = ISSUANCES
    filterset_class = IssuanceFilter
    serializer_class = IssuanceSerializer
    queryset = selectors.notification_list()
