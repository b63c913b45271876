"""Which projects, reports and requests a person may see, and what waits for that person."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from core.inbox import Item, items_of
from core.models import Event, Rendition, User
from methodologies.explanation import plain
from methodologies.models import MethodologyVersion
from methodologies.selectors import partnerships_examined
from methodologies.workflow import Status
from parties.models import Country, Designation, Partnership, Role, RoleAssignment
from parties.policies import INSIDE, Viewer, organisations_of
from parties.selectors import day_of, pack_in_force
from parties.selectors.board import board_url
from parties.selectors.people import partnerships_of
from parties.workflow import CaseKind, Stage
from projects.models import IssuanceRequest, MonitoringReport, Project, ProjectIdeaNote, Validation
from projects.workflow import CLOSED, IdeaNoteStatus, ProjectStatus, ReportStatus, RequestStatus

# A report may have thousands of meters; its page shows so many.
METERS_SHOWN = 200


def project_list(*, viewer: Viewer, at: datetime) -> QuerySet[Project]:
    """Return what this visitor may see: everybody the submitted designs, a maker's colleagues the drafts too."""
    related = ("partnership__host", "partnership__acquirer", "document", "idea_note", "case__call")
    projects = Project.objects.select_related(*related)
    return projects.filter(~Q(status=ProjectStatus.DRAFT) | Q(pk__in=_drafts_of(viewer, at).values("pk")))


def _drafts_of(viewer: Viewer, at: datetime) -> QuerySet[Project]:
    mine = organisations_of(viewer, Role.PARTICIPANT, at=at)
    makers = RoleAssignment.objects.filter(role=Role.PARTICIPANT, organisation__in=mine).values("user")
    return Project.objects.filter(status=ProjectStatus.DRAFT, created_by__in=makers)


def _involved(viewer: Viewer, at: datetime, path: str = "") -> Q:
    """Return the condition that the person takes part in the project, examines it, or serves its committee."""
    return (
        Q(**{f"{path}participants__organisation__in": organisations_of(viewer, Role.PARTICIPANT, at=at)})
        | Q(**{f"{path}partnership__in": partnerships_of(viewer, *INSIDE, at=at)})
        | Q(**{f"{path}partnership__in": partnerships_examined(viewer, at=at)})
    )


def report_list(*, viewer: Viewer, at: datetime) -> QuerySet[MonitoringReport]:
    """Return monitoring reports: everybody sees the verified ones, those involved all."""
    reports = MonitoringReport.objects.select_related(
        "project__partnership__host", "project__partnership__acquirer", "verification__designation__organisation"
    )
    involved = Project.objects.filter(_involved(viewer, at))
    return reports.filter(Q(status=ReportStatus.VERIFIED) | Q(project__in=involved.values("pk")))


def issuance_request_list(*, viewer: Viewer, at: datetime) -> QuerySet[IssuanceRequest]:
    """Return issuance requests: everybody sees the decided ones, those involved all."""
    requests = IssuanceRequest.objects.select_related(
        "report__project__partnership__host", "report__project__partnership__acquirer", "submitted_by"
    )
    involved = Project.objects.filter(_involved(viewer, at))
    return requests.filter(Q(status=RequestStatus.DECIDED) | Q(report__project__in=involved.values("pk")))


def is_involved(viewer: Viewer, project: Project, *, at: datetime) -> bool:
    """Whether the person may read what is not public about the project."""
    return Project.objects.filter(_involved(viewer, at), pk=project.pk).exists()


def partnerships_open() -> QuerySet[Partnership]:
    """Return the partnerships in which a design can be drafted: those with a methodology that computes."""
    usable = MethodologyVersion.objects.valid().filter(definition__isnull=False)
    return (
        Partnership.objects.filter(pk__in=usable.values("methodology__partnership"))
        .select_related("host", "acquirer")
        .order_by("host__name_en")
    )


def methodologies_usable(project: Project, day: date) -> QuerySet[MethodologyVersion]:
    """Return the versions of the project's partnership that compute and may be applied on this day."""
    grace = timedelta(days=pack_in_force(project.partnership, day).methodology_grace_days)
    superseded = Q(status=Status.SUPERSEDED, ended_on__gte=day - grace)
    return (
        MethodologyVersion.objects.filter(Q(status=Status.APPROVED) | superseded)
        .filter(methodology__partnership=project.partnership_id, definition__isnull=False)
        .select_related("methodology")
    )


