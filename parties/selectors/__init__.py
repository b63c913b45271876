"""Countries, partnerships and third-party entities: public records all of them."""

from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from core.models import User
from parties.models import Country, Designation, Partnership, RulePack, SectoralScope
from parties.policies import INSIDE, Viewer
from parties.selectors.people import partnerships_of
from parties.workflow import PackStatus


def country_list() -> QuerySet[Country]:
    """Return the partner countries with their partnership."""
    return Country.objects.filter(partnership__isnull=False).select_related("partnership__acquirer")


def partnership_list() -> QuerySet[Partnership]:
    """Return the partnerships with their two Parties and their rule packs."""
    return Partnership.objects.select_related("host", "acquirer").prefetch_related("rule_packs")


def pack_in_force(partnership: Partnership, day: date) -> RulePack:
    """Return the rule pack that a case submitted on this day starts under; before the first one, the first."""
    adopted = [pack for pack in partnership.rule_packs.all() if pack.status == PackStatus.ADOPTED]
    adopted.sort(key=lambda pack: pack.effective_from)
    in_force = [pack for pack in adopted if pack.effective_from <= day]
    pack = in_force[-1] if in_force else adopted[0]
    pack.partnership = partnership  # already loaded
    return pack


def day_of(partnership: Partnership, at: datetime) -> date:
    """Return the calendar day of this moment where the partnership's deadlines end."""
    return pack_in_force(partnership, at.date()).calendar.day(at)


def pack_list(*, viewer: Viewer, at: datetime) -> QuerySet[RulePack]:
    """Return the adopted rule packs to everybody, and those in preparation to the partnership's committee."""
    packs = RulePack.objects.select_related("partnership__host", "partnership__acquirer")
    if not isinstance(viewer, User):
        return packs.filter(status=PackStatus.ADOPTED)
    inside = partnerships_of(viewer, *INSIDE, at=at)
    return packs.filter(Q(status=PackStatus.ADOPTED) | Q(partnership__in=inside))


def packs_url(partnership: Partnership) -> str:
    """Return the address of the partnership's rule packs."""
    return reverse("parties:packs", args=[partnership.host.slug])


def designation_list() -> QuerySet[Designation]:
    """Return the designations of third-party entities with their scopes."""
    scopes = SectoralScope.objects.order_by("number")
    return Designation.objects.select_related(
        "partnership__host", "partnership__acquirer", "organisation__country"
    ).prefetch_related(Prefetch("scopes_validation", scopes), Prefetch("scopes_verification", scopes))
