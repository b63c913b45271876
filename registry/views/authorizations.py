"""Authorizations: the list, one of them, recording, confirming, revoking; the settings of an approach."""

from datetime import datetime

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import attempt, posted
from core.errors import DomainError
from core.requests import form_refused, signed_in
from parties.models import Role
from registry import policies, services
from registry.forms.authorizations import ApproachForm, AuthorizationForm, RevokeForm
from registry.models import Authorization
from registry.selectors import authorizations as selectors

SHOWN = 200


@login_required
@require_safe
def authorization_list(request: HttpRequest) -> HttpResponse:
    """What both Parties of my approaches authorized."""
    now, user = timezone.now(), signed_in(request)
    context = {
        "authorizations": selectors.authorization_list(viewer=user, at=now)[:SHOWN],
        "may_record": selectors.parties_of(viewer=user, at=now, roles=[Role.REGISTRY_PROPOSER]).exists(),
    }
    return render(request, "registry/authorizations.html", context)


def _found(request: HttpRequest, pk: int) -> Authorization:
    seen = selectors.authorization_list(viewer=signed_in(request), at=timezone.now())
    found: Authorization = get_object_or_404(seen, pk=pk)
    return found


@login_required
@require_safe
def authorization(request: HttpRequest, pk: int) -> HttpResponse:
    """One authorization, what was taken from it, and what I may do."""
    return _page(request, _found(request, pk), RevokeForm(), at=timezone.now())


def _page(request: HttpRequest, found: Authorization, form: RevokeForm, *, at: datetime) -> HttpResponse:
    user = signed_in(request)
    context = {
        "authorization": found,
        "uses": selectors.uses_of(found)[:SHOWN],
        "may_confirm": policies.can(policies.check_can_confirm_authorization, user, found, at=at),
        "may_revoke": policies.can(policies.check_can_revoke_authorization, user, found, at=at),
        "may_set": policies.can(policies.check_can_set_approach, user, found.approach, at=at),
        "is_recorder": found.recorded_by_id == user.pk,
        "form": form,
    }
    return render(request, "registry/authorization.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def authorization_record(request: HttpRequest) -> HttpResponse:
    """Record what a Party authorized; a colleague confirms it."""
    now, user = timezone.now(), signed_in(request)
    parties = selectors.parties_of(viewer=user, at=now, roles=[Role.REGISTRY_PROPOSER])
    if not parties.exists():
        raise PermissionDenied
    approaches = selectors.approach_list(viewer=user, at=now)
    form = AuthorizationForm(posted(request), parties=parties, approaches=approaches)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.authorization_record(**form.cleaned_data, actor=user, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("Recorded. A colleague must confirm it."))
            return redirect(made)
    return render(request, "registry/authorization_record.html", {"form": form})


@reauthentication_required  # type: ignore[untyped-decorator]  # credits can be made then: whoever confirms has proven just now who they are
@require_POST
def authorization_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm what a colleague recorded."""
    found, now, user = _found(request, pk), timezone.now(), signed_in(request)
    return attempt(
        request,
        lambda: services.authorization_confirm(authorization_id=found.pk, actor=user, at=now),
        done=_("Confirmed. Issuances that both Parties have authorized can be proposed now."),
        to=found.get_absolute_url(),
    )


@login_required
@require_POST
def authorization_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke an authorization; what was first transferred stays."""
    found, now, user = _found(request, pk), timezone.now(), signed_in(request)
    form = RevokeForm(request.POST)
    if not policies.can(policies.check_can_revoke_authorization, user, found, at=now):
        raise PermissionDenied
    if not form.is_valid():
        return _page(request, found, form, at=now)
    return attempt(
        request,
        lambda: services.authorization_revoke(
            authorization_id=found.pk, reason=form.cleaned_data["reason"], actor=user, at=now
        ),
        done=_("Revoked."),
        to=found.get_absolute_url(),
    )


@login_required
@require_http_methods(["GET", "POST"])
def approach(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the identifier, the event of first transfer and the status of a cooperative approach."""
    now, user = timezone.now(), signed_in(request)
    found = get_object_or_404(selectors.approach_list(viewer=user, at=now), pk=pk)
    if not policies.can(policies.check_can_set_approach, user, found, at=now):
        raise PermissionDenied
    fields = ("identifier", "first_transfer", "status")
    form = ApproachForm(posted(request), initial={field: getattr(found, field) for field in fields})
    if request.method == "POST" and form.is_valid():
        try:
            services.approach_set(approach_id=found.pk, **form.cleaned_data, actor=user, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("registry:authorizations")
    return render(request, "registry/approach.html", {"approach": found, "form": form})
