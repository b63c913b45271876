"""Proofs from the transparency log. Hashes are in base64, as in checkpoints."""

from base64 import b64encode
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from registry.models import Registry
from registry.selectors import log

LARGEST = 2**62


class InclusionQuery(serializers.Serializer[None]):
    """Which size of the log the proof is for; by default the present one."""

    size = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)


class ConsistencyQuery(serializers.Serializer[None]):
    """From which size to which; by default to the present one."""

    to = serializers.IntegerField(required=False, min_value=0, max_value=LARGEST)

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        """Add `from`, a word of Python's own."""
        start = serializers.IntegerField(min_value=0, max_value=LARGEST)
        return {**super().get_fields(), "from": start}


@extend_schema(exclude=True)
@api_view(["GET"])
def inclusion(request: Request, code: str, entry: int | UUID) -> Response:
    """Prove that an entry, by index or by its transaction, is in the log."""
    query = InclusionQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    proof = log.inclusion(_registry(code), entry, query.validated_data.get("size"))
    return Response(
        {
            "index": proof.index,
            "size": proof.size,
            "body": proof.leaf.body,
            "leaf_hash": _text(bytes(proof.leaf.leaf_hash)),
            "path": [_text(step) for step in proof.path],
            "root": _text(proof.root),
        }
    )


@extend_schema(exclude=True)
@api_view(["GET"])
def consistency(request: Request, code: str) -> Response:
    """Prove that the log only grew between two sizes."""
    query = ConsistencyQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    proof = log.consistency(_registry(code), query.validated_data["from"], query.validated_data.get("to"))
    return Response(
        {
            "from": proof.old,
            "to": proof.new,
            "from_root": _text(proof.old_root),
            "to_root": _text(proof.new_root),
            "path": [_text(step) for step in proof.path],
        }
    )


def _registry(code: str) -> Registry:
    registry = log.log_registry(code)
    if registry is None:
        raise Http404
    return registry


def _text(data: bytes) -> str:
    return b64encode(data).decode()
