"""Authorizations as administrators see them, and what everybody may know of a credit's authorization."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core.inbox import Item
from core.models import User
from parties.models import Country, Role, RoleAssignment
from parties.policies import Viewer
from registry.models import (
    Account,
    Authorization,
    AuthorizationUse,
    CooperativeApproach,
    CreditBlock,
    IssuanceLeg,
    Movement,
)
from registry.policies import can, check_can_confirm_authorization

KEEPERS = (Role.REGISTRY_PROPOSER, Role.REGISTRY_APPROVER)
FINAL = (Account.Kind.RETIREMENT, Account.Kind.CANCELLATION)


def parties_of(*, viewer: Viewer, at: datetime, roles: Sequence[Role] = KEEPERS) -> QuerySet[Country]:
    """Return the Parties in whose registry the person has one of the roles."""
    if not isinstance(viewer, User):
        return Country.objects.none()
    mine = RoleAssignment.objects.on(at.date()).filter(user=viewer, role__in=roles)
    return Country.objects.filter(pk__in=mine.values("party"))


def approach_list(*, viewer: Viewer, at: datetime) -> QuerySet[CooperativeApproach]:
    """Return the cooperative approaches in which a Party of the person takes part."""
    parties = parties_of(viewer=viewer, at=at)
    mine = Q(partnership__host__in=parties) | Q(partnership__acquirer__in=parties)
    return CooperativeApproach.objects.filter(mine).select_related("partnership__host", "partnership__acquirer")


def authorization_list(*, viewer: Viewer, at: datetime) -> QuerySet[Authorization]:
    """Return the authorizations of both Parties of these approaches, with the tonnes `used`, the newest first."""
    approaches = approach_list(viewer=viewer, at=at)
    related = ("party", "project", "approach__partnership__host", "approach__partnership__acquirer")
    people = ("recorded_by", "confirmed_by", "revoked_by")
    found = Authorization.objects.filter(approach__in=approaches.values("pk")).select_related(*related, *people)
    return found.annotate(used=Coalesce(Sum("uses__quantity"), 0)).order_by("-authorized_on", "-pk")


def inbox_items(*, viewer: Viewer, at: datetime) -> list[Item]:
    """Return the authorizations that a colleague recorded and the person may confirm."""
    if not isinstance(viewer, User):
        return []
    recorded = authorization_list(viewer=viewer, at=at).filter(confirmed_at=None, revoked_at=None)
    return [
        Item(str(found), found.get_absolute_url(), _("Confirm an authorization"), found.recorded_at)
        for found in recorded
        if can(check_can_confirm_authorization, viewer, found, at=at)
    ]


def uses_of_leg(leg: IssuanceLeg) -> QuerySet[AuthorizationUse]:
    """Return what the leg took, by vintage and Party."""
    return leg.authorization_uses.select_related("authorization__party").order_by("vintage", "authorization__party")


def uses_of(authorization: Authorization) -> QuerySet[AuthorizationUse]:
    """Return the legs that took from the authorization."""
    related = ("leg__registry__party", "leg__notification__project__partnership__host")
    return authorization.uses.select_related(*related).order_by("leg", "vintage")


@dataclass(frozen=True, slots=True)
class FirstTransfer:
    """What is public about the authorization of a block: by which letters, and when it was first transferred."""

    block: CreditBlock
    authorizations: list[Authorization]
    event: str
    on: date | None


def first_transfers(blocks: Sequence[CreditBlock]) -> list[FirstTransfer]:
    """Return it for each of the blocks that is authorized, in at most three queries. Blocks come with leg and series.

    The event is a setting of the cooperative approach (article6.md 1.2): issuance by the acquiring Party, the later
    authorization, or use or cancellation.
    """
    uses = AuthorizationUse.objects.filter(leg__in={block.leg_id for block in blocks})
    taken: dict[tuple[int, int], list[Authorization]] = {}
    related = ("authorization__party", "authorization__approach")
    for use in uses.select_related(*related).order_by("authorization__authorized_on", "authorization"):
        taken.setdefault((use.leg_id, use.vintage), []).append(use.authorization)
    authorized = [(block, taken[key]) for block in blocks if (key := (block.leg_id, block.series.vintage)) in taken]
    return [
        FirstTransfer(block, letters, event, _first_transferred_on(block, letters, event))
        for block, letters in authorized
        if (event := letters[0].approach.first_transfer)
    ]


def _first_transferred_on(block: CreditBlock, letters: list[Authorization], event: str) -> date | None:
    if event == CooperativeApproach.FirstTransfer.ISSUANCE:
        return block.leg.issued_on
    if event == CooperativeApproach.FirstTransfer.AUTHORIZATION:
        return max(letter.authorized_on for letter in letters)
    ended = Movement.objects.filter(
        series=block.series_id, first__lte=block.first, last__gte=block.last, to_account__kind__in=FINAL
    )
    at = ended.values_list("transaction__at", flat=True).first()
    return at.date() if at else None
