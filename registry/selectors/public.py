"""What everybody may know of the registries: amounts, blocks, issuances, and where a serial number stands.

Holders are named by kind only (government or entity); who holds an account is told in reports.py, what it holds is not.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from core.selectors import counted
from methodologies.models import MethodologyVersion
from projects.models import Project
from registry import patterns
from registry.holdings import blocks_within
from registry.models import (
    Certificate,
    CertificateLine,
    CreditBlock,
    IssuanceLeg,
    IssuanceNotification,
    LegLine,
    LogEntry,
    Movement,
    Series,
)
from registry.serials import Serial
from registry.workflow import LegState

CERTIFICATES_SHOWN = 20
TONNES = Sum(F("last") - F("first") + 1)
# The two steps inside a registry are its own business: to the public the leg is notified until it is issued.
INTERNAL = {LegState.PROPOSED: LegState.NOTIFIED, LegState.APPROVED: LegState.NOTIFIED}


def public_state(leg: IssuanceLeg) -> LegState:
    """Return where the public is told that a leg stands."""
    state = LegState(leg.state)
    return INTERNAL.get(state, state)


@dataclass(frozen=True, slots=True)
class Credits:
    """Whole tonnes of one Party's side: notified by the Joint Committee, issued, and recorded in credit blocks.

    `issued` follows the legs and counts incomplete public records too; `recorded` is the ledger's own sum.
    """

    notified: int = 0
    issued: int = 0
    recorded: int = 0

    def __add__(self, other: "Credits") -> "Credits":
        return Credits(self.notified + other.notified, self.issued + other.issued, self.recorded + other.recorded)

    @property
    def pending(self) -> int:
        """Notified and not issued yet."""
        return self.notified - self.issued


@dataclass(frozen=True, slots=True)
class Amounts:
    """The credits of something, by Party (ISO code)."""

    by_party: dict[str, Credits] = field(default_factory=dict)

    def of(self, party_code: str) -> Credits:
        """Return one Party's credits."""
        return self.by_party.get(party_code, Credits())

    @property
    def total(self) -> Credits:
        """Both sides together."""
        return sum(self.by_party.values(), Credits())


def amounts(by: str, *, everything: bool = False, **of_project: object) -> dict[int, Amounts]:
    """Return the credits grouped by a field of the project ("pk", "partnership_id"), in two queries.

    `of_project` filters the projects. Demonstration records count as `core.selectors.counted` says, or all of them
    where `everything` is asked for.
    """
    legs = IssuanceLeg.objects.filter(**{f"notification__project__{key}": v for key, v in of_project.items()})
    blocks = CreditBlock.objects.filter(**{f"series__project__{key}": v for key, v in of_project.items()})
    if not everything:
        legs, blocks = counted(legs), counted(blocks, "leg__source")
    notified = Sum("notified")
    issued = Coalesce(Sum("notified", filter=Q(state=LegState.ISSUED)), 0)
    found: dict[int, dict[str, Credits]] = defaultdict(dict)
    by_leg = legs.order_by().values_list(f"notification__project__{by}", "registry__party__iso2")
    for key, party, told, given in by_leg.annotate(notified_sum=notified, issued_sum=issued):
        found[key][party] = Credits(notified=told, issued=given)
    by_block = blocks.order_by().values_list(f"series__project__{by}", "series__registry__party__iso2")
    for key, party, recorded in by_block.annotate(recorded=TONNES):
        found[key][party] = found[key].get(party, Credits()) + Credits(recorded=recorded)
    return {key: Amounts(parties) for key, parties in found.items()}


def unsplit(by: str, **of_project: object) -> dict[int, int]:
    """Return the totals that were published without their split between the sides, grouped like `amounts`."""
    told = counted(IssuanceNotification.objects.filter(legs=None, published_total__gt=0))
    told = told.filter(**{f"project__{key}": value for key, value in of_project.items()})
    return dict(told.order_by().values_list(f"project__{by}").annotate(Sum("published_total")))


@dataclass(frozen=True, slots=True)
class Sides:
    """Whole tonnes: notified in all, and issued in the acquiring Party's registry and in the partners' registries."""

    notified: int = 0
    issued_japan: int = 0
    issued_partners: int = 0


