"""The pages that gather what every app knows: home, search, a country, a third-party entity."""

import csv
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import Truncator
from django.views import defaults
from django.views.decorators.http import require_safe

import core.problems
from committee.models import Decision
from committee.selectors import decision_list, summary
from committee.tables import decision_rows
from core.models import Source
from core.selectors import counted
from jcm import figures
from jcm import search as searching
from methodologies.tables import methodology_rows
from parties.models import Partnership
from parties.policies import can_apply, is_secretariat
from parties.selectors import day_of, designation_list, entities, pack_in_force, partnership_list, rulebook
from parties.workflow import ENDED
from projects.models import Project, Validation, Verification
from projects.tables import idea_note_rows, project_rows
from registry import selectors as registry

LATEST = 5
LONGEST_TITLE = 20
LATEST_OF_COUNTRY = 10
OF_COUNTRY = 100
UNSEARCHED = ("/accounts/", "/inbox/", "/search/", "/*?*format=", "/*?preview")
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in UNSEARCHED)


@dataclass(frozen=True, slots=True)
class News:
    """One decision or issuance on the front page; tonnes only where it is about credits."""

    title: str
    url: str
    date: date | None
    partnership: str
    tonnes: int | None = None
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project on its country's page, with its credits in whole tonnes."""

    project: Project
    notified: int
    issued_japan: int
    issued_host: int


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the mechanism is, what it has reached, and what happened last."""
    decisions = counted(decision_rows(_adopted())).order_by("-adopted_on", "-pk")[:LATEST]
    context = {
        "figures": figures.figures(),
        "map": figures.map_of_partners(),
        "columns": figures.credits_by_year(),
        "decisions": [_news_of(decision) for decision in decisions],
        "issuances": [
            News(
                title=f"{leg.notification.project} → {leg.registry.party}",
                url=leg.notification.project.get_absolute_url(),
                date=leg.issued_on,
                partnership=str(leg.notification.project.partnership.host),
                tonnes=leg.notified,
            )
            for leg in registry.latest_issuances(LATEST)
        ],
    }
    return render(request, "jcm/home.html", context)


def _adopted() -> QuerySet[Decision]:
    return decision_list(viewer=AnonymousUser(), at=timezone.now())


def _news_of(decision: Decision) -> News:
    return News(
        title=Truncator(summary(decision)).words(LONGEST_TITLE),
        url=decision.get_absolute_url(),
        date=decision.adopted_on,
        partnership=str(decision.partnership),
        demonstration=decision.source == Source.DEMONSTRATION,
    )


@require_safe
def credits_by_year(_request: HttpRequest) -> HttpResponse:
    """The data of the front page's chart."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="jcm-credits-by-year-{timezone.now():%Y-%m-%d}.csv"'
    writer = csv.writer(response)
    writer.writerow(["year", "issued_japan_tco2e", "issued_partners_tco2e"])
    writer.writerows(registry.issued_by_year())
    return response


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find something by number or by words; a number leads straight to its page."""
    text = request.GET.get("q", "").replace("\0", "").strip()[: searching.LONGEST]
    address = searching.exact(text) if text else ""
    if address:
        return redirect(address)
    return render(request, "jcm/search.html", {"text": text, "groups": searching.grouped(text)})


@require_safe
def country(request: HttpRequest, slug: str) -> HttpResponse:
    """One partner country: its rules, decisions, entities, projects, methodologies and credits."""
    partnership = get_object_or_404(partnership_list(), host__slug=slug)
    today = timezone.now().date()
    context = {"partnership": partnership, "today": today, "pack": pack_in_force(partnership, today)}
    return render(request, "jcm/country.html", context | _credits_of(partnership) | _records_of(partnership, today))


def _credits_of(partnership: Partnership) -> dict[str, object]:
    japan, host = (party.iso2 for party in partnership.parties)
    projects = list(project_rows().filter(partnership=partnership).order_by("number")[: OF_COUNTRY + 1])
    by_project = registry.amounts("pk", everything=True, partnership=partnership)
    of_all = registry.amounts("partnership_id", partnership=partnership).get(partnership.pk, registry.Amounts())
    statuses = figures.projects_by_status(partnership)
    return {
        "projects": [
            ProjectRow(
                project=project,
                notified=amounts.total.notified,
                issued_japan=amounts.of(japan).issued,
                issued_host=amounts.of(host).issued,
            )
            for project in projects[:OF_COUNTRY]
            for amounts in [by_project.get(project.pk, registry.Amounts())]
        ],
        "more_projects": len(projects) > OF_COUNTRY,
        "project_count": sum(status.projects for status in statuses),
        "statuses": figures.status_bars(partnership, statuses),
        "credits": of_all,
        "issued_japan": of_all.of(japan).issued,
        "issued_host": of_all.of(host).issued,
        "unsplit": registry.unsplit("partnership_id", partnership=partnership).get(partnership.pk, 0),
    }


def _records_of(partnership: Partnership, today: date) -> dict[str, object]:
    decisions = decision_rows(_adopted().filter(partnership=partnership)).order_by("-adopted_on", "-pk")
    versions = methodology_rows().filter(methodology__partnership=partnership)
    return {
        "decisions": [_news_of(decision) for decision in decisions[:LATEST_OF_COUNTRY]],
        "idea_notes": idea_note_rows().filter(partnership=partnership).order_by("-number")[:LATEST_OF_COUNTRY],
        "books": rulebook.books_of(partnership, today),
        "special_measures": [
            (measure, measure.is_valid_on(today)) for measure in rulebook.special_measures_of(partnership)
        ],
        "designations": designation_list().filter(partnership=partnership).prefetch_related(None),
        "methodologies": versions.order_by("methodology__number", "version")[:OF_COUNTRY],
    }


@require_safe
def entity(request: HttpRequest, number: str) -> HttpResponse:
    """One designation of a third-party entity, with what the entity validated and verified under it."""
    now, viewer = timezone.now(), request.user
    designation = get_object_or_404(designation_list(), number=number)
    accreditation = entities.accreditation_of(designation)
    standing = designation.status not in ENDED
    validations = Validation.objects.filter(designation=designation).select_related("project__partnership__host")
    verifications = Verification.objects.filter(designation=designation)
    context = {
        "designation": designation,
        "today": day_of(designation.partnership, now),
        "accreditation": accreditation,
        "public_file": accreditation and entities.file_of(accreditation.pk, "public", viewer=viewer, at=now),
        "history": entities.history_of(designation),
        "applications": entities.pending_applications(designation, viewer=viewer, at=now),
        "measures": entities.pending_measures(designation, viewer=viewer, at=now),
        "may_extend": standing and can_apply(viewer, designation.organisation, at=now),
        "may_propose": standing and is_secretariat(viewer, designation.partnership, at=now),
        "validations": validations.order_by("-signed_at")[:OF_COUNTRY],
        "verifications": verifications.select_related("report__project").order_by("-signed_at")[:OF_COUNTRY],
    }
    return render(request, "jcm/entity.html", context)


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """What search engines may read: everything public."""
    return HttpResponse(ROBOTS, content_type="text/plain")


@require_safe
def problems(request: HttpRequest, code: str = "") -> HttpResponse:
    """What the problem documents of the interface mean: all of them, or the one that an answer named."""
    kinds = [kind for kind in core.problems.kinds() if code in ("", kind.code)]
    if not kinds:
        raise Http404(code)
    return render(request, "jcm/problems.html", {"kinds": kinds, "code": code})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer people with a page, programs with a problem document."""
    if request.path.startswith("/api/"):
        return _problem("not-found")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer people with a page, programs with a problem document."""
    if request.path.startswith("/api/"):
        return _problem("server-error")
    return defaults.server_error(request)


def _problem(code: str) -> HttpResponse:
    status, meaning = core.problems.FRAMEWORK[code]
    text = str(meaning)
    body = {"type": f"/problems/{code}", "title": text, "status": status, "detail": text, "code": code}
    return JsonResponse(body, status=status, content_type=core.problems.MEDIA_TYPE)
