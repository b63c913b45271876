"""The registry administrators' screens: the queue of legs, and one leg with the effect of issuing it."""

from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.answers import attempt
from core.requests import signed_in
from registry import policies, services
from registry.models import IssuanceLeg
from registry.selectors import administration, authorizations


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What the Joint Committees notified to my registries, and how far each is."""
    legs = administration.legs_of(viewer=signed_in(request), at=timezone.now())
    return render(request, "registry/queue.html", {"legs": legs})


@login_required
@require_safe
def leg(request: HttpRequest, pk: int) -> HttpResponse:
    """One leg: what was notified, which serial numbers it will get, and what I may do."""
    now, user = timezone.now(), signed_in(request)
    found = get_object_or_404(administration.legs_of(viewer=user, at=now), pk=pk)
    context = {
        "leg": found,
        "lines": administration.serial_preview(found),
        "uses": authorizations.uses_of_leg(found),
        "may_propose": policies.can_propose(user, found, at=now),
        "may_approve": policies.can_approve(user, found, at=now),
        "is_proposer": found.proposed_by_id == user.pk,
    }
    return render(request, "registry/leg.html", context)


def _act(request: HttpRequest, pk: int, service: Callable[..., IssuanceLeg], done: str) -> HttpResponse:
    now, user = timezone.now(), signed_in(request)
    found = get_object_or_404(administration.legs_of(viewer=user, at=now), pk=pk)
    to = found.get_absolute_url()
    return attempt(request, lambda: service(leg_id=found.pk, actor=user, at=now), done=done, to=to)


@login_required
@require_POST
def leg_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose to issue what was notified."""
    return _act(request, pk, services.leg_propose, _("Proposed. A colleague must approve the issuance."))


@login_required
@require_POST
def leg_send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a colleague's proposal."""
    return _act(request, pk, services.leg_send_back, _("Sent back to the proposers."))


@reauthentication_required  # type: ignore[untyped-decorator]  # a credit is made here: whoever approves has proven just now who they are
@require_POST
def leg_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a colleague's proposal; a worker issues the credits."""
    return _act(request, pk, services.leg_approve, _("Approved. The credits are being issued; reload in a moment."))
