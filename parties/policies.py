"""Who may act, from role assignments in force. Every rule is a pair: check_x raises with the reason, can_x answers."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils.translation import gettext as _

from core.errors import NotPermitted
from core.models import User
from parties.models import (
    Case,
    Country,
    DesignationApplication,
    Invitation,
    Organisation,
    Partnership,
    Role,
    RoleAssignment,
)
from parties.models.people import PARTY_WIDE
from parties.workflow import APPLICATION

Viewer = User | AnonymousUser
# Who sits on a Joint Committee or serves it.
COMMITTEE = (Role.CO_CHAIR, Role.MEMBER, Role.SECRETARIAT)
# Who reads what is before the committee.
INSIDE = (*COMMITTEE, Role.EXPERT, Role.GOVERNMENT_VIEWER)


def has_role(
    user: Viewer,
    *roles: Role,
    at: datetime,
    partnership: Partnership | None = None,
    party: Country | None = None,
    organisation: Organisation | None = None,
) -> bool:
    """Return whether the person has one of the roles, in the given scope, at that time."""
    if not user.is_authenticated:
        return False
    mine = RoleAssignment.objects.of(user, *roles, at=at)
    if partnership is not None:
        sides = (partnership.host_id, partnership.acquirer_id)
        wide = Q(partnership=None, role__in=PARTY_WIDE, party__in=sides)
        mine = mine.filter(Q(partnership=partnership) | wide)
    if party is not None:
        mine = mine.filter(party=party)
    if organisation is not None:
        mine = mine.filter(organisation=organisation)
    return mine.exists()


def reads_inside(user: Viewer, partnership: Partnership, *, at: datetime) -> bool:
    """Return whether the person reads what is before this partnership's Joint Committee."""
    return has_role(user, *INSIDE, at=at, partnership=partnership)


def check_is_secretariat(user: Viewer, partnership: Partnership, *, at: datetime) -> None:
    """Raise NotPermitted unless the person serves this partnership's secretariat, on either side."""
    if not has_role(user, Role.SECRETARIAT, at=at, partnership=partnership):
        raise NotPermitted(_("Only the secretariat of this partnership may do this."))


def is_secretariat(user: Viewer, partnership: Partnership, *, at: datetime) -> bool:
    """Whether the person serves this partnership's secretariat, on either side."""
    return has_role(user, Role.SECRETARIAT, at=at, partnership=partnership)


def check_is_participant(user: Viewer, *, at: datetime) -> None:
    """Raise NotPermitted unless the person works for a participant or proponent."""
    if not has_role(user, Role.PARTICIPANT, at=at):
        raise NotPermitted(_("Only people of a project participant may do this."))


def check_can_apply(user: Viewer, organisation: Organisation, *, at: datetime) -> None:
    """Raise NotPermitted unless the person works for this third-party entity, designated or to be."""
    if not has_role(user, Role.TPE, at=at, organisation=organisation):
        raise NotPermitted(_("You may apply only for a third-party entity that you work for."))


def can_apply(user: Viewer, organisation: Organisation, *, at: datetime) -> bool:
    """Whether the person works for this third-party entity."""
    return has_role(user, Role.TPE, at=at, organisation=organisation)


# Whose verb it is. What the committee decides is no button.
APPLICATION_ACTORS = {"submit": "entity", "withdraw": "entity", "accept": "secretariat", "return": "secretariat"}


def application_actions(user: Viewer, application: DesignationApplication, *, at: datetime) -> list[str]:
    """Return the verbs of the workflow that this person may use now, in table order."""
    may = {
        "entity": can_apply(user, application.organisation, at=at),
        "secretariat": is_secretariat(user, application.partnership, at=at),
    }
    return [verb for verb in APPLICATION.available(application.status) if may.get(APPLICATION_ACTORS.get(verb, ""))]


def check_is_auditor(user: Viewer, *, at: datetime) -> None:
    """Raise NotPermitted unless the person is an auditor now."""
    if not has_role(user, Role.AUDITOR, at=at):
        raise NotPermitted(_("Only auditors may read this."))


def organisations_of(user: Viewer, *roles: Role, at: datetime) -> list[Organisation]:
    """Return the organisations for which the person has one of the roles, by name."""
    if not user.is_authenticated:
        return []
    mine = RoleAssignment.objects.of(user, *roles, at=at)
    return list(Organisation.objects.filter(roles__in=mine).distinct())


