"""Who may act on a project. Every rule is a pair: check_x raises with the reason, can_x answers."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from core.errors import NotPermitted
from core.models import User
from core.workflow import Workflow
from parties.models import Designation, Organisation, Partnership, Role, RoleAssignment
from parties.policies import Viewer, check_is_participant, check_is_secretariat, has_role, organisations_of
from projects.models import IssuanceRequest, MonitoringReport, Project, ProjectIdeaNote
from projects.workflow import (
    CLOSED,
    IDEA_NOTE,
    ISSUANCE_REQUEST,
    PROJECT,
    REPORT,
    REPORT_OPEN_FOR_CHANGES,
    ProjectStatus,
    ReportStatus,
    RequestStatus,
)


def check_can_prepare(user: Viewer, project: Project, *, at: datetime) -> None:
    """Raise NotPermitted unless the person works for a participant; a draft belongs to its maker's organisation."""
    mine = organisations_of(user, Role.PARTICIPANT, at=at)
    if project.status == ProjectStatus.DRAFT:
        theirs = RoleAssignment.objects.filter(
            user=project.created_by_id, role=Role.PARTICIPANT, organisation__in=mine
        ).exists()
    else:
        theirs = project.participants.filter(organisation__in=mine).exists()
    if not theirs:
        raise NotPermitted(_("Only people of the project's participants may do this."))


def can_prepare(user: Viewer, project: Project, *, at: datetime) -> bool:
    """Whether the person works for a participant of the project."""
    return _allows(lambda: check_can_prepare(user, project, at=at))


def check_can_propose_idea(user: Viewer, proponent: Organisation, *, at: datetime) -> None:
    """Raise NotPermitted unless the person works for the organisation that has the idea."""
    if not has_role(user, Role.PARTICIPANT, at=at, organisation=proponent):
        raise NotPermitted(_("You may file an idea note only for an organisation that you work for."))


def check_can_change_idea(user: Viewer, note: ProjectIdeaNote, *, at: datetime) -> None:
    """Raise NotPermitted unless the person works for the organisation that filed the idea note."""
    if note.proponent is None or not has_role(user, Role.PARTICIPANT, at=at, organisation=note.proponent):
        raise NotPermitted(_("Only people of the proponent may do this."))


def idea_actions(user: Viewer, note: ProjectIdeaNote, *, at: datetime) -> list[str]:
    """Return the verbs that this person may use on the idea note now, in table order."""
    parts = {
        "participant": _allows(lambda: check_can_change_idea(user, note, at=at)),
        "secretariat": can_consider(user, note.partnership, at=at),
    }
    return _verbs(IDEA_NOTE, REQUEST_ACTORS, note.status, {part for part, played in parts.items() if played})


def check_can_examine(user: Viewer, project: Project, *, at: datetime) -> None:
    """Raise NotPermitted unless the person works for a third-party entity that is designated in the project's
    partnership and takes no part in the project (R-VV-03).
    """
    entities = organisations_of(user, Role.TPE, at=at)
    designations = Designation.objects.at_work(at.date()).filter(
        organisation__in=entities, partnership=project.partnership_id
    )
    designated = set(designations.values_list("organisation", flat=True))
    if not designated:
        raise NotPermitted(_("Only people of a third-party entity designated in this partnership may do this."))
    if designated <= set(project.participants.values_list("organisation", flat=True)):
        raise NotPermitted(_("A third-party entity may not examine a project in which it takes part."))


def can_examine(user: Viewer, project: Project, *, at: datetime) -> bool:
    """Whether the person works for a third-party entity that may examine this project."""
    return _allows(lambda: check_can_examine(user, project, at=at))


def check_can_sign(user: User, designation: Designation, *, at: datetime) -> None:
    """Raise NotPermitted unless the person works for the entity that holds this designation."""
    if not has_role(user, Role.TPE, at=at, organisation=designation.organisation):
        raise NotPermitted(_("You may sign only for a third-party entity that you work for."))


