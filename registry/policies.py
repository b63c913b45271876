"""Who may do what in a registry. Each Party's administrators act in their own registry only."""

from datetime import datetime

from django.utils.translation import gettext as _

from core.errors import DomainError, NotPermitted, SamePerson
from core.models import User
from parties.models import Role
from parties.policies import Viewer, has_role
from registry.models import IssuanceLeg, Registry


def is_administrator(user: Viewer, registry: Registry, *, at: datetime) -> bool:
    """Return whether the person administers this registry, as proposer or approver."""
    return has_role(user, Role.REGISTRY_PROPOSER, Role.REGISTRY_APPROVER, at=at, party=registry.party)


def check_can_propose(user: User, leg: IssuanceLeg, *, at: datetime) -> None:
    """Raise NotPermitted unless the person proposes in this leg's registry."""
    if not has_role(user, Role.REGISTRY_PROPOSER, at=at, party=leg.registry.party):
        raise NotPermitted(_("Only this registry's proposing administrators may propose an issuance."))


def check_can_approve(user: User, leg: IssuanceLeg, *, at: datetime) -> None:
    """Raise NotPermitted unless the person approves in this leg's registry, SamePerson for the proposer."""
    if not has_role(user, Role.REGISTRY_APPROVER, at=at, party=leg.registry.party):
        raise NotPermitted(_("Only this registry's approving administrators may approve an issuance."))
    if leg.proposed_by_id == user.pk:
        raise SamePerson


def can_propose(user: User, leg: IssuanceLeg, *, at: datetime) -> bool:
    """Answer check_can_propose."""
    try:
        check_can_propose(user, leg, at=at)
    except DomainError:
        return False
    return True


def can_approve(user: User, leg: IssuanceLeg, *, at: datetime) -> bool:
    """Answer check_can_approve."""
    try:
        check_can_approve(user, leg, at=at)
    except DomainError:
        return False
    return True
