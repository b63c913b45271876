"""From validation to registration (jcm.md 1.5, 1.6)."""

from datetime import datetime

from django.db import transaction

from core import events
from core.findings import enforce
from core.models import User
from methodologies.rules import r_pm_04
from parties.decision import DecisionReference
from parties.models import Designation, Task
from parties.services import case_move
from parties.workflow import Stage
from projects import policies, rules
from projects.models import Project, Validation
from projects.services.locking import project_locked
from projects.workflow import PROJECT


@transaction.atomic
def project_validate(*, project_id: int, designation_id: int, statement: str, actor: User, at: datetime) -> Project:
    """Sign a third-party entity's positive opinion on the design.

    Raises NotPermitted, TransitionRefused, or InvalidInput when the designation does not allow it.
    """
    project = project_locked(project_id)
    designation = Designation.objects.select_related("organisation").get(pk=designation_id)
    policies.check_can_sign(actor, designation, at=at)
    target = PROJECT.next_state("validate", state=project.status)
    enforce(
        rules.r_vv_01(designation, project.partnership, project.submitted_on, at=at)
        or rules.r_vv_02(designation, project, Task.VALIDATION, at=at)
        or rules.r_vv_03(designation, project),
        rules.r_vv_04(statement),
    )
    Validation.objects.create(
        project=project, designation=designation, statement=statement, signed_by=actor, signed_at=at
    )
    data = {"designation": designation.number}
    return _moved(project, target, "project.validated", actor=actor, at=at, data=data)


@transaction.atomic
def project_request_registration(*, project_id: int, actor: User, at: datetime) -> Project:
    """Ask the Joint Committee to register a validated project. Raises NotPermitted or TransitionRefused."""
    project = project_locked(project_id)
    policies.check_can_prepare(actor, project, at=at)
    target = PROJECT.next_state("request_registration", state=project.status)
    return _moved(project, target, "project.registration_requested", actor=actor, at=at, stage=Stage.SUBMITTED)


@transaction.atomic
def project_accept(*, project_id: int, actor: User, at: datetime) -> Project:
    """Find a request for registration complete, so that the Joint Committee considers it.

    Raises NotPermitted or TransitionRefused.
    """
    project = project_locked(project_id)
    policies.check_can_consider(actor, project.partnership, at=at)
    target = PROJECT.next_state("accept", state=project.status)
    return _moved(project, target, "project.considered", actor=actor, at=at, stage=Stage.CONSIDERATION)


@transaction.atomic
def project_return(*, project_id: int, reason: str, actor: User, at: datetime) -> Project:
    """Send an incomplete request for registration back to the participants.

    Raises NotPermitted, TransitionRefused, or InvalidInput without a reason.
    """
    project = project_locked(project_id)
    policies.check_can_consider(actor, project.partnership, at=at)
    target = PROJECT.next_state("return", state=project.status)
    enforce(r_pm_04(reason))
    return _moved(project, target, "project.returned", actor=actor, at=at, stage=Stage.RETURNED, reason=reason)


@transaction.atomic
def project_withdraw_request(*, project_id: int, actor: User, at: datetime) -> Project:
    """Take a request for registration back; the project keeps its number and ends here.

    Raises NotPermitted or TransitionRefused.
    """
    project = project_locked(project_id)
    policies.check_can_prepare(actor, project, at=at)
    target = PROJECT.next_state("withdraw_request", state=project.status)
    return _moved(project, target, "project.request_withdrawn", actor=actor, at=at, stage=Stage.WITHDRAWN)


@transaction.atomic
def project_register(*, project_id: int, decision: DecisionReference, at: datetime) -> Project:
    """Carry out the Joint Committee's registration. Raises TransitionRefused."""
    project = project_locked(project_id)
    target = PROJECT.next_state("register", state=project.status)
    project.registered_on, project.decision_number = decision.adopted_on, decision.number
    data = {"decision": decision.number}
    return _moved(project, target, "project.registered", actor=None, at=at, stage=Stage.DECIDED, data=data)


@transaction.atomic
def project_reject(*, project_id: int, decision: DecisionReference, reason: str, at: datetime) -> Project:
    """Carry out the Joint Committee's refusal. Raises TransitionRefused, or InvalidInput without a reason."""
    project = project_locked(project_id)
    target = PROJECT.next_state("reject", state=project.status)
    enforce(r_pm_04(reason))
    project.decision_number = decision.number
    data = {"decision": decision.number}
    return _moved(project, target, "project.rejected", actor=None, at=at, stage=Stage.DECIDED, reason=reason, data=data)


def _moved(
    project: Project,
    target: str,
    event: str,
    *,
    actor: User | None,
    at: datetime,
    stage: str = "",
    reason: str = "",
    data: dict[str, str] | None = None,
) -> Project:
    project.status, project.status_reason = target, reason
    project.save()
    if stage:
        case_move(case_id=project.case_id, stage=stage, reason=reason or project.decision_number, actor=actor, at=at)
    events.emit(event, project, actor=actor, at=at, data={**(data or {}), **({"reason": reason} if reason else {})})
    return project