JAPANS = Q(registry__party=F("notification__project__partnership__acquirer"))


def sides() -> Sides:
    """Return the amounts of the whole mechanism, in one query."""
    issued = Q(state=LegState.ISSUED)
    sums = counted(IssuanceLeg.objects.all()).aggregate(
        told=Coalesce(Sum("notified"), 0),
        issued_japan=Coalesce(Sum("notified", filter=issued & JAPANS), 0),
        issued_partners=Coalesce(Sum("notified", filter=issued & ~JAPANS), 0),
    )
    return Sides(sums["told"], sums["issued_japan"], sums["issued_partners"])


def issued_by_year() -> list[tuple[int, int, int]]:
    """Return (year of issuance, tonnes to Japan's side, to the partners' side), oldest first, no year left out."""
    legs = counted(IssuanceLeg.objects.filter(state=LegState.ISSUED)).order_by()
    rows = legs.values_list("issued_on__year").annotate(
        japan=Coalesce(Sum("notified", filter=JAPANS), 0), partners=Coalesce(Sum("notified", filter=~JAPANS), 0)
    )
    by_year = {year: (japan, partners) for year, japan, partners in rows}
    years = range(min(by_year), max(by_year) + 1) if by_year else ()
    return [(year, *by_year.get(year, (0, 0))) for year in years]


@dataclass(frozen=True, slots=True)
class VintageAmounts:
    """Recorded credits of one vintage, by Party; `estimated` where the year was apportioned by days."""

    vintage: int
    by_party: dict[str, int]
    estimated: bool


def vintages_of(project: Project) -> list[VintageAmounts]:
    """Return the recorded credits of a project by vintage, oldest first, in two queries."""
    blocks = CreditBlock.objects.filter(series__project=project).order_by()
    by_vintage: dict[int, dict[str, int]] = defaultdict(dict)
    rows = blocks.values_list("series__vintage", "series__registry__party__iso2").annotate(recorded=TONNES)
    for vintage, party, recorded in rows:
        by_vintage[vintage][party] = recorded
    guessed = LegLine.objects.filter(leg__notification__project=project, estimated=True).order_by()
    estimated = set(guessed.values_list("vintage", flat=True).distinct())
    return [VintageAmounts(year, parties, year in estimated) for year, parties in sorted(by_vintage.items())]


def block_list() -> QuerySet[CreditBlock]:
    """Return every credit block with what its row shows, in two queries.

    Series are fetched apart: blocks share them, and one join of nine tables would be planned badly.
    """
    series = Series.objects.select_related("registry__party", "project__partnership__host")
    return CreditBlock.objects.select_related("account", "leg").prefetch_related(Prefetch("series", series))


def block_totals(blocks: QuerySet[CreditBlock]) -> int:
    """Return the tonnes in these blocks, as far as they count (`core.selectors.counted`)."""
    total: int | None = counted(blocks, "leg__source").order_by().aggregate(total=TONNES)["total"]
    return total or 0


def notification_list() -> QuerySet[IssuanceNotification]:
    """Return what the Joint Committees notified, with both governments' legs; the latest decision first."""
    legs = _legs_japan_first().prefetch_related("lines")
    shared = Project.objects.only("number", "partnership_id")
    return IssuanceNotification.objects.select_related("project__partnership__host").prefetch_related(
        Prefetch("legs", legs), Prefetch("shared_with", shared)
    )


@dataclass(frozen=True, slots=True)
class LegVintage:
    """Whole tonnes of one calendar year of a leg; `estimated` where the year was apportioned by days."""

    vintage: int
    quantity: int
    estimated: bool


def leg_vintages(leg: IssuanceLeg) -> list[LegVintage]:
    """Return the leg's amounts by vintage, whichever account they are for, from lines that were loaded before."""
    lines: dict[int, list[LegLine]] = defaultdict(list)
    for line in leg.lines.all():
        lines[line.vintage].append(line)
    return [
        LegVintage(year, sum(line.quantity for line in of_year), any(line.estimated for line in of_year))
        for year, of_year in sorted(lines.items())
    ]


