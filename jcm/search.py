"""One search box for everything public. A number leads straight to its page; words give grouped results."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Model, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from committee.filters import DecisionFilter
from committee.selectors import decision_list, summary
from committee.tables import decision_rows
from core.models import Source
from core.search import closeness, forgiving, words
from methodologies.models import MethodologyVersion
from methodologies.search import search as methodology_search
from methodologies.tables import methodology_rows
from parties.filters import CountryFilter, DesignationFilter
from parties.models import Organisation
from parties.search import organisation_like
from parties.selectors import country_list, designation_list
from projects.models import Project, ProjectIdeaNote
from projects.search import search as project_search
from projects.workflow import ProjectStatus
from registry import patterns, serials

LONGEST = 200
EACH = 10
METHODOLOGY = re.compile(r"([A-Z]{2})[ _-]?(AM|PM)[ _-]?(\d{3,4})(?:[ _@-]*(?:VER\.?)? *(\d+\.\d+))?", re.ASCII)
IDEA_NOTE = re.compile(r"([A-Z]{2})[ _-]?PIN[ _-]?(\d{3,5})", re.ASCII)
SERIES = re.compile(r"([A-Z]{2})-[A-Z]{2}-([A-Z]{2}\d{3,8})-(\d{4})", re.ASCII)


def exact(text: str) -> str:
    """Return the address of the one thing that the text names, or "" where it names none."""
    plain = " ".join(text.upper().split())
    return next((address for find in EXACT if (address := find(plain))), "")


def _serial(text: str) -> str:
    serial = serials.read(text)
    return reverse("registry:credit-detail", args=[str(serial)]) if serial else ""


def _series(text: str) -> str:
    found = SERIES.fullmatch(patterns.SEPARATORS.sub("-", text))
    if found is None:
        return ""
    query = dict(zip(("registry", "project", "vintage"), found.groups(), strict=True))
    return f"{reverse('registry:credits')}?{urlencode(query)}"


def _project(text: str) -> str:
    number = patterns.SEPARATORS.sub("", text)
    project = Project.objects.public().filter(number=number).first() if number.isalnum() else None
    return project.get_absolute_url() if project else ""


def _methodology(text: str) -> str:
    found = METHODOLOGY.fullmatch(text)
    if found is None:
        return ""
    country, kind, digits, number = found.groups()
    versions = (
        MethodologyVersion.objects.public()
        .select_related("methodology")
        .filter(Q(methodology__number=f"{country}_{kind}{digits}") | Q(proposed_number=f"{country}_{kind}{digits}"))
    )
    asked = [version for version in versions if number in (None, version.version)]
    latest = max(asked, key=lambda version: [int(part) for part in version.version.split(".")], default=None)
    return latest.get_absolute_url() if latest else ""


def _idea_note(text: str) -> str:
    found = IDEA_NOTE.fullmatch(text)
    number = f"{found[1]}_PIN{found[2]}" if found else ""
    note = ProjectIdeaNote.objects.public().filter(number=number).first() if number else None
    return note.get_absolute_url() if note else ""


def _entity(text: str) -> str:
    designation = designation_list().filter(number=patterns.SEPARATORS.sub("-", text)).first()
    return reverse("parties:tpe", args=[designation.number]) if designation else ""


def _decision(text: str) -> str:
    decisions = decision_list(viewer=AnonymousUser(), at=timezone.now())
    decision = decisions.filter(number__iexact=text).first()
    return decision.get_absolute_url() if decision else ""


def _country(text: str) -> str:
    named = Q(name_en__iexact=text) | Q(name_ja=text) | Q(iso2=text) | Q(iso3=text)
    country = country_list().filter(named).first()
    return reverse("parties:country", args=[country.slug]) if country else ""


EXACT: tuple[Callable[[str], str], ...] = (
    _serial,
    _series,
    _project,
    _methodology,
    _idea_note,
    _entity,
    _decision,
    _country,
)


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that was found."""

    title: str
    url: str
    about: str = ""
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; `more` leads to the whole list where these are not all."""

    name: str
    key: str
    results: list[Result]
    more: str


def grouped(text: str) -> list[Group]:
    """Return what was found, by kind, the nearest first. At most ten of each kind.

    Where nothing is found, words that are less alike are tried too.
    """
    if not words(text):
        return []
    found = _groups(text)
    if not found:
        with forgiving():
            found = _groups(text)
    return found


def _groups(text: str) -> list[Group]:
    kinds = (
        (_("Countries"), "countries", reverse("parties:countries"), _countries(text)),
        (_("Projects"), "projects", reverse("projects:list"), _projects(text)),
        (_("Methodologies"), "methodologies", reverse("methodologies:list"), _methodologies(text)),
        (_("Companies and organisations"), "organisations", "", _organisations(text)),
        (_("Third-party entities"), "tpes", reverse("parties:tpes"), _entities(text)),
        (_("Decisions"), "decisions", reverse("committee:decisions"), _decisions(text)),
    )
    groups = []
    for name, key, url, results in kinds:
        found = list(islice(results, EACH + 1))
        more = f"{url}?{urlencode({'q': text})}" if url and len(found) > EACH else ""
        groups.append(Group(name, key, found[:EACH], more))
    return [group for group in groups if group.results]


def _is_demonstration(row: Model) -> bool:
    return getattr(row, "source", "") == Source.DEMONSTRATION


def _countries(text: str) -> Iterator[Result]:
    for country in CountryFilter({"q": text}, country_list()).qs[: EACH + 1]:
        yield Result(country.name, reverse("parties:country", args=[country.slug]))


def _projects(text: str) -> Iterator[Result]:
    found = project_search(Project.objects.public().select_related("partnership__host"), text)
    for project in found.order_by(closeness("title", text).desc(), "number")[: EACH + 1]:
        about = f"{project.partnership.host} · {ProjectStatus(project.status).label}"
        yield Result(str(project), project.get_absolute_url(), about, _is_demonstration(project))


def _methodologies(text: str) -> Iterator[Result]:
    found = methodology_search(methodology_rows(), text)
    for version in found.order_by(closeness("title", text).desc(), "methodology__number", "version")[: EACH + 1]:
        about = f"{version.methodology.partnership.host} · {version.get_status_display()}"
        yield Result(str(version), version.get_absolute_url(), about, _is_demonstration(version))


def _organisations(text: str) -> Iterator[Result]:
    """Yield the companies that take part in a public project; the list of their projects is their page."""
    public = ~Q(participations__project__status=ProjectStatus.DRAFT)
    found = Organisation.objects.select_related("country").annotate(
        projects=Count("participations__project", filter=public, distinct=True)
    )
    for word in words(text):
        found = found.filter(organisation_like(word))
    shown = found.filter(projects__gt=0).order_by(closeness("name", text).desc(), "name", "pk")
    for organisation in shown[: EACH + 1]:
        count = organisation.projects
        told = ngettext("%(count)d project", "%(count)d projects", count) % {"count": count}
        address = f"{reverse('projects:list')}?{urlencode({'participant': organisation.name})}"
        yield Result(organisation.name, address, told, _is_demonstration(organisation))


def _entities(text: str) -> Iterator[Result]:
    found = DesignationFilter({"q": text}, designation_list()).qs
    for designation in found.order_by(closeness("organisation__name", text).desc(), "number")[: EACH + 1]:
        address = reverse("parties:tpe", args=[designation.number])
        yield Result(str(designation), address, str(designation.partnership.host), _is_demonstration(designation))


def _decisions(text: str) -> Iterator[Result]:
    adopted = decision_rows(decision_list(viewer=AnonymousUser(), at=timezone.now()))
    for decision in DecisionFilter({"q": text}, adopted).qs.order_by("-adopted_on", "-pk")[: EACH + 1]:
        yield Result(summary(decision), decision.get_absolute_url(), str(decision), _is_demonstration(decision))
