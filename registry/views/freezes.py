"""The switches: freeze credits, an account or a registry; lift a freeze by two people."""

from datetime import datetime
from typing import Protocol

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
from core.models import User
from core.requests import form_refused, signed_in
from registry import policies, services
from registry.forms.freezes import FreezeForm
from registry.models import Freeze
from registry.selectors import accounts, freezes

SHOWN = 200


class FreezeService(Protocol):
    """A service that moves a freeze."""

    def __call__(self, *, freeze_id: int, actor: User, at: datetime) -> Freeze: ...


@login_required
@require_safe
def freeze_list(request: HttpRequest) -> HttpResponse:
    """What is frozen in my registries, and what was."""
    now, user = timezone.now(), signed_in(request)
    listed = [(found, policies.freeze_state(found)) for found in freezes.freeze_list(viewer=user, at=now)[:SHOWN]]
    context = {"freezes": listed, "registries": accounts.registry_list(viewer=user, at=now)}
    return render(request, "registry/freezes.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def freeze_set(request: HttpRequest) -> HttpResponse:
    """Freeze at once; one administrator is enough."""
    now, user = timezone.now(), signed_in(request)
    registries = accounts.registry_list(viewer=user, at=now)
    if not registries.exists():
        raise PermissionDenied
    wish = {"account": request.GET.get("account", ""), "what": "account", "registry": registries.first()}
    form = FreezeForm(posted(request), registries=registries, initial=wish)
    if request.method == "POST" and form.is_valid():
        try:
            services.freeze_set(**form.asked, actor=user, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("Frozen from now on."))
            return redirect("registry:freezes")
    return render(request, "registry/freeze_set.html", {"form": form})


def _act(request: HttpRequest, pk: int, service: FreezeService, done: str) -> HttpResponse:
    now, user = timezone.now(), signed_in(request)
    found = get_object_or_404(freezes.freeze_list(viewer=user, at=now), pk=pk)
    return attempt(
        request, lambda: service(freeze_id=found.pk, actor=user, at=now), done=done, to=found.get_absolute_url()
    )


@login_required
@require_POST
def freeze_lift_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose to lift a freeze."""
    return _act(request, pk, services.freeze_lift_propose, _("Proposed. A colleague must lift the freeze."))


@reauthentication_required  # type: ignore[untyped-decorator]  # credits can move again: whoever lifts has proven just now who they are
@require_POST
def freeze_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift a freeze, as a colleague proposed."""
    return _act(request, pk, services.freeze_lift, _("The freeze is lifted."))


@login_required
@require_POST
def freeze_keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a colleague's proposal to lift."""
    return _act(request, pk, services.freeze_keep, _("The freeze stays in force."))
