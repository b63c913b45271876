"""One methodology: the public page of an approved version, and the case of a proposal."""

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.errors import NotPermitted
from core.files import file_response
from core.models import Rendition
from methodologies import policies, rules, selectors
from methodologies.document import sections_of
from methodologies.forms import ReasonForm, WithdrawalForm
from methodologies.models import MethodologyVersion
from methodologies.workflow import ONCE_APPROVED
from parties.ports import check_may_read
from parties.services import call_days


@require_safe
def methodology_detail(request: HttpRequest, number: str, version: str) -> HttpResponse:
    """An approved version, valid or not any more: what it measures, how it computes, who uses it."""
    versions = selectors.methodology_list(viewer=request.user, at=timezone.now()).filter(status__in=ONCE_APPROVED)
    return page(request, get_object_or_404(versions, methodology__number=number, version=version))


@require_safe
def methodology_case(request: HttpRequest, pk: int) -> HttpResponse:
    """A proposal and what can be done with it now; an approved one is at its number."""
    version = get_object_or_404(selectors.methodology_list(viewer=request.user, at=timezone.now()), pk=pk)
    if version.was_approved and version.methodology.number:
        return redirect(version)
    return page(request, version)


@require_safe
def methodology_document(request: HttpRequest, pk: int, access: str) -> HttpResponseBase:
    """One rendition of the monitoring spreadsheet; the restricted one only for those inside."""
    now, viewer = timezone.now(), request.user
    version = get_object_or_404(selectors.methodology_list(viewer=viewer, at=now), pk=pk)
    files = selectors.files_of(version, inside=policies.is_inside(viewer, version, at=now))
    rendition = next((file for file in files if file.access == access), None)
    if rendition is None:
        raise Http404
    if rendition.access == Rendition.Access.RESTRICTED:
        try:
            check_may_read(viewer, version, version.methodology.partnership, at=now)
        except NotPermitted as refusal:
            raise PermissionDenied(str(refusal)) from refusal
    return file_response(request, rendition)


def page(request: HttpRequest, version: MethodologyVersion, **forms: Form) -> HttpResponse:
    """Show the methodology with the actions that this person has; `forms` take the place of empty ones."""
    now, viewer = timezone.now(), request.user
    is_inside, sections = policies.is_inside(viewer, version, at=now), sections_of(version)
    context = {
        "version": version,
        "sections": sections,
        "computes": any(section.calculation for section in sections),
        "files": selectors.files_of(version, inside=is_inside),
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
        "reason_form": ReasonForm(),
        "newer": selectors.successor_of(version),
        "withdrawal": selectors.withdrawal_shown(version, inside=is_inside),
        "may_propose_withdrawal": policies.can_propose_withdrawal(viewer, version, at=now),
        "may_take_back": policies.can_consider(viewer, version, at=now),
        "withdrawal_form": WithdrawalForm(),
    }
    return render(request, "methodologies/detail.html", context | forms)
