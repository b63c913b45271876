"""The cases of a project: its registration, and each request for issuance."""

from datetime import datetime

from core.models import User
from parties.models import Case, Organisation
from parties.services import case_open
from parties.workflow import CaseKind, Stage
from projects.models import IssuanceRequest, Project


def registration_case(project: Project, *, actor: User, at: datetime) -> Case:
    """Open the case of a design that is published for validation; everybody sees it."""
    return case_open(
        partnership=project.partnership,
        kind=CaseKind.PROJECT,
        number=str(project.number),
        title=project.title,
        url=project.get_absolute_url(),
        organisation=_speaks_for(project),
        stage=Stage.VALIDATION,
        is_public=True,
        actor=actor,
        at=at,
    )


def issuance_case(request: IssuanceRequest, *, actor: User, at: datetime) -> Case:
    """Open the case of a request for issuance."""
    report = request.report
    return case_open(
        partnership=report.project.partnership,
        kind=CaseKind.ISSUANCE,
        number=request.reference,
        title=f"{report.project.title}, {report.period_start} – {report.period_end}",
        url=request.get_absolute_url(),
        organisation=_speaks_for(report.project),
        actor=actor,
        at=at,
    )


def _speaks_for(project: Project) -> Organisation | None:
    first = project.participants.select_related("organisation").order_by("-focal_point", "party", "pk").first()
    return first.organisation if first else None