def can_sign(user: User, designation: Designation, *, at: datetime) -> bool:
    """Whether the person works for the entity that holds this designation."""
    return _allows(lambda: check_can_sign(user, designation, at=at))


def check_can_consider(user: Viewer, partnership: Partnership, *, at: datetime) -> None:
    """Raise NotPermitted unless the person serves the secretariat of the partnership."""
    check_is_secretariat(user, partnership, at=at)


def can_consider(user: Viewer, partnership: Partnership, *, at: datetime) -> bool:
    """Whether the person serves the secretariat of the partnership."""
    return _allows(lambda: check_can_consider(user, partnership, at=at))


# Whose verb it is. Registration and decisions on amounts are no button: they follow from the Joint Committee.
PROJECT_ACTORS = {
    "submit_design": "participant",
    "validate": "tpe",
    "request_registration": "participant",
    "accept": "secretariat",
    "return": "secretariat",
    "withdraw_request": "participant",
}
REPORT_ACTORS = {"submit": "participant", "return": "tpe", "verify": "tpe"}
REQUEST_ACTORS = {
    "submit": "participant",
    "accept": "secretariat",
    "return": "secretariat",
    "withdraw": "participant",
}


def parts_of(user: Viewer, project: Project, *, at: datetime) -> set[str]:
    """Return the parts that this person plays in the project: participant, tpe, secretariat."""
    if not isinstance(user, User):
        return set()
    parts = {
        "participant": can_prepare(user, project, at=at),
        "tpe": can_examine(user, project, at=at),
        "secretariat": can_consider(user, project.partnership, at=at),
    }
    return {part for part, played in parts.items() if played}


def project_actions(parts: set[str], project: Project) -> list[str]:
    """Return the verbs that somebody who plays these parts may use on the project now."""
    return _verbs(PROJECT, PROJECT_ACTORS, project.status, parts)


def report_actions(parts: set[str], report: MonitoringReport) -> list[str]:
    """Return the verbs that somebody who plays these parts may use on the report now."""
    return _verbs(REPORT, REPORT_ACTORS, report.status, parts)


def request_actions(parts: set[str], request: IssuanceRequest) -> list[str]:
    """Return the verbs that somebody who plays these parts may use on the request now."""
    return _verbs(ISSUANCE_REQUEST, REQUEST_ACTORS, request.status, parts)


def can_draft(user: Viewer, *, at: datetime) -> bool:
    """Whether the person works for a participant and so may begin a design."""
    return _allows(lambda: check_is_participant(user, at=at))


def can_edit(user: Viewer, project: Project, *, at: datetime) -> bool:
    """Whether the person may change the design now."""
    return project.status == ProjectStatus.DRAFT and can_prepare(user, project, at=at)


def can_report(parts: set[str], project: Project) -> bool:
    """Whether somebody who plays these parts may begin a monitoring report."""
    return "participant" in parts and project.status not in (ProjectStatus.DRAFT, *CLOSED)


def can_upload(parts: set[str], report: MonitoringReport) -> bool:
    """Whether somebody who plays these parts may replace the readings now."""
    return "participant" in parts and report.status in REPORT_OPEN_FOR_CHANGES


def can_request_issuance(parts: set[str], report: MonitoringReport) -> bool:
    """Whether somebody who plays these parts may ask for issuance, or correct what was returned, now."""
    if "participant" not in parts or report.status != ReportStatus.VERIFIED:
        return False
    blocking = report.issuance_requests.exclude(
        status__in=[RequestStatus.WITHDRAWN, RequestStatus.DENIED, RequestStatus.RETURNED]
    )
    return not blocking.exists() and report.results.filter(reductions__gt=0).exists()


def _verbs(workflow: Workflow, actors: dict[str, str], state: str, parts: set[str]) -> list[str]:
    return [verb for verb in workflow.available(state) if actors.get(verb) in parts]


def _allows(check: Callable[[], None]) -> bool:
    try:
        check()
    except NotPermitted:
        return False
    return True
