"""Requests to issue the verified reductions of a report (jcm.md 1.9)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from core import events
from core.errors import TransitionRefused
from core.findings import enforce
from core.models import User
from methodologies.rules import r_pm_04
from parties.decision import DecisionReference
from parties.services import case_move
from parties.workflow import Stage
from projects import policies, ports, rules
from projects.errors import ProjectNotRegistered
from projects.models import Allocation, IssuanceRequest, MonitoringReport
from projects.rules import Amount
from projects.services.cases import issuance_case
from projects.services.locking import report_locked, request_locked
from projects.workflow import ISSUANCE_REQUEST, ProjectStatus, ReportStatus, RequestStatus

_ENDED = (RequestStatus.WITHDRAWN, RequestStatus.DENIED)
# Where a verb brings the case.
STAGES = {
    "accept": Stage.CONSIDERATION,
    "return": Stage.RETURNED,
    "withdraw": Stage.WITHDRAWN,
    "decide": Stage.DECIDED,
    "deny": Stage.DECIDED,
}


@transaction.atomic
def issuance_request_submit(
    *, report_id: int, allocations: Sequence[Amount], actor: User, at: datetime
) -> IssuanceRequest:
    """Ask the committee to issue a report's verified reductions into these accounts: (vintage, Party, account, t).

    A request that the secretariat returned is corrected and sent again. Raises NotPermitted, TransitionRefused when
    the report is not verified or has an open request, or InvalidInput when the amounts are not right.
    """
    report = report_locked(report_id)
    policies.check_can_prepare(actor, report.project, at=at)
    if report.status != ReportStatus.VERIFIED:
        raise TransitionRefused(action="request_issuance", state=report.status)
    enforce(rules.r_mr_01(report.project))
    amounts_check(report, allocations)
    request = _opened(report, actor=actor, at=at)
    Allocation.objects.bulk_create(
        Allocation(request=request, vintage=vintage, party=party, account_number=account, quantity=quantity)
        for vintage, party, account, quantity in allocations
    )
    events.emit("issuance_request.submitted", request, actor=actor, at=at)
    return request


def amounts_check(report: MonitoringReport, allocations: Sequence[Amount]) -> None:
    """Raise InvalidInput unless these amounts may be asked for."""
    verified = {result.year: result.reductions for result in report.results.all()}
    partnership = report.project.partnership
    enforce(
        rules.r_ir_04(verified)
        or rules.r_ir_01(allocations)
        or {
            **rules.r_ir_02(allocations, verified),
            **rules.r_ir_03(allocations, partnership, ports.account_choices(report.project)),
        }
    )


def _opened(report: MonitoringReport, *, actor: User, at: datetime) -> IssuanceRequest:
    """Return a new request, or the returned one emptied, both in the state submitted."""
    request = IssuanceRequest.objects.select_for_update().filter(report=report).exclude(status__in=_ENDED).first()
    if request is None:
        request = IssuanceRequest.objects.create(
            report=report, source=actor.record_source, submitted_by=actor, submitted_at=at
        )
        request.case = issuance_case(request, actor=actor, at=at)
        request.save(update_fields=["case"])
        return request
    request.status = ISSUANCE_REQUEST.next_state("submit", state=request.status)
    request.status_reason, request.submitted_by, request.submitted_at = "", actor, at
    request.save()
    case_move(case_id=request.case_id, stage=Stage.SUBMITTED, actor=actor, at=at)
    request.allocations.all().delete()
    return request


@transaction.atomic
def issuance_request_accept(*, request_id: int, actor: User, at: datetime) -> IssuanceRequest:
    """Find a request complete, so that the Joint Committee considers it. Raises NotPermitted or TransitionRefused."""
    request = request_locked(request_id)
    policies.check_can_consider(actor, request.report.project.partnership, at=at)
    return _moved(request, "accept", "issuance_request.considered", actor=actor, at=at)


@transaction.atomic
def issuance_request_return(*, request_id: int, reason: str, actor: User, at: datetime) -> IssuanceRequest:
    """Send an incomplete request back. Raises NotPermitted, TransitionRefused, or InvalidInput without a reason."""
    request = request_locked(request_id)
    policies.check_can_consider(actor, request.report.project.partnership, at=at)
    enforce(r_pm_04(reason))
    return _moved(request, "return", "issuance_request.returned", actor=actor, at=at, reason=reason)


@transaction.atomic
def issuance_request_withdraw(*, request_id: int, actor: User, at: datetime) -> IssuanceRequest:
    """Take a request back before the Joint Committee decides. Raises NotPermitted or TransitionRefused."""
    request = request_locked(request_id)
    policies.check_can_prepare(actor, request.report.project, at=at)
    return _moved(request, "withdraw", "issuance_request.withdrawn", actor=actor, at=at)


@transaction.atomic
def issuance_request_decide(*, request_id: int, decision: DecisionReference, at: datetime) -> IssuanceRequest:
    """Record that the Joint Committee decided the amounts as requested; the registry notifies both governments.

    Raises TransitionRefused, or ProjectNotRegistered: verification may come first, issuance not.
    """
    request = request_locked(request_id)
    if request.report.project.status != ProjectStatus.REGISTERED:
        raise ProjectNotRegistered
    request.decided_on, request.decision_number = decision.adopted_on, decision.number
    return _moved(request, "decide", "issuance_request.decided", actor=None, at=at, decision=decision.number)


@transaction.atomic
def issuance_request_deny(
    *, request_id: int, decision: DecisionReference, reason: str, at: datetime
) -> IssuanceRequest:
    """Carry out the Joint Committee's refusal. Raises TransitionRefused, or InvalidInput without a reason."""
    request = request_locked(request_id)
    enforce(r_pm_04(reason))
    request.decision_number = decision.number
    return _moved(
        request, "deny", "issuance_request.denied", actor=None, at=at, reason=reason, decision=decision.number
    )


def _moved(
    request: IssuanceRequest,
    verb: str,
    event: str,
    *,
    actor: User | None,
    at: datetime,
    reason: str = "",
    decision: str = "",
) -> IssuanceRequest:
    request.status = ISSUANCE_REQUEST.next_state(verb, state=request.status)
    request.status_reason = reason
    request.save()
    case_move(case_id=request.case_id, stage=STAGES[verb], reason=reason or decision, actor=actor, at=at)
    said = {"reason": reason, "decision": decision}
    events.emit(event, request, actor=actor, at=at, data={name: text for name, text in said.items() if text})
    return request
