"""The register of decisions for programs."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from committee import selectors
from committee.api.serializers import DecisionSerializer
from committee.filters import DecisionFilter
from committee.models import Decision
from committee.tables import DECISIONS, decision_rows
from core.api.views import PublicViewSet


class DecisionViewSet(PublicViewSet[Decision]):
    """The adopted decisions of the Joint Committees."""

    listing = DECISIONS
    filterset_class = DecisionFilter
    serializer_class = DecisionSerializer
    queryset = Decision.objects.none()

    def get_queryset(self) -> QuerySet[Decision]:
        """Return what everybody may see."""
        return decision_rows(selectors.decision_list(viewer=AnonymousUser(), at=timezone.now()))
