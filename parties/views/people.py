"""People and their roles: whom I look after, invitations, and the page on which an invitation is accepted."""

from collections.abc import Mapping
from datetime import datetime
from itertools import product

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, loads
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import attempt, posted
from core.errors import DomainError
from core.models import User
from core.requests import form_refused, signed_in
from parties import services
from parties.forms.people import InviteForm, PasswordForm, RoleEndForm
from parties.models import Invitation, Role, RoleAssignment
from parties.policies import GRANTORS
from parties.receivers import INVITATION
from parties.selectors import people as selectors
from parties.services import Grant


def _grants(user: User, at: datetime) -> Mapping[str, Grant]:
    """Return the roles that the person may give, each in the scopes in which they have a role that gives it."""
    related = ("partnership__host", "partnership__acquirer", "party", "organisation")
    grants = {}
    for held in RoleAssignment.objects.on(at.date()).filter(user=user).select_related(*related):
        scopes = [(held.role, held.partnership)]
        if held.role == Role.JCM_AGENCY:
            served = selectors.partnerships_of(user, Role.SECRETARIAT, at=at)
            scopes += [(Role.SECRETARIAT, partnership) for partnership in served]
        for (giver, partnership), (role, grantors) in product(scopes, GRANTORS.items()):
            if giver in grantors:
                grant = Grant(role, partnership, held.party, held.organisation)
                key = ":".join(str(getattr(part, "pk", part or "")) for part in (role, *grant.scope.values()))
                grants[key] = grant
    return grants


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The roles and invitations that the person looks after."""
    now, user = timezone.now(), signed_in(request)
    grants = _grants(user, now)
    if not grants:
        raise PermissionDenied
    context = {
        "roles": selectors.roles_looked_after(user, now),
        "invitations": selectors.invitations_looked_after(user, now),
    }
    return render(request, "parties/people.html", context)


@login_required
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # a role opens much: who gives it has proven just now who they are
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody to a role."""
    now, user = timezone.now(), signed_in(request)
    grants = _grants(user, now)
    if not grants:
        raise PermissionDenied
    serves = any(grant.role == Role.CO_CHAIR for grant in grants.values())
    form = InviteForm(posted(request), grants=grants, of_organisations=serves, today=now.date())
    if request.method == "POST" and form.is_valid():
        try:
            services.invite(actor=user, at=now, **form.cleaned_data)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("The invitation is recorded."))
            return redirect("parties:people")
    return render(request, "parties/invite.html", {"form": form})


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """A second administrator confirms."""
    now, user = timezone.now(), signed_in(request)
    get_object_or_404(selectors.invitations_looked_after(user, now), pk=pk)
    return attempt(
        request,
        lambda: services.invitation_confirm(invitation_id=pk, actor=user, at=now),
        done=_("Confirmed. The letter is on its way."),
        to=reverse("parties:people"),
    )


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    now, user = timezone.now(), signed_in(request)
    get_object_or_404(selectors.invitations_looked_after(user, now), pk=pk)
    return attempt(
        request,
        lambda: services.invitation_withdraw(invitation_id=pk, actor=user, at=now),
        done=_("The invitation is withdrawn."),
        to=reverse("parties:people"),
    )


@login_required
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role with a day."""
    now, user = timezone.now(), signed_in(request)
    assignment = get_object_or_404(selectors.roles_looked_after(user, now), pk=pk)
    form = RoleEndForm(posted(request), initial={"last_day": now.date()})
    if request.method == "POST" and form.is_valid():
        try:
            services.role_end(assignment_id=pk, actor=user, at=now, **form.cleaned_data)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("The role ends with that day."))
            return redirect("parties:people")
    return render(request, "parties/role_end.html", {"form": form, "assignment": assignment})


def _invited(token: str, at: datetime) -> Invitation:
    try:
        pk = loads(token, salt=INVITATION)
    except BadSignature as wrong:
        raise Http404 from wrong
    related = ("partnership__host", "partnership__acquirer", "party", "organisation", "invited_by")
    return get_object_or_404(Invitation.objects.open(at).select_related(*related), pk=pk)


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What an invited person sees: the role, and how to take it."""
    now = timezone.now()
    invited = _invited(token, now)
    user = request.user if isinstance(request.user, User) else None
    known = User.objects.filter(email__iexact=invited.email).first()
    form = PasswordForm(posted(request)) if known is None else Form(posted(request))
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data.get("password", "")
        try:
            services.invitation_accept(invitation_id=invited.pk, user=user, password=password, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("The role is yours."))
            return redirect("inbox" if user else settings.LOGIN_URL)
    context = {"invitation": invited, "form": form, "may": known == user, "new": known is None, "signed_in": user}
    return render(request, "parties/invitation.html", context)