def latest_issuances(limit: int) -> list[IssuanceLeg]:
    """Return the legs that were issued last."""
    legs = counted(IssuanceLeg.objects.filter(state=LegState.ISSUED))
    shown = legs.select_related("registry__party", "notification__project__partnership__host")
    return list(shown.order_by("-issued_on", "-pk")[:limit])


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the registries know of a serial number: the series, its blocks in the range, and what moved them."""

    asked: Serial
    series: Series
    highest: int
    blocks: list[CreditBlock]
    movements: list[Movement]
    certificates: list[Certificate]

    @property
    def text(self) -> str:
        """The serial number that was asked for, in the form of its registry."""
        if self.series.registry.serial_pattern == patterns.DEFAULT:
            return str(self.asked)
        return self.series.serial(self.asked.first, self.asked.last)

    @property
    def found(self) -> int:
        """How many credits of the range exist."""
        return sum(min(block.last, self.asked.last) - max(block.first, self.asked.first) + 1 for block in self.blocks)

    @property
    def missing(self) -> int:
        """How many numbers of the range were never issued."""
        return self.asked.quantity - self.found

    @property
    def estimated(self) -> bool:
        """Whether the year of some of these credits was apportioned by days."""
        lines = (line for block in self.blocks for line in block.leg.lines.all())
        return any(line.estimated for line in lines if line.vintage == self.asked.vintage)

    @property
    def holders(self) -> list[str]:
        """Who holds the credits, by kind of account, each kind once."""
        return list(dict.fromkeys(block.account.get_kind_display() for block in self.blocks))

    @property
    def notifications(self) -> list[IssuanceNotification]:
        """The decisions from which the credits come, each once."""
        return list({block.leg.notification_id: block.leg.notification for block in self.blocks}.values())


def serial_lookup(serial: Serial) -> Lookup | None:
    """Return what is known of a serial number, or None where no registry has such a series. Six or seven queries."""
    newest = CreditBlock.objects.filter(series=OuterRef("pk")).order_by("-first")
    series = (
        Series.objects.select_related("registry__party", "project__partnership__host", "project__partnership__acquirer")
        .prefetch_related(Prefetch("project__methodologies", _approved_versions()))
        .annotate(highest=Subquery(newest.values("last")[:1]))
        .filter(
            registry__party__iso2=serial.registry,
            project__number=serial.project,
            project__partnership__host__iso2=serial.host,
            vintage=serial.vintage,
        )
        .first()
    )
    if series is None:
        return None
    within = Q(series=series, first__lte=serial.last, last__gte=serial.first)
    legs = _legs_japan_first()
    blocks = (
        blocks_within(series, serial.first, serial.last)
        .select_related("account", "leg__notification__project", "series__registry__party")
        .select_related("series__project__partnership__host")
        .prefetch_related(Prefetch("leg__notification__legs", legs), "leg__lines")
    )
    movements = Movement.objects.filter(within).select_related(
        "transaction", "from_account", "to_account", "series__registry__party", "series__project__partnership__host"
    )
    # A moment passes between a transaction and its place in the log; until then there is no proof to link to.
    movements = movements.annotate(in_the_log=Exists(LogEntry.objects.filter(leaf=OuterRef("transaction"))))
    return Lookup(
        asked=serial,
        series=series,
        highest=series.highest or 0,
        blocks=list(blocks.order_by("first")),
        movements=list(movements.order_by("transaction__at", "pk")),
        certificates=_certificates(series, serial),
    )


def _certificates(series: Series, serial: Serial) -> list[Certificate]:
    """Return the certificates that retired or cancelled credits of the range have; those of holdings are not public."""
    named = CertificateLine.objects.filter(series=series, first__lte=serial.last, last__gte=serial.first)
    public = Certificate.objects.exclude(kind=Certificate.Kind.HOLDING).filter(pk__in=named.values("certificate"))
    return list(public.order_by("pk")[:CERTIFICATES_SHOWN])


def _legs_japan_first() -> QuerySet[IssuanceLeg]:
    japan_first = Case(When(JAPANS, then=0), default=1)
    return IssuanceLeg.objects.select_related("registry__party").order_by(japan_first, "pk")


def _approved_versions() -> QuerySet[MethodologyVersion]:
    return MethodologyVersion.objects.approved().select_related("methodology")