def designations_of(viewer: User, project: Project, *, at: datetime) -> list[Designation]:
    """Return the designations under which this person may sign for the project's partnership."""
    mine = Designation.objects.at_work(at.date()).filter(
        partnership=project.partnership_id, organisation__in=organisations_of(viewer, Role.TPE, at=at)
    )
    return list(mine.select_related("organisation"))


def submitted_on(report: MonitoringReport) -> date | None:
    """Return the day on which the report first went to verification, where the partnership's deadlines end."""
    subject = {"subject_type": "projects.monitoringreport", "subject_id": str(report.pk)}
    first = Event.objects.filter(name="report.submitted", **subject).aggregate(first=Min("at"))["first"]
    return day_of(report.project.partnership, first) if first else None


def renditions_of(project: Project, *, involved: bool) -> list[Rendition]:
    """Return the files of the design document that may be opened: public ones, all for those involved."""
    if project.document is None:
        return []
    files = list(project.document.renditions.order_by("access"))
    return [file for file in files if involved or file.access == Rendition.Access.PUBLIC]


def reason_shown(project: Project, *, involved: bool) -> str:
    """Return why the registration was rejected, or to those involved why the request was returned."""
    return project.status_reason if involved or project.status == ProjectStatus.REJECTED else ""


def validation_of(project: Project) -> Validation | None:
    """Return the third-party entity's opinion on the design, where there is one."""
    return Validation.objects.select_related("designation__organisation").filter(project=project).first()


def meters_of(report: MonitoringReport, *, most: int = METERS_SHOWN) -> list[dict[str, Any]]:
    """Return the first meters with their parameter, the number of readings and their sum for display."""
    series = report.readings.values("symbol", "meter").annotate(count=Count("pk"), total=Sum("value"))
    rows = series.order_by("symbol", "meter")[:most]
    return [{**row, "total": plain(Fraction(row["total"]))} for row in rows]


def symbols_of(report: MonitoringReport) -> list[str]:
    """Return the parameters of which the report has readings."""
    return list(report.readings.order_by("symbol").values_list("symbol", flat=True).distinct())


def open_request_of(report: MonitoringReport, *, viewer: Viewer, at: datetime) -> IssuanceRequest | None:
    """Return the request under way or decided for this report, as far as this visitor may see it."""
    ended = (RequestStatus.WITHDRAWN, RequestStatus.DENIED)
    return issuance_request_list(viewer=viewer, at=at).filter(report=report).exclude(status__in=ended).first()


def sides_of(request: IssuanceRequest) -> list[tuple[Country, int]]:
    """Return what a request asks for each side: Japan first, whole tonnes."""
    totals: dict[int, int] = {}
    for allocation in request.allocations.all():
        totals[allocation.party_id] = totals.get(allocation.party_id, 0) + allocation.quantity
    return [(party, totals.get(party.pk, 0)) for party in request.report.project.partnership.parties]


# --- idea notes ---------------------------------------------------------------------------------------------------


def idea_note_list(*, viewer: Viewer, at: datetime) -> QuerySet[ProjectIdeaNote]:
    """Return idea notes: everybody sees what a committee considers or answered, the proponent and it see all."""
    notes = ProjectIdeaNote.objects.select_related(
        "partnership__host", "partnership__acquirer", "proponent", "document"
    )
    return notes.filter(
        Q(pk__in=ProjectIdeaNote.objects.public().values("pk"))
        | Q(proponent__in=organisations_of(viewer, Role.PARTICIPANT, at=at))
        | Q(partnership__in=partnerships_of(viewer, *INSIDE, at=at))
    )


def is_inside_idea(viewer: Viewer, note: ProjectIdeaNote, *, at: datetime) -> bool:
    """Whether the person may read what is not public about the idea note."""
    proponents = organisations_of(viewer, Role.PARTICIPANT, at=at)
    inside = partnerships_of(viewer, *INSIDE, at=at).filter(pk=note.partnership_id)
    return note.proponent in proponents or inside.exists()


def files_of_idea(note: ProjectIdeaNote, *, inside: bool) -> list[Rendition]:
    """Return the files of the idea note that may be opened: public ones, all for those inside."""
    if note.document is None:
        return []
    files = list(note.document.renditions.order_by("access"))
    return [file for file in files if inside or file.access == Rendition.Access.PUBLIC]


