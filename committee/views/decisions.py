"""The committee's screens: agenda, decision, answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from committee import policies, selectors, services, voices
from committee.forms.decisions import AnswerForm, DeclarationForm, PrepareForm, RecirculateForm, SupersedeForm
from committee.forms.meetings import TableForm
from committee.models import Decision
from committee.workflow import DECISION, ENDED, DecisionStatus
from core.answers import attempt
from core.errors import DomainError
from core.requests import form_refused, signed_in
from parties.models import Partnership, Role
from parties.policies import INSIDE
from parties.selectors import pack_in_force
from parties.selectors.people import partnerships_of


@login_required
@require_http_methods(["GET", "POST"])
def agenda(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for a decision of this partnership; the secretariat bundles it into one."""
    now, user = timezone.now(), signed_in(request)
    mine = partnerships_of(user, *INSIDE, at=now)
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
                outcomes=form.outcomes(),
                actor=user,
                at=now,
            )
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return redirect(decision)
    return agenda_page(request, partnership, prepare=form)


def agenda_page(
    request: HttpRequest,
    partnership: Partnership,
    *,
    prepare: PrepareForm | None = None,
    declare: DeclarationForm | None = None,
) -> HttpResponse:
    """Show what waits for a decision, with the forms of this person."""
    now, user = timezone.now(), request.user
    items = selectors.agenda(partnership)
    context = {
        "partnership": partnership,
        "items": items,
        "form": prepare or PrepareForm(agenda=items),
        "may_prepare": policies.can_prepare(user, partnership, at=now),
        "may_declare": policies.can_declare(user, partnership, at=now),
        "declare_form": declare or DeclarationForm(items=items, declared=voices.declarations_of(items, user)),
    }
    return render(request, "committee/agenda.html", context)


@require_safe
def decision_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision: public once adopted; before that, for its committee with the answers given so far."""
    decision = get_object_or_404(selectors.decision_list(viewer=request.user, at=timezone.now()), pk=pk)
    return page(request, decision)


def page(
    request: HttpRequest,
    decision: Decision,
    *,
    answer: AnswerForm | None = None,
    declare: DeclarationForm | None = None,
    successor: RecirculateForm | SupersedeForm | None = None,
) -> HttpResponse:
    """Show the decision with the forms and buttons of this person."""
    now, user = timezone.now(), request.user
    inside = partnerships_of(user, *INSIDE, at=now).filter(pk=decision.partnership_id).exists()
    serves = partnerships_of(user, Role.SECRETARIAT, at=now).filter(pk=decision.partnership_id).exists()
    items = selectors.items_of(decision)
    seats = policies.seats_to_answer(user, decision, at=now)
    recused = voices.recused(decision)
    context = {
        "decision": decision,
        "pack": pack_in_force(decision.partnership, (decision.opened_at or now).date()),
        "items": items,
        "inside": inside,
        "answers": decision.answers.select_related("member", "party", "given_by") if inside else None,
        "recused": recused,
        "chairs_recused": voices.chairs_without_delegate(decision, at=now) if inside else [],
        "seats": seats,
        "undeclared": bool(seats) and voices.undeclared(decision, signed_in(request)).exists(),
        "may_declare": decision.status == DecisionStatus.OPEN
        and policies.can_declare(user, decision.partnership, at=now),
        "actions": DECISION.available(decision.status) if serves else [],
        "form": answer or AnswerForm(seats=seats),
        "declare_form": declare or DeclarationForm(items=items, declared=voices.declarations_of(items, user)),
        "table_form": TableForm(meetings=selectors.meetings_in_session(decision.partnership))
        if serves and decision.status == DecisionStatus.PREPARED
        else None,
        "may_record": serves and decision.status == DecisionStatus.OPEN and decision.taken_in is not None,
        "successor_form": (successor or _successor_form(decision)) if serves else None,
        "successor": selectors.successor_of(decision),
        "recirculated_as": decision.recirculations.select_related("partnership__host") if inside else [],
        "objections": selectors.former_objections(decision) if inside else [],
    }
    return render(request, "committee/decision_detail.html", context)


def _successor_form(decision: Decision) -> RecirculateForm | SupersedeForm | None:
    """Return the form by which another decision takes the place of this one, where it may."""
    if decision.status == DecisionStatus.ADOPTED and not decision.successors.exclude(status__in=ENDED).exists():
        return SupersedeForm(agenda=selectors.agenda(decision.partnership))
    if decision.status in ENDED and not decision.recirculations.exclude(status__in=ENDED).exists():
        return RecirculateForm(initial={"text": decision.text})
    return None


@login_required
@require_POST
def decision_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A member affirms or objects."""
    now, user = timezone.now(), signed_in(request)
    decision = get_object_or_404(selectors.decision_list(viewer=user, at=now), pk=pk)
    seats = policies.seats_to_answer(user, decision, at=now)
    form = AnswerForm(request.POST, seats=seats)
    if form.is_valid():
        try:
            services.decision_answer(decision_id=pk, actor=user, at=now, **form.cleaned_data)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("Your answer is recorded."))
            return redirect(decision)
    return page(request, decision, answer=form)


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
