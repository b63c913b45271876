"""The committee's screens: agenda, decision, answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from committee import policies, selectors, services
from committee.forms import AnswerForm, PrepareForm
from committee.models import Decision
from committee.workflow import DECISION
from core.answers import attempt
from core.errors import DomainError
from core.requests import form_refused, signed_in
from parties.models import Role
from parties.selectors import pack_in_force


@login_required
@require_http_methods(["GET", "POST"])
def agenda(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for a decision of this partnership; the secretariat bundles it into one."""
    now, user = timezone.now(), signed_in(request)
    mine = selectors.partnerships_of(user, *selectors.INSIDE, at=now)
    partnership = get_object_or_404(mine, host__slug=slug)
    may_prepare = policies.can_prepare(user, partnership, at=now)
    if request.method == "POST" and not may_prepare:
        raise PermissionDenied
    items = selectors.agenda(partnership)
    form = PrepareForm(request.POST or None, agenda=items)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            decision = services.decision_prepare(
                partnership=partnership,
                item_ids=[item.pk for item in given["items"]],
                text=given["text"],
                outcome=given["outcome"],
                actor=user,
                at=now,
            )
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return redirect(decision)
    return render(
        request,
        "committee/agenda.html",
        {"partnership": partnership, "items": items, "form": form, "may_prepare": may_prepare},
    )


@require_safe
def decision_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision: public once adopted; before that, for its committee with the answers given so far."""
    decision = get_object_or_404(selectors.decision_list(viewer=request.user, at=timezone.now()), pk=pk)
    return _page(request, decision, AnswerForm())


def _page(request: HttpRequest, decision: Decision, form: AnswerForm) -> HttpResponse:
    now, user = timezone.now(), request.user
    inside = selectors.partnerships_of(user, *selectors.INSIDE, at=now).filter(pk=decision.partnership_id).exists()
    serves = selectors.partnerships_of(user, Role.SECRETARIAT, at=now).filter(pk=decision.partnership_id).exists()
    context = {
        "decision": decision,
        "pack": pack_in_force(decision.partnership, (decision.opened_at or now).date()),
        "items": selectors.items_of(decision),
        "answers": decision.answers.select_related("member", "party") if inside else None,
        "may_answer": policies.can_answer(user, decision, at=now),
        "actions": DECISION.available(decision.status) if serves else [],
        "form": form,
    }
    return render(request, "committee/decision_detail.html", context)


@login_required
@require_POST
def decision_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A member affirms or objects."""
    now, user = timezone.now(), signed_in(request)
    decision = get_object_or_404(selectors.decision_list(viewer=user, at=now), pk=pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            services.decision_answer(decision_id=pk, actor=user, at=now, **form.cleaned_data)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("Your answer is recorded."))
            return redirect(decision)
    return _page(request, decision, form)


@login_required
@require_POST
def decision_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The secretariat circulates a prepared decision to the members."""
    now, user = timezone.now(), signed_in(request)
    decision = get_object_or_404(selectors.decision_list(viewer=user, at=now), pk=pk)
    return attempt(
        request,
        lambda: services.decision_open(decision_id=pk, actor=user, at=now),
        done=_("The decision is open. The members have been asked for their answers."),
        to=decision.get_absolute_url(),
    )


@login_required
@require_POST
def decision_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The secretariat takes a decision back; its items return to the agenda."""
    now, user = timezone.now(), signed_in(request)
    decision = get_object_or_404(selectors.decision_list(viewer=user, at=now), pk=pk)
    return attempt(
        request,
        lambda: services.decision_withdraw(decision_id=pk, actor=user, at=now),
        done=_("The decision is withdrawn; its items are on the agenda again."),
        to=decision.get_absolute_url(),
    )
