"""The story of a project in words: what happened, who has it now, what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Event
from projects.models import IssuanceRequest, MonitoringReport, Project
from projects.workflow import ProjectStatus

Period = tuple[date, date]
REPORT, REQUEST = "projects.monitoringreport", "projects.issuancerequest"
_P = gettext_lazy("Project participants")
_T = gettext_lazy("Third-party entity")
_S = gettext_lazy("Secretariat")
_J = gettext_lazy("Joint Committee")

# What everybody reads: event → (what happened, whose act it was).
PUBLIC = {
    "project.design_submitted": (gettext_lazy("Project design document submitted"), _P),
    "project.validated": (gettext_lazy("Validated"), _T),
    "project.registration_requested": (gettext_lazy("Registration requested"), _P),
    "project.considered": (gettext_lazy("Request complete, under consideration"), _S),
    "project.registered": (gettext_lazy("Registered"), _J),
    "project.rejected": (gettext_lazy("Registration rejected"), _J),
    "project.request_withdrawn": (gettext_lazy("Request for registration withdrawn"), _P),
    "report.verified": (gettext_lazy("Monitoring report verified"), _T),
    "issuance_request.decided": (gettext_lazy("Issuance decided"), _J),
}
# What those involved read besides.
INTERNAL = {
    "project.returned": (gettext_lazy("Request for registration returned"), _S),
    "report.created": (gettext_lazy("Monitoring report begun"), _P),
    "report.submitted": (gettext_lazy("Monitoring report submitted"), _P),
    "report.returned": (gettext_lazy("Monitoring report returned"), _T),
    "issuance_request.submitted": (gettext_lazy("Issuance requested"), _P),
    "issuance_request.returned": (gettext_lazy("Request for issuance returned"), _S),
    "issuance_request.considered": (gettext_lazy("Request for issuance under consideration"), _S),
    "issuance_request.withdrawn": (gettext_lazy("Request for issuance withdrawn"), _P),
    "issuance_request.denied": (gettext_lazy("Issuance not approved"), _J),
}
# What comes after each state, and who has it then.
NEXT = {
    ProjectStatus.VALIDATION: (gettext_lazy("Validation"), _T),
    ProjectStatus.VALIDATED: (gettext_lazy("Request for registration"), _P),
    ProjectStatus.REGISTRATION_REQUESTED: (gettext_lazy("Check of completeness"), _S),
    ProjectStatus.CONSIDERED: (gettext_lazy("Decision on registration"), _J),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the story; `state` is done, current or planned."""

    title: str
    at: datetime | date | None
    by: str
    state: str = "done"
    note: str = ""
    period: Period | None = None


def timeline(project: Project, *, involved: bool) -> list[Step]:
    """Return the story so far, oldest first, and the steps to registration that are still to come."""
    return [*_past(project, involved=involved), *_ahead(project)]


def _past(project: Project, *, involved: bool) -> Iterable[Step]:
    words = PUBLIC | INTERNAL if involved else PUBLIC
    periods = _periods(project)
    subjects = Q(subject_type="projects.project", subject_id=str(project.pk))
    for kind in (REPORT, REQUEST):
        subjects |= Q(subject_type=kind, subject_id__in=[pk for each, pk in periods if each == kind])
    found = Event.objects.filter(subjects, name__in=words).select_related("actor").order_by("at", "recorded_at")
    registered = False
    for event in found:
        title, side = words[event.name]
        registered = registered or event.name == "project.registered"
        by = f"{side}: {event.actor}" if involved and event.actor else str(side)
        period = periods.get((event.subject_type, event.subject_id))
        yield Step(str(title), event.at, by, note=_note(event, involved=involved), period=period)
    if project.registered_on and not registered:  # a public record has the day but no story
        yield Step(_("Registered"), project.registered_on, str(_J), note=project.decision_number)


def _periods(project: Project) -> dict[tuple[str, str], Period]:
    """Return the monitoring period of each report and request of the project."""
    reports = MonitoringReport.objects.filter(project=project).values_list("pk", "period_start", "period_end")
    days = {pk: (start, end) for pk, start, end in reports}
    requests = IssuanceRequest.objects.filter(report__project=project).values_list("pk", "report")
    return {(REPORT, str(pk)): period for pk, period in days.items()} | {
        (REQUEST, str(pk)): days[report] for pk, report in requests
    }


def _note(event: Event, *, involved: bool) -> str:
    reason = event.data.get("reason", "") if involved else ""
    return " · ".join(part for part in (event.data.get("decision", ""), reason) if part)


def _ahead(project: Project) -> Iterable[Step]:
    states = list(NEXT)
    if project.status not in states:
        return
    for place, state in enumerate(states[states.index(ProjectStatus(project.status)) :]):
        title, side = NEXT[state]
        yield Step(str(title), None, str(side), "planned" if place else "current")
