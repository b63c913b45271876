"""The register of decisions, open to everybody."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from committee import selectors
from committee.filters import DecisionFilter
from committee.papers import WORDS, decision_pdf
from committee.tables import DECISIONS, decision_rows
from committee.workflow import DecisionStatus
from core.lists import list_response


@require_safe
def decision_list(request: HttpRequest) -> HttpResponseBase:
    """The adopted decisions; members see their own committee's others too."""
    now = timezone.now()
    decisions = decision_rows(selectors.decision_list(viewer=request.user, at=now))
    return list_response(request, DECISIONS, DecisionFilter(request.GET, decisions), at=now)


@require_safe
def decision_file(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """An adopted decision as PDF, in English or Japanese."""
    adopted = selectors.decision_list(viewer=request.user, at=timezone.now()).filter(status=DecisionStatus.ADOPTED)
    decision = get_object_or_404(adopted.select_related("partnership__host", "partnership__acquirer"), pk=pk)
    if language not in WORDS:
        raise Http404(language)
    content = decision_pdf(decision, language=language, address=f"{settings.SITE_URL}{decision.get_absolute_url()}")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{decision.number or decision.pk}-{language}.pdf"'
    return response
