"""The register of decisions, open to everybody."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from committee import selectors
from committee.filters import DecisionFilter
from committee.tables import DECISIONS, decision_rows
from core.lists import list_response


@require_safe
def decision_list(request: HttpRequest) -> HttpResponseBase:
    """The adopted decisions; members see their own committee's others too."""
    now = timezone.now()
    decisions = decision_rows(selectors.decision_list(viewer=request.user, at=now))
    return list_response(request, DECISIONS, DecisionFilter(request.GET, decisions), at=now)
