"""What every record of the interface says of itself."""

from typing import Any, ClassVar, TypeVar

from django.db.models import Model
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

Row = TypeVar("Row", bound=Model)
# The fields at the head of every record; `url` is its address here, `page` the one for people.
HEAD = ["id", "url", "type", "page"]


class RecordSerializer(serializers.ModelSerializer[Row]):
    """A public record: its address, its kind, and the page where people read it."""

    kind: ClassVar[str] = ""
    type = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField()

    def get_type(self, _row: Row) -> str:
        """Return the kind of the record."""
        return self.kind

    @extend_schema_field(OpenApiTypes.URI)
    def get_page(self, row: Row) -> str:
        """Return the address of the page for people."""
        return self.absolute(self.page_of(row))

    def page_of(self, row: Any) -> str:
        """Return the path of the page for people."""
        path: str = row.get_absolute_url()
        return path

    def absolute(self, path: str) -> str:
        """Return the full address of a path."""
        request = self.context.get("request")
        return str(request.build_absolute_uri(path)) if request else path
