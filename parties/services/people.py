"""Who gets a role and who loses it: invitations by e-mail, their confirmation and acceptance, and the end of a role."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import InvalidInput, NotPermitted, SamePerson
from core.models import User
from parties import policies
from parties.models import Country, Invitation, Organisation, Partnership, Role, RoleAssignment

OPEN_DAYS = 14


@dataclass(frozen=True, slots=True)
class Grant:
    """A role with its scope."""

    role: Role
    partnership: Partnership | None = None
    party: Country | None = None
    organisation: Organisation | None = None

    @property
    def scope(self) -> dict[str, Any]:
        """The columns that say where the role counts."""
        return {"partnership": self.partnership, "party": self.party, "organisation": self.organisation}

    @property
    def label(self) -> str:
        """The role with its scope, in the reader's language."""
        scope = ", ".join(str(part) for part in (self.party, self.partnership, self.organisation) if part)
        return f"{self.role.label} ({scope})" if scope else str(self.role.label)


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    language: str,
    grant: Grant,
    valid_from: date,
    valid_until: date | None,
    actor: User | None,
    at: datetime,
) -> Invitation:
    """Ask somebody to take a role. The letter goes out at once, or once a second administrator has confirmed it.

    `actor` is None for the operator of the system, at the terminal. Raises NotPermitted, or InvalidInput.
    """
    if actor is not None:
        policies.check_can_invite(actor, grant.role, grant.partnership, grant.party, grant.organisation, at=at)
    _check_wanted(grant, email, valid_from, valid_until, at.date())
    invitation = Invitation.objects.create(
        email=email.lower(),
        name=name,
        language=language,
        role=grant.role,
        **grant.scope,
        valid_from=valid_from,
        valid_until=valid_until,
        invited_by=actor,
        made_at=at,
        expires_at=at + timedelta(days=OPEN_DAYS),
    )
    events.emit("person.invited", invitation, actor=actor, at=at, data={"email": email, "role": grant.role})
    if not invitation.waits_for_second:
        events.emit("invitation.ready", invitation, actor=actor, at=at)
    return invitation


def _check_wanted(grant: Grant, email: str, valid_from: date, valid_until: date | None, today: date) -> None:
    if grant.role in {Role.AUDITOR, Role.EXPERT} and valid_until is None:
        raise InvalidInput(fields={"valid_until": _("This role has an end: name its last day.")})
    if valid_until is not None and valid_until < max(valid_from, today):
        raise InvalidInput(fields={"valid_until": _("This day is before the role begins, or over.")})
    held = RoleAssignment.objects.on(max(valid_from, today)).filter(role=grant.role, **grant.scope)
    if held.filter(user__email__iexact=email).exists():
        raise InvalidInput(fields={"email": _("This person has this role already.")})


@transaction.atomic
def invitation_confirm(*, invitation_id: int, actor: User, at: datetime) -> Invitation:
    """Confirm, as the second administrator, that somebody shall become one. Raises NotPermitted or SamePerson."""
    invitation = _open(invitation_id, at)
    policies.check_can_keep_invitation(actor, invitation, at=at)
    if actor.pk == invitation.invited_by_id:
        raise SamePerson
    if not invitation.waits_for_second:
        raise InvalidInput(_("This invitation needs no second person."))
    invitation.confirmed_by, invitation.confirmed_at = actor, at
    invitation.save()
    events.emit("invitation.ready", invitation, actor=actor, at=at)
    return invitation


@transaction.atomic
def invitation_withdraw(*, invitation_id: int, actor: User, at: datetime) -> Invitation:
    """Take an invitation back before it is accepted. Raises NotPermitted, or InvalidInput once it is not open."""
    invitation = _open(invitation_id, at)
    policies.check_can_keep_invitation(actor, invitation, at=at)
    invitation.withdrawn_at = at
    invitation.save()
    events.emit("invitation.withdrawn", invitation, actor=actor, at=at)
    return invitation


@transaction.atomic
def invitation_accept(*, invitation_id: int, user: User | None, password: str, at: datetime) -> RoleAssignment:
    """Take the role: as the signed-in `user` who was invited, or as a new person with this password.

    Raises NotPermitted for another person, InvalidInput for a password that is too weak or an invitation that is over.
    """
    invitation = _open(invitation_id, at)
    if invitation.waits_for_second:
        raise InvalidInput(_("This invitation is no longer open. Ask for another."))
    known = User.objects.filter(email__iexact=invitation.email).first()
    if (known is not None and known != user) or (user is not None and user != known):
        raise NotPermitted(_("This invitation is for somebody else. Sign in with the address that was invited."))
    person = known or _newcomer(invitation, password)
    assignment = RoleAssignment.objects.create(
        user=person,
        role=invitation.role,
        partnership=invitation.partnership,
        party=invitation.party,
        organisation=invitation.organisation,
        valid_from=max(invitation.valid_from, at.date()),
        valid_until=invitation.valid_until,
    )
    invitation.accepted_by, invitation.accepted_at = person, at
    invitation.save()
    events.emit("role.begun", assignment, actor=person, at=at, data={"invitation": invitation.pk})
    return assignment


@transaction.atomic
def role_end(*, assignment_id: int, last_day: date, actor: User, at: datetime) -> RoleAssignment:
    """End a role with this day. Raises NotPermitted, or InvalidInput for a day that is over or after its end."""
    related = RoleAssignment.objects.select_related("partnership__host", "party", "organisation", "user")
    assignment = related.select_for_update(of=("self",)).get(pk=assignment_id)
    policies.check_can_grant(
        actor, Role(assignment.role), assignment.partnership, assignment.party, assignment.organisation, at=at
    )
    if last_day < at.date():
        raise InvalidInput(fields={"last_day": _("This day is over. A role ends today at the earliest.")})
    if assignment.valid_until is not None and last_day > assignment.valid_until:
        raise InvalidInput(fields={"last_day": _("The role ends before this day.")})
    assignment.valid_until = max(last_day, assignment.valid_from)
    assignment.save(update_fields=["valid_until"])
    told = {"person": assignment.user.email, "last_day": last_day.isoformat()}
    events.emit("role.ended", assignment, actor=actor, at=at, data=told)
    return assignment


def _open(invitation_id: int, at: datetime) -> Invitation:
    invitations = Invitation.objects.select_for_update(of=("self",)).select_related("partnership", "party")
    invitation = invitations.open(at).filter(pk=invitation_id).first()
    if invitation is None:
        raise InvalidInput(_("This invitation is no longer open. Ask for another."))
    return invitation


def _newcomer(invitation: Invitation, password: str) -> User:
    newcomer = User(email=invitation.email, name=invitation.name, language=invitation.language)
    if invitation.invited_by is not None:
        newcomer.source = invitation.invited_by.record_source
    try:
        validate_password(password, newcomer)
    except ValidationError as weak:
        raise InvalidInput(fields={"password": " ".join(weak.messages)}) from weak
    newcomer.set_password(password)
    newcomer.save()
    return newcomer
