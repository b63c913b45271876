"""The figures that the public pages show. Each is worked out by the database in one query.

Demonstration records are left out once public records are loaded (`core.selectors.counted`); before that they count,
and every page says that the installation shows demonstration data.
"""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.selectors import counted
from jcm.charts import BarChart, ColumnChart, bars, columns
from jcm.maps import Place, WorldMap, world_map
from parties.models import JAPAN, Country, Partnership
from projects.models import Project
from projects.workflow import ProjectStatus
from registry import selectors as registry


@dataclass(frozen=True, slots=True)
class Figures:
    """What the front page counts; credits in whole tonnes."""

    partner_countries: int
    projects: int
    registered: int
    notified: int
    issued_japan: int
    issued_partners: int


def figures() -> Figures:
    """Return the figures of the whole mechanism, in three queries."""
    sides = registry.sides()
    totals = counted(Project.objects.public()).aggregate(
        all=Count("pk"), registered=Count("pk", filter=Q(status=ProjectStatus.REGISTERED))
    )
    return Figures(
        partner_countries=Partnership.objects.count(),
        projects=totals["all"],
        registered=totals["registered"],
        notified=sides.notified,
        issued_japan=sides.issued_japan,
        issued_partners=sides.issued_partners,
    )


def projects_by_partnership() -> dict[int, int]:
    """Return the number of projects of each partnership, in one query."""
    rows = counted(Project.objects.public()).order_by()
    return dict(rows.values_list("partnership").annotate(Count("pk")))


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many projects stand at one point, and what they expect to reduce (tCO2eq a year)."""

    state: str
    label: str
    projects: int
    estimated: int


def projects_by_status(partnership: Partnership) -> list[StatusCount]:
    """Return the projects of one partnership by status, in the order of the project cycle, in one query."""
    rows = counted(Project.objects.public().filter(partnership=partnership)).order_by()
    numbers = rows.values_list("status").annotate(Count("pk"), Sum("estimated_per_year", default=0))
    by_status = {status: (projects, estimated) for status, projects, estimated in numbers}
    return [
        StatusCount(state.value, str(state.label), *by_status[state.value])
        for state in ProjectStatus
        if state.value in by_status
    ]


def status_bars(partnership: Partnership, statuses: list[StatusCount]) -> BarChart:
    """Return the chart of projects by status; each bar leads to its projects."""
    address = reverse("projects:list")
    country = partnership.host.iso2
    rows = [(s.label, s.projects, f"{address}?country={country}&status={s.state}") for s in statuses]
    return bars(rows, label_heading=_("Status"), value_heading=_("Projects"))


def map_of_partners() -> WorldMap:
    """Return the world map: Japan, and each partner country with its number of projects. Two queries."""
    counts = projects_by_partnership()
    places = [Place(JAPAN, str(Country.objects.get(iso2=JAPAN)), role="japan")]
    for partnership in Partnership.objects.select_related("host"):
        host, count = partnership.host, counts.get(partnership.pk, 0)
        told = ngettext("%(country)s: %(count)d project", "%(country)s: %(count)d projects", count)
        title = told % {"country": host, "count": count}
        places.append(Place(host.iso2, title, reverse("parties:country", args=[host.slug]), count))
    return world_map(places)


def credits_by_year() -> ColumnChart | None:
    """Return the chart of credits issued in each year to each side, or None before the first issuance."""
    rows = registry.issued_by_year()
    if not rows:
        return None
    return columns(
        [str(year) for year, _japan, _partners in rows],
        [
            (_("Japan"), [japan for _year, japan, _partners in rows]),
            (_("Partner countries"), [partners for _year, _japan, partners in rows]),
        ],
        heading=_("Year"),
        unit="t",
    )