# Who may give and take a role: those who have one of these in the same scope.
GRANTORS: Mapping[Role, tuple[Role, ...]] = {
    Role.CO_CHAIR: (Role.SECRETARIAT,),
    Role.MEMBER: (Role.SECRETARIAT,),
    Role.SECRETARIAT: (Role.SECRETARIAT,),
    Role.EXPERT: (Role.SECRETARIAT,),
    Role.GOVERNMENT_VIEWER: (Role.SECRETARIAT, Role.JCM_AGENCY),
    Role.JCM_AGENCY: (Role.JCM_AGENCY,),
    Role.TPE: (Role.TPE,),
    Role.PARTICIPANT: (Role.PARTICIPANT,),
    Role.REGISTRY_PROPOSER: (Role.REGISTRY_PROPOSER, Role.REGISTRY_APPROVER),
    Role.REGISTRY_APPROVER: (Role.REGISTRY_PROPOSER, Role.REGISTRY_APPROVER),
    Role.AUDITOR: (Role.OPERATOR,),
    Role.OPERATOR: (Role.OPERATOR,),
}


def can_grant(
    user: Viewer,
    role: Role,
    partnership: Partnership | None,
    party: Country | None,
    organisation: Organisation | None,
    *,
    at: datetime,
) -> bool:
    """Whether the person may give, and take, this role in this scope.

    A secretariat looks after its own side of the committee (jcm.md 2.1: by notice of the side), colleagues after each
    other, administrators after their registry, operators after auditors.
    """
    grantors = GRANTORS.get(role, ())
    scope = {"partnership": partnership, "party": party, "organisation": organisation}
    return bool(grantors) and has_role(user, *grantors, at=at, **scope)  # type: ignore[arg-type]


def can_bring_in(user: Viewer, role: Role, organisation: Organisation | None, *, at: datetime) -> bool:
    """Whether the person serves a secretariat and the organisation has nobody yet who could invite colleagues.

    The organisation belongs to a Party of that partnership or is designated in it, where its country is known.
    """
    if organisation is None or role not in {Role.PARTICIPANT, Role.TPE}:
        return False
    present = RoleAssignment.objects.on(at.date()).filter(role=role, organisation=organisation)
    if present.exists() or not has_role(user, Role.SECRETARIAT, at=at):
        return False
    near = Q(host=organisation.country_id) | Q(acquirer=organisation.country_id)
    served = Partnership.objects.filter(near | Q(designations__organisation=organisation)).distinct()
    known = organisation.country_id is not None
    return not known or any(is_secretariat(user, partnership, at=at) for partnership in served)


def check_can_grant(
    user: Viewer,
    role: Role,
    partnership: Partnership | None,
    party: Country | None,
    organisation: Organisation | None,
    *,
    at: datetime,
) -> None:
    """Raise NotPermitted unless the person may give and take this role in this scope."""
    if not can_grant(user, role, partnership, party, organisation, at=at):
        raise NotPermitted(_("You may not give or take this role."))


def check_can_invite(
    user: User,
    role: Role,
    partnership: Partnership | None,
    party: Country | None,
    organisation: Organisation | None,
    *,
    at: datetime,
) -> None:
    """Raise NotPermitted unless the person may give this role, or bring in the first person of the organisation."""
    if not can_bring_in(user, role, organisation, at=at):
        check_can_grant(user, role, partnership, party, organisation, at=at)


def check_can_keep_invitation(user: User, invitation: Invitation, *, at: datetime) -> None:
    """Raise NotPermitted unless the person sent this invitation or may give its role."""
    if invitation.invited_by_id != user.pk:
        role, organisation = Role(invitation.role), invitation.organisation
        check_can_grant(user, role, invitation.partnership, invitation.party, organisation, at=at)


def submitted(user: Viewer, case: Case, *, at: datetime) -> bool:
    """Return whether the person works for the organisation that submitted the case."""
    if case.organisation is None:
        return False
    return has_role(user, Role.PARTICIPANT, Role.TPE, at=at, organisation=case.organisation)


def is_inside_case(user: Viewer, case: Case, *, at: datetime) -> bool:
    """Return whether the person submitted the case, or serves or sits on the committee that decides it."""
    return submitted(user, case, at=at) or reads_inside(user, case.partnership, at=at)


def check_can_reply(user: Viewer, case: Case, *, at: datetime) -> None:
    """Raise NotPermitted unless the person is of the proponent or of the secretariat."""
    if not can_reply(user, case, at=at):
        raise NotPermitted(_("Only the proponent and the secretariat may reply."))


def can_reply(user: Viewer, case: Case, *, at: datetime) -> bool:
    """Answer check_can_reply."""
    return submitted(user, case, at=at) or is_secretariat(user, case.partnership, at=at)


def check_can_keep_holidays(user: Viewer, country: Country, *, at: datetime) -> None:
    """Raise NotPermitted unless the person serves a secretariat on this Party's side."""
    if not can_keep_holidays(user, country, at=at):
        raise NotPermitted(_("Only the secretariat on this side may change its public holidays."))


def can_keep_holidays(user: Viewer, country: Country, *, at: datetime) -> bool:
    """Answer check_can_keep_holidays."""
    return has_role(user, Role.SECRETARIAT, at=at, party=country)
