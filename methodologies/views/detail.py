"""One methodology: the public page of an approved version, and the case of a proposal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from methodologies import policies, rules, selectors
from methodologies.forms import ReasonForm
from methodologies.models import MethodologyVersion
from methodologies.workflow import Status
from parties.services import call_days


@require_safe
def methodology_detail(request: HttpRequest, number: str, version: str) -> HttpResponse:
    """An approved version: what it measures, how it computes, who uses it."""
    versions = selectors.methodology_list(viewer=request.user, at=timezone.now()).filter(status=Status.APPROVED)
    return page(request, get_object_or_404(versions, methodology__number=number, version=version))


@require_safe
def methodology_case(request: HttpRequest, pk: int) -> HttpResponse:
    """A proposal and what can be done with it now; an approved one is at its number."""
    version = get_object_or_404(selectors.methodology_list(viewer=request.user, at=timezone.now()), pk=pk)
    if version.status == Status.APPROVED and version.methodology.number:
        return redirect(version)
    return page(request, version)


def page(request: HttpRequest, version: MethodologyVersion, reason: ReasonForm | None = None) -> HttpResponse:
    """Show the methodology with the actions that this person has."""
    now, viewer = timezone.now(), request.user
    is_inside = policies.is_inside(viewer, version, at=now)
    context = {
        "version": version,
        "calculation": selectors.calculation_of(version),
        "others": selectors.other_versions(version, viewer=viewer, at=now),
        "uses": selectors.projects_using(version),
        "actions": policies.available(viewer, version, at=now),
        "may_change": policies.can_edit(viewer, version, at=now),
        "may_revise": policies.can_revise(viewer, version, at=now),
        "is_inside": is_inside,
        "may_see_case": version.case is not None and (version.case.is_public or is_inside),
        "call_days": call_days(version.case) if version.case else 0,
        "story": selectors.story(version) if is_inside else [],
        "missing": rules.missing(version) if policies.can_edit(viewer, version, at=now) else [],
        "reason_form": reason or ReasonForm(),
    }
    return render(request, "methodologies/detail.html", context)