def reason_of_idea(note: ProjectIdeaNote, *, inside: bool) -> str:
    """Return why the committee objected, or to those inside why the note was returned."""
    return note.status_reason if inside or note.status == IdeaNoteStatus.OBJECTED else ""


def idea_notes_usable(partnership: Partnership) -> QuerySet[ProjectIdeaNote]:
    """Return the idea notes of the partnership to which a design may refer."""
    return ProjectIdeaNote.objects.filter(partnership=partnership, status=IdeaNoteStatus.NO_OBJECTION)


# --- inbox --------------------------------------------------------------------------------------------------------


def inbox_items(*, viewer: Viewer, at: datetime) -> list[Item]:
    """Return the projects, reports and requests that wait for this person."""
    if not isinstance(viewer, User):
        return []
    return [*_for_secretariat(viewer, at), *_for_entity(viewer, at), *_for_participant(viewer, at)]


def _for_secretariat(viewer: User, at: datetime) -> Iterable[Item]:
    serving = partnerships_of(viewer, Role.SECRETARIAT, at=at)
    asked = Project.objects.filter(status=ProjectStatus.REGISTRATION_REQUESTED, partnership__in=serving)
    asked = asked.annotate(due_at=F("case__due_at"))
    requests = IssuanceRequest.objects.filter(
        status=RequestStatus.SUBMITTED, report__project__partnership__in=serving
    ).select_related("report__project")
    requests = requests.annotate(due_at=F("case__due_at"))
    notes = ProjectIdeaNote.objects.filter(status=IdeaNoteStatus.SUBMITTED, partnership__in=serving)
    notes = notes.annotate(due_at=F("case__due_at"))
    of_notes = board_url(kind=CaseKind.PIN, stage=Stage.SUBMITTED)
    yield from items_of(notes, _("Check a project idea note"), more=of_notes)
    of_projects, of_issuance = (
        board_url(kind=kind, stage=Stage.SUBMITTED) for kind in (CaseKind.PROJECT, CaseKind.ISSUANCE)
    )
    yield from items_of(asked, _("Check a request for registration"), more=of_projects)
    yield from items_of(requests, _("Check a request for issuance"), more=of_issuance)


def _for_entity(viewer: User, at: datetime) -> Iterable[Item]:
    entities = organisations_of(viewer, Role.TPE, at=at)
    examined = partnerships_examined(viewer, at=at)
    designs = Project.objects.filter(status=ProjectStatus.VALIDATION, partnership__in=examined)
    reports = MonitoringReport.objects.filter(
        status=ReportStatus.SUBMITTED, project__partnership__in=examined
    ).select_related("project")
    # A third-party entity never examines its own project, so that work does not wait for it.
    yield from items_of(designs.exclude(participants__organisation__in=entities), _("Validate a project"))
    yield from items_of(reports.exclude(project__participants__organisation__in=entities), _("Verify a report"))


def _for_participant(viewer: User, at: datetime) -> Iterable[Item]:
    mine = organisations_of(viewer, Role.PARTICIPANT, at=at)
    projects = Project.objects.filter(participants__organisation__in=mine).distinct()
    reports = MonitoringReport.objects.filter(project__in=projects.values("pk")).select_related("project")
    open_requests = IssuanceRequest.objects.exclude(status__in=[RequestStatus.WITHDRAWN, RequestStatus.DENIED])
    requests = IssuanceRequest.objects.filter(report__project__in=projects.values("pk"))
    notes = ProjectIdeaNote.objects.filter(status=IdeaNoteStatus.RETURNED, proponent__in=mine)
    yield from items_of(notes, _("Correct a returned idea note"))
    yield from items_of(_drafts_of(viewer, at), _("Finish a draft design"))
    yield from items_of(projects.filter(status=ProjectStatus.VALIDATED), _("Request registration"))
    yield from items_of(reports.filter(status=ReportStatus.DRAFT), _("Finish a monitoring report"))
    yield from items_of(reports.filter(status=ReportStatus.RETURNED), _("Correct a returned report"))
    yield from items_of(
        reports.filter(status=ReportStatus.VERIFIED, results__reductions__gt=0)
        .exclude(project__status__in=CLOSED)
        .exclude(pk__in=open_requests.values("report"))
        .distinct(),
        _("Request issuance"),
    )
    returned = requests.filter(status=RequestStatus.RETURNED).select_related("report__project")
    yield from items_of(returned, _("Correct a returned request for issuance"))
