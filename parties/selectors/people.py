"""The roles and invitations that a person looks after."""

from datetime import datetime

from django.db.models import Q, QuerySet

from core.models import User
from parties.models import Invitation, RoleAssignment
from parties.policies import GRANTORS


def roles_looked_after(user: User, at: datetime) -> QuerySet[RoleAssignment]:
    """Return the roles in force, or to come, that this person may end."""
    lasting = Q(valid_until=None) | Q(valid_until__gte=at.date())
    held = RoleAssignment.objects.filter(_in_reach(user, at), lasting)
    related = held.select_related("user", "partnership__host", "partnership__acquirer", "party", "organisation")
    return related.order_by("role", "user__name", "pk")


def invitations_looked_after(user: User, at: datetime) -> QuerySet[Invitation]:
    """Return the open invitations that this person may confirm or withdraw."""
    open_ones = Invitation.objects.open(at).filter(_in_reach(user, at) | Q(invited_by=user))
    return open_ones.select_related(
        "partnership__host", "partnership__acquirer", "party", "organisation", "invited_by", "confirmed_by"
    )


def _in_reach(user: User, at: datetime) -> Q:
    """Return the condition that policies.can_grant asks of one role, for many."""
    mine = list(RoleAssignment.objects.on(at.date()).filter(user=user))
    reach = Q(pk=None)
    for role, grantors in GRANTORS.items():
        for held in mine:
            if held.role in grantors:
                reach |= Q(
                    role=role, partnership=held.partnership_id, party=held.party_id, organisation=held.organisation_id
                )
    return reach
