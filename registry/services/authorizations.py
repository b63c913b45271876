"""Authorizations of both Parties, and the gate that a leg passes when they cover it (jcm.md 3.5)."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core import events
from core.errors import InvalidInput, TransitionRefused
from core.models import User
from parties.models import Country
from projects.models import Project
from registry import policies, rules
from registry.coverage import Part, Room, cover
from registry.errors import explained
from registry.models import Authorization, AuthorizationUse, CooperativeApproach, IssuanceLeg
from registry.workflow import LEG, LegState


def _locked_approach(approach_id: int) -> CooperativeApproach:
    """Lock the approach: whatever decides on coverage follows each other."""
    approaches = CooperativeApproach.objects.select_for_update(of=("self",))
    return approaches.select_related("partnership__host", "partnership__acquirer").get(pk=approach_id)


def _locked_authorization(authorization_id: int) -> Authorization:
    approach_id = Authorization.objects.values_list("approach_id", flat=True).get(pk=authorization_id)
    _locked_approach(approach_id)
    authorizations = Authorization.objects.select_related("party", "approach__partnership", "recorded_by")
    return authorizations.get(pk=authorization_id)


@transaction.atomic
def approach_set(
    *, approach_id: int, identifier: str, first_transfer: str, status: str, actor: User, at: datetime
) -> CooperativeApproach:
    """Set what the approach is. The event of first transfer is fixed once an authorization is confirmed.

    Raises NotPermitted or InvalidInput.
    """
    approach = _locked_approach(approach_id)
    policies.check_can_set_approach(actor, approach, at=at)
    was_used = approach.authorizations.filter(confirmed_at__isnull=False).exists()
    if first_transfer != approach.first_transfer and was_used:
        told = _("An authorization is confirmed already; the event of first transfer stays as it is.")
        raise InvalidInput(fields={"first_transfer": told})
    approach.identifier, approach.first_transfer, approach.status = identifier, first_transfer, status
    approach.save(update_fields=["identifier", "first_transfer", "status"])
    data = {"identifier": identifier, "first_transfer": first_transfer, "status": status}
    events.emit("approach.set", approach, actor=actor, at=at, data=data)
    _legs_authorize(approach, actor=actor, at=at)
    return approach


@transaction.atomic
def authorization_record(
    *,
    approach: CooperativeApproach,
    party: Country,
    project: Project | None,
    vintage_from: int,
    vintage_to: int,
    quantity: int | None,
    purpose: str,
    authorized_on: date,
    reference: str,
    actor: User,
    at: datetime,
) -> Authorization:
    """Record what a Party authorized. It counts when a colleague has confirmed it.

    Raises NotPermitted, or InvalidInput naming the fields.
    """
    policies.check_can_record_authorization(actor, party, at=at)
    terms = rules.Terms(party, project, vintage_from, vintage_to, quantity, authorized_on, reference)
    rules.enforce_terms(approach.partnership, terms, today=at.date())
    authorization = Authorization.objects.create(
        approach=approach,
        party=party,
        project=project,
        vintage_from=vintage_from,
        vintage_to=vintage_to,
        quantity=quantity,
        purpose=purpose,
        authorized_on=authorized_on,
        reference=reference.strip(),
        recorded_by=actor,
        recorded_at=at,
        source=actor.record_source,
    )
    events.emit("authorization.recorded", authorization, actor=actor, at=at)
    return authorization


@transaction.atomic
def authorization_confirm(*, authorization_id: int, actor: User, at: datetime) -> Authorization:
    """Confirm what a colleague recorded; legs that are covered now may be issued.

    Raises NotPermitted, SamePerson or TransitionRefused.
    """
    authorization = _locked_authorization(authorization_id)
    policies.check_can_confirm_authorization(actor, authorization, at=at)
    if authorization.state != "recorded":
        raise TransitionRefused(action="confirm", state=authorization.state)
    authorization.confirmed_by, authorization.confirmed_at = actor, at
    authorization.save(update_fields=["confirmed_by", "confirmed_at"])
    events.emit("authorization.confirmed", authorization, actor=actor, at=at)
    _legs_authorize(authorization.approach, actor=actor, at=at)
    return authorization


@transaction.atomic
def authorization_revoke(*, authorization_id: int, reason: str, actor: User, at: datetime) -> Authorization:
    """Revoke an authorization. Legs that rest on it wait again; what two people approved or was issued stays.

    Raises NotPermitted, InvalidInput without a reason, TransitionRefused.
    """
    authorization = _locked_authorization(authorization_id)
    policies.check_can_revoke_authorization(actor, authorization, at=at)
    if authorization.state == "revoked":
        raise TransitionRefused(action="revoke", state=authorization.state)
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why it is revoked.")})
    legs = _legs_of(authorization)
    authorization.revoked_by, authorization.revoked_at = actor, at
    authorization.revocation_reason = reason.strip()
    authorization.save(update_fields=["revoked_by", "revoked_at", "revocation_reason"])
    events.emit("authorization.revoked", authorization, actor=actor, at=at, data={"reason": reason.strip()})
    for leg in legs:
        _leg_lose(leg, actor=actor, at=at)
    _legs_authorize(authorization.approach, actor=actor, at=at)
    return authorization


def _legs_of(authorization: Authorization) -> list[IssuanceLeg]:
    """Lock the legs that rest on the authorization and that nobody approved to issue."""
    resting = AuthorizationUse.objects.filter(authorization=authorization).values("leg")
    legs = IssuanceLeg.objects.select_for_update(of=("self",)).filter(pk__in=resting)
    return [leg for leg in legs.order_by("pk") if leg.state in {LegState.NOTIFIED, LegState.PROPOSED}]


def _leg_lose(leg: IssuanceLeg, *, actor: User, at: datetime) -> None:
    leg.state = LEG.next_state("lose_authorization", state=leg.state)
    leg.proposed_by, leg.proposed_at = None, None
    leg.save(update_fields=["state", "proposed_by", "proposed_at"])
    leg.authorization_uses.all().delete()
    events.emit("leg.lost_authorization", leg, actor=actor, at=at)


def _legs_authorize(approach: CooperativeApproach, *, actor: User | None, at: datetime) -> None:
    """Let every waiting leg of the approach pass that is covered, the oldest first."""
    waiting = IssuanceLeg.objects.filter(
        state=LegState.AWAITING_AUTHORIZATION, notification__project__partnership=approach.partnership
    )
    for leg in waiting.select_for_update(of=("self",)).select_related("notification__project").order_by("pk"):
        _leg_authorize(leg, approach, actor=actor, at=at)


def leg_authorize(*, leg: IssuanceLeg, at: datetime) -> None:
    """Let a new leg that waits pass at once where confirmed authorizations cover it already."""
    partnership = leg.notification.project.partnership
    approach = _locked_approach(partnership.cooperative_approach.pk)
    _leg_authorize(leg, approach, actor=None, at=at)


def _leg_authorize(leg: IssuanceLeg, approach: CooperativeApproach, *, actor: User | None, at: datetime) -> None:
    needed = tonnes_to_authorize(leg, approach)
    if approach.status != CooperativeApproach.Status.ACTIVE or not needed:
        return
    parts: list[Part] = []
    for party in approach.partnership.parties:
        covered = cover(needed, _rooms(leg, approach, party))
        if covered is None:
            return
        parts += covered
    with explained():
        AuthorizationUse.objects.bulk_create(
            AuthorizationUse(leg=leg, authorization_id=p.authorization, vintage=p.vintage, quantity=p.quantity)
            for p in parts
        )
        leg.state = LEG.next_state("authorize", state=leg.state)
        leg.save(update_fields=["state"])
    used = sorted({part.authorization for part in parts})
    events.emit("leg.authorized", leg, actor=actor, at=at, data={"authorizations": used})


def tonnes_to_authorize(leg: IssuanceLeg, approach: CooperativeApproach) -> Mapping[int, int]:
    """Return the leg's tonnes by vintage, of those vintages that need authorization."""
    threshold = approach.partnership.authorization_from_vintage
    if threshold is None:
        return {}
    lines = leg.lines.filter(vintage__gte=threshold).order_by()
    return dict(lines.values_list("vintage").annotate(Sum("quantity")))


def _rooms(leg: IssuanceLeg, approach: CooperativeApproach, party: Country) -> list[Room]:
    """Return what the Party's confirmed authorizations could still give to the leg's project."""
    project = Q(project=None) | Q(project=leg.notification.project_id)
    given = Authorization.objects.filter(
        project, approach=approach, party=party, confirmed_at__isnull=False, revoked_at=None
    )
    return [
        Room(a.pk, a.vintage_from, a.vintage_to, None if a.quantity is None else a.quantity - a.used)
        for a in given.annotate(used=Coalesce(Sum("uses__quantity"), 0))
    ]
