"""The page of a case: where it stands, its clock, its checklist, its public inputs."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.answers import attempt
from core.requests import signed_in
from parties import casework, letters, policies, services
from parties.forms.cases import ChecklistForm, ReasonForm, ReplyForm
from parties.models import Case
from parties.packs import most_days_of
from parties.workflow import PAUSING_STAGES, Stage


@require_safe
def case_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One case; what concerns its insiders only they see."""
    return case_page(request, case_of(request, number))


def case_of(request: HttpRequest, number: str) -> Case:
    """Return the case if this visitor may see it. Raises Http404."""
    return get_object_or_404(casework.case_list(viewer=request.user, at=timezone.now()), number=number)


def case_page(request: HttpRequest, case: Case, **forms: object) -> HttpResponse:
    """Show a case with what this person may do."""
    now, user = timezone.now(), request.user
    inside = policies.is_inside_case(user, case, at=now)
    serves = policies.is_secretariat(user, case.partnership, at=now)
    clock, call = casework.clock_of(case, at=now), casework.call_of(case)
    checks = casework.checklist_of(case) if inside else []
    section = request.GET.get("section", "")
    context = {
        "case": case,
        "inside": inside,
        "serves": serves,
        "clock": clock,
        "most": most_days_of(case.rule_pack, case.kind, case.stage),
        "whole": casework.whole_clock_of(case, at=now),
        "standing": clock.due_at is None and clock.allowed is not None,
        "may_pause": serves and case.stage in PAUSING_STAGES,
        "history": casework.history_of(case),
        "letters": letters.letters_of(case) if inside else [],
        "checks": checks,
        "found": sum(check.ticked for check in checks),
        "check_form": ChecklistForm(checks=checks) if serves and case.stage == Stage.SUBMITTED else None,
        "call": call,
        "call_open": call is not None and call.takes_inputs(now),
        "inputs": casework.inputs_public(case, section=section) if call else [],
        "section": section,
        "commented": casework.sections_commented(case) if call else [],
        "waiting": casework.inputs_moderated(case) if call and serves else [],
        "may_reply": policies.can_reply(user, case, at=now),
        "reason_form": ReasonForm(),
        "reply_form": ReplyForm(),
    }
    return render(request, "parties/case.html", context | forms)


@login_required
@require_POST
def case_check(request: HttpRequest, number: str) -> HttpResponse:
    """The secretariat ticks what is there."""
    now, user, case = timezone.now(), signed_in(request), case_of(request, number)
    if not policies.is_secretariat(user, case.partnership, at=now):
        raise PermissionDenied
    form = ChecklistForm(request.POST, checks=casework.checklist_of(case))
    if not form.is_valid():
        return case_page(request, case, check_form=form)
    items = [int(pk) for pk in form.cleaned_data["items"]]
    return attempt(
        request,
        lambda: services.case_check(case_id=case.pk, item_ids=items, actor=user, at=now),
        done=_("The checklist is saved."),
        to=case.get_absolute_url(),
    )


@login_required
@require_POST
def case_pause(request: HttpRequest, number: str) -> HttpResponse:
    """The secretariat stops the clock, with a reason."""
    now, user, case = timezone.now(), signed_in(request), case_of(request, number)
    return attempt(
        request,
        lambda: services.case_pause(case_id=case.pk, reason=request.POST.get("reason", ""), actor=user, at=now),
        done=_("The clock stands still."),
        to=case.get_absolute_url(),
    )


@login_required
@require_POST
def case_resume(request: HttpRequest, number: str) -> HttpResponse:
    """The secretariat lets the clock go on."""
    now, user, case = timezone.now(), signed_in(request), case_of(request, number)
    return attempt(
        request,
        lambda: services.case_resume(case_id=case.pk, actor=user, at=now),
        done=_("The clock goes on."),
        to=case.get_absolute_url(),
    )
