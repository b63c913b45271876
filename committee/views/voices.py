"""The committee's screens: declarations of conflicts of interest, and delegates."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from committee import policies, selectors, services, voices
from committee.forms.decisions import DeclarationForm, DelegationForm
from committee.models import Delegation
from committee.views.decisions import agenda_page, page
from core.answers import attempt, posted
from core.errors import DomainError, NotPermitted
from core.requests import form_refused, signed_in
from parties.models import Partnership, Role
from parties.policies import COMMITTEE, INSIDE
from parties.selectors import pack_in_force
from parties.selectors.people import partnerships_of


@login_required
@require_POST
def decision_declare(request: HttpRequest, pk: int) -> HttpResponse:
    """A member says of each item of a decision whether there is a conflict of interest."""
    now, user = timezone.now(), signed_in(request)
    decision = get_object_or_404(selectors.decision_list(viewer=user, at=now), pk=pk)
    form = _declaration(request, decision.partnership, DeclarationForm(
        request.POST, items=selectors.items_of(decision), declared={}
    ))  # fmt: skip
    return page(request, decision, declare=form) if form else redirect(decision)


@login_required
@require_POST
def agenda_declare(request: HttpRequest, slug: str) -> HttpResponse:
    """A member says of each item of the agenda whether there is a conflict of interest."""
    partnership = _mine(request, slug, *INSIDE)
    form = _declaration(request, partnership, DeclarationForm(
        request.POST, items=selectors.agenda(partnership), declared={}
    ))  # fmt: skip
    if form:
        return agenda_page(request, partnership, declare=form)
    return redirect(selectors.agenda_url(partnership))


def _declaration(request: HttpRequest, partnership: Partnership, form: DeclarationForm) -> DeclarationForm | None:
    """Return the form where it has to be shown again, or None once the declarations are made."""
    now, user = timezone.now(), signed_in(request)
    if not policies.can_declare(user, partnership, at=now):
        raise PermissionDenied
    if form.is_valid():
        try:
            services.conflicts_declare(statements=form.statements(), actor=user, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("Your declaration is recorded."))
            return None
    return form


@login_required
@require_http_methods(["GET", "POST"])
def delegations(request: HttpRequest, slug: str) -> HttpResponse:
    """Who answers for whom during an absence; a member names a delegate."""
    partnership, now, user = _mine(request, slug, *COMMITTEE), timezone.now(), signed_in(request)
    try:
        party = policies.check_can_delegate(user, partnership, at=now)
    except NotPermitted as refusal:
        if request.method == "POST":
            raise PermissionDenied(str(refusal)) from refusal
        form = None
    else:
        form = DelegationForm(posted(request), colleagues=voices.colleagues(partnership, party, user, at=now))
    if form is not None and form.is_valid():
        try:
            services.delegation_name(partnership=partnership, actor=user, at=now, **form.cleaned_data)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("Your delegate may answer for you on these days."))
            return redirect(request.path)
    rows = selectors.delegation_list(viewer=user, at=now).filter(partnership=partnership)
    zone = pack_in_force(partnership, now.date()).time_zone
    context = {"partnership": partnership, "delegations": rows, "form": form, "zone": zone}
    return render(request, "committee/delegations.html", context)


@login_required
@require_POST
def delegation_end(request: HttpRequest, pk: int) -> HttpResponse:
    """A member is back, and answers alone again."""
    now, user = timezone.now(), signed_in(request)
    delegation: Delegation = get_object_or_404(selectors.delegation_list(viewer=user, at=now), pk=pk)
    return attempt(
        request,
        lambda: services.delegation_end(delegation_id=pk, actor=user, at=now),
        done=_("The delegation is ended."),
        to=selectors.delegations_url(delegation.partnership),
    )


def _mine(request: HttpRequest, slug: str, *roles: Role) -> Partnership:
    mine = partnerships_of(request.user, *roles, at=timezone.now())
    return get_object_or_404(mine, host__slug=slug)
