"""The partnerships in which a person works, and the roles and invitations that the person looks after."""

from datetime import datetime

from django.db.models import Q, QuerySet

from core.models import User
from parties.models import Invitation, Partnership, Role, RoleAssignment
from parties.models.people import PARTY_WIDE
from parties.policies import GRANTORS, Viewer


def partnerships_of(viewer: Viewer, *roles: str, at: datetime) -> QuerySet[Partnership]:
    """Return the partnerships in which the person has one of the roles."""
    if not isinstance(viewer, User):
        return Partnership.objects.none()
    mine = RoleAssignment.objects.of(viewer, *roles, at=at)
    sides = mine.filter(role__in=PARTY_WIDE, partnership=None).values("party")
    found = Q(pk__in=mine.values("partnership")) | Q(host__in=sides) | Q(acquirer__in=sides)
    return Partnership.objects.filter(found).select_related("host", "acquirer")


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
            if held.role == Role.JCM_AGENCY and Role.SECRETARIAT in grantors:
                reach |= Q(role=role, partnership__isnull=False, party=held.party_id)
    return reach
