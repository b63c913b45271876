"""The holder's screens: my accounts, one account with what it holds, and what moved."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.lists import list_response
from core.models import User
from core.requests import signed_in
from parties.models import Role
from parties.policies import has_role
from registry import policies, rules
from registry.filters import AccountFilter, HoldingFilter, MovementFilter
from registry.models import Account
from registry.selectors import accounts, proposals
from registry.tables import ACCOUNTS, HOLDINGS, MOVEMENTS


@login_required
@require_safe
def account_list(request: HttpRequest) -> HttpResponseBase:
    """The accounts that I represent, or whose registry I administer."""
    now, user = timezone.now(), signed_in(request)
    asked = AccountFilter(request.GET, accounts.account_list(viewer=user, at=now))
    may_apply = has_role(user, Role.PARTICIPANT, at=now)
    return list_response(request, ACCOUNTS, asked, at=now, may_apply=may_apply)


def account_of(request: HttpRequest, number: str, *, at: datetime) -> Account:
    """Return the account, if the person may see it. Raises Http404."""
    found: Account = get_object_or_404(accounts.account_list(viewer=signed_in(request), at=at), number=number)
    return found


@login_required
@require_safe
def account(request: HttpRequest, number: str) -> HttpResponseBase:
    """One account: what it holds, what is reserved or frozen, who acts for it."""
    now, user = timezone.now(), signed_in(request)
    found = account_of(request, number, at=now)
    held = HoldingFilter(request.GET, accounts.holdings(found))
    return list_response(request, HOLDINGS, held, at=now, **_about(found, user, at=now))


def _about(found: Account, user: User, *, at: datetime) -> dict[str, object]:
    gives = not rules.r_rg_08(found)
    return {
        "account": found,
        "balance": accounts.balance(found),
        "proposals": proposals.proposals_of(found)[:20],
        "latest": accounts.movements(found).order_by("-pk")[:5],
        "freezes": accounts.freezes_of(found),
        "representatives": found.representatives.filter(policies.in_force(at.date())).select_related("user"),
        "trusts": found.trusts.filter(removed_at=None).select_related(
            "destination__holder", "destination__registry__party"
        ),
        "may_propose": gives and policies.can(policies.check_can_propose_from, user, found, at=at),
        "may_correct": gives and policies.can(policies.check_can_correct, user, found, at=at),
        "may_trust": policies.can(policies.check_can_trust, user, found, at=at),
        "may_administer": policies.can(policies.check_can_keep, user, found, at=at),
    }


@login_required
@require_safe
def movement_list(request: HttpRequest, number: str) -> HttpResponseBase:
    """What came to the account and what left it."""
    now = timezone.now()
    found = account_of(request, number, at=now)
    moved = MovementFilter(request.GET, accounts.movements(found))
    return list_response(request, MOVEMENTS, moved, at=now, account=found)
