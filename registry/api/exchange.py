"""The exchange with a registry kept elsewhere: it sends and fetches, we answer. We call nobody."""

import json
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from registry import services
from registry.api.clients import client_of
from registry.api.proposals import RegistryViewSet
from registry.errors import ReceiptRefused
from registry.exchange.envelope import LARGEST, Refused
from registry.models import Counterpart, Scope
from registry.selectors import reconciliation

PAGE = 10
JSON = "application/json"
SIGNED = OpenApiResponse(OpenApiTypes.OBJECT, description="A signed receipt.")


class WholeParser(BaseParser):
    """Hands the bytes on as they came: what was signed is read nowhere else."""

    media_type = JSON

    def parse(self, stream: Any, _media_type: str | None = None, _context: Any = None) -> dict[str, bytes]:
        """Return the body as `raw`, or one byte more than is taken of a larger one."""
        return {"raw": stream.read(LARGEST + 1)}


class AfterQuery(serializers.Serializer[None]):
    """After which of our messages."""

    after = serializers.IntegerField(min_value=0, max_value=2**53, default=0)


class ExchangeViewSet(RegistryViewSet):
    """Signed messages between the registry and a registry kept elsewhere."""

    parser_classes = [WholeParser]
    pagination_class = None  # type: ignore[assignment]  # messages are numbered
    filter_backends = []
    scopes: ClassVar[dict[str, Scope]] = dict.fromkeys(("list", "create", "receipts"), Scope.EXCHANGE)

    @extend_schema(
        parameters=[OpenApiParameter("after", OpenApiTypes.INT64, description="The last number that you have.")],
        responses=OpenApiTypes.OBJECT,
    )
    def list(self, request: Request) -> Response:
        """Give the next messages to the other side, at most ten, in order."""
        query = AfterQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        after = query.validated_data["after"]
        counterpart = self._counterpart(request)
        found = reconciliation.messages_out(counterpart, after=after)[:PAGE]
        about = {"registry": counterpart.registry.party.iso2, "counterpart": counterpart.code}
        last = reconciliation.last_number_out(counterpart)
        return Response({**about, "messages": [message.envelope for message in found], "last_sequence_no": last})

    @extend_schema(request={JSON: OpenApiTypes.OBJECT}, responses={200: SIGNED, 422: SIGNED})
    def create(self, request: Request) -> HttpResponse:
        """Take one message; the answer is a signed receipt, whether it was taken or refused."""
        counterpart = self._counterpart(request)
        answer = services.message_receive(counterpart_id=counterpart.pk, raw=_raw(request), at=timezone.now())
        return HttpResponse(answer.receipt, status=200 if answer.taken else 422, content_type=JSON)

    @extend_schema(request={JSON: OpenApiTypes.OBJECT}, responses={200: OpenApiTypes.OBJECT})
    @action(detail=False, methods=["post"])
    def receipts(self, request: Request) -> HttpResponse:
        """Take the other side's signed receipt for one of our messages."""
        counterpart = self._counterpart(request)
        try:
            kept = services.receipt_take(counterpart_id=counterpart.pk, raw=_raw(request), at=timezone.now())
        except Refused as refusal:
            raise ReceiptRefused(f"{refusal.reason.label} {refusal.detail}".strip()) from refusal
        return HttpResponse(json.dumps({"sequence_no": kept.message.sequence_no}), content_type=JSON)

    def _counterpart(self, request: Request) -> Counterpart:
        found = client_of(request).counterpart
        if found is None or not found.active:
            raise NotFound
        return found


def _raw(request: Request) -> bytes:
    body: Any = request.data
    raw: bytes = body.get("raw", b"")
    return raw
