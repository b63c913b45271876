"""Methodologies for programs."""

from core.api.views import PublicViewSet
from methodologies.api.serializers import MethodologySerializer
from methodologies.filters import MethodologyFilter
from methodologies.models import MethodologyVersion
from methodologies.tables import METHODOLOGIES, methodology_rows


class MethodologyViewSet(PublicViewSet[MethodologyVersion]):
    """The versions of methodologies, approved and proposed."""

    listing = METHODOLOGIES
    filterset_class = MethodologyFilter
    serializer_class = MethodologySerializer
    queryset = methodology_rows()
