"""Proposals: the queue, one proposal with its effect, and what colleagues do with it."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.answers import attempt
from core.lists import list_response
from core.models import User
from core.requests import signed_in
from registry import policies, services
from registry.filters import ProposalFilter
from registry.models import Proposal
from registry.selectors import certificates, proposals
from registry.tables import PROPOSALS


class ProposalService(Protocol):
    """A service that moves a proposal."""

    def __call__(self, *, proposal_id: UUID, actor: User, at: datetime) -> Proposal: ...


@login_required
@require_safe
def proposal_list(request: HttpRequest) -> HttpResponseBase:
    """The proposals of the accounts that I see; first those that wait for me."""
    now, user = timezone.now(), signed_in(request)
    listed = ProposalFilter(request.GET, proposals.proposal_list(viewer=user, at=now))
    return list_response(request, PROPOSALS, listed, at=now, awaiting=proposals.awaiting(viewer=user, at=now))


def _found(request: HttpRequest, pk: UUID) -> Proposal:
    seen = proposals.proposal_list(viewer=signed_in(request), at=timezone.now())
    found: Proposal = get_object_or_404(seen, pk=pk)
    return found


SHOWN = 200


@login_required
@require_safe
def proposal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One proposal: what it moves, balances before and after, and what I may do."""
    found, now, user = _found(request, pk), timezone.now(), signed_in(request)
    lines = proposals.proposal_lines(found)
    context = {
        "proposal": found,
        "lines": lines[:SHOWN],
        "line_count": lines.count(),
        "entry": proposals.transaction_of(found),
        "certificates": certificates.certificates_of(found)[:SHOWN],
        "effects": proposals.effect_of(found) if found.state in proposals.OPEN else [],
        "actions": policies.proposal_actions(user, found, at=now),
        "cancel_until": policies.cancel_until(found),
        "is_proposer": found.proposed_by_id == user.pk,
    }
    return render(request, "registry/proposal.html", context)


def _act(
    request: HttpRequest, pk: UUID, service: ProposalService, done: str | Callable[[Proposal], str]
) -> HttpResponse:
    found, user, now = _found(request, pk), signed_in(request), timezone.now()
    return attempt(
        request, lambda: service(proposal_id=found.pk, actor=user, at=now), done=done, to=found.get_absolute_url()
    )


def _approved(proposal: Proposal) -> str:
    if proposal.execute_at != proposal.approved_at:
        return _("Approved. The destination is not trusted yet, so the proposal waits.")
    return _("Approved. The credits are being moved; reload in a moment.")


@reauthentication_required  # type: ignore[untyped-decorator]  # credits move: whoever approves has proven just now who they are
@require_POST
def proposal_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve a colleague's proposal."""
    return _act(request, pk, services.proposal_approve, _approved)


@login_required
@require_POST
def proposal_reject(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Refuse a colleague's proposal."""
    return _act(request, pk, services.proposal_reject, _("Rejected. The credits are free again."))


@login_required
@require_POST
def proposal_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a proposal back."""
    return _act(request, pk, services.proposal_cancel, _("Cancelled. The credits are free again."))
