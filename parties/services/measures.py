"""Suspension, resumption, withdrawal: proposed by the secretariat with reasons, carried out when decided."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from core import events
from core.findings import enforce
from core.models import User
from parties import policies, rules
from parties.decision import DecisionReference
from parties.models import Designation, DesignationMeasure, SectoralScope
from parties.services.locking import designation_locked, measure_locked
from parties.services.terms import history_begin, history_turn
from parties.workflow import DESIGNATION, PROPOSAL, ProposalStatus

Kind = DesignationMeasure.Kind
# What the history and the events call it.
DONE = {
    Kind.SUSPEND: "suspended",
    Kind.RESUME: "resumed",
    Kind.WITHDRAW: "withdrawn",
    Kind.WITHDRAW_SCOPES: "scopes_withdrawn",
}


@transaction.atomic
def measure_propose(
    *,
    designation_id: int,
    kind: str,
    reason: str,
    actor: User,
    at: datetime,
    work_may_finish: bool = False,
    scopes_validation: Sequence[SectoralScope] = (),
    scopes_verification: Sequence[SectoralScope] = (),
) -> DesignationMeasure:
    """Propose to the Joint Committee what should become of a designation, with the reasons.

    Raises NotPermitted for others than the secretariat, TransitionRefused where the designation's state does not
    allow it, or InvalidInput that names every field that is not right.
    """
    designation = designation_locked(designation_id)
    policies.check_is_secretariat(actor, designation.partnership, at=at)
    _next_status(designation, kind)
    enforce(
        rules.r_reason(reason),
        rules.r_tpe_06(designation, kind, scopes_validation, scopes_verification),
        rules.r_tpe_07(kind, work_may_finish=work_may_finish),
        rules.r_tpe_09(designation),
    )
    measure = DesignationMeasure.objects.create(
        designation=designation,
        kind=kind,
        reason=reason.strip(),
        work_may_finish=work_may_finish,
        proposed_by=actor,
        proposed_at=at,
    )
    measure.scopes_validation.set(scopes_validation)
    measure.scopes_verification.set(scopes_verification)
    events.emit("designation_measure.proposed", measure, actor=actor, at=at, data={"reason": measure.reason})
    return measure


def _next_status(designation: Designation, kind: str) -> str:
    """Return the state after the measure. Raises TransitionRefused."""
    if kind == Kind.WITHDRAW_SCOPES:
        # What can still be withdrawn as a whole can be narrowed too; the state stays.
        DESIGNATION.next_state("withdraw", state=designation.status)
        return str(designation.status)
    return DESIGNATION.next_state(kind, state=designation.status)


@transaction.atomic
def measure_withdraw(*, measure_id: int, actor: User, at: datetime) -> DesignationMeasure:
    """Take a proposed measure back. Raises NotPermitted or TransitionRefused."""
    measure = measure_locked(measure_id)
    policies.check_is_secretariat(actor, measure.designation.partnership, at=at)
    return _dropped(measure, actor=actor, at=at)


def measures_drop(designation: Designation, *, actor: User, at: datetime) -> None:
    """Let a proposed measure fall away, since the designation ends by itself."""
    for measure in designation.measures.select_for_update().filter(status=ProposalStatus.PROPOSED):
        _dropped(measure, actor=actor, at=at)


def _dropped(measure: DesignationMeasure, *, actor: User, at: datetime) -> DesignationMeasure:
    measure.status = PROPOSAL.next_state("withdraw", state=measure.status)
    measure.save(update_fields=["status"])
    events.emit("designation_measure.withdrawn", measure, actor=actor, at=at)
    return measure


@transaction.atomic
def measure_adopt(*, measure_id: int, decision: DecisionReference, at: datetime) -> Designation:
    """Carry out the measure that the Joint Committee adopted, from the day of adoption on. Raises TransitionRefused."""
    measure = measure_locked(measure_id)
    measure.status = PROPOSAL.next_state("adopt", state=measure.status)
    measure.decided_on, measure.decision_number = decision.adopted_on, decision.number
    measure.save(update_fields=["status", "decided_on", "decision_number"])
    designation = designation_locked(measure.designation_id)
    target = _next_status(designation, measure.kind)
    history_begin(designation, at=at)
    designation.status = target
    designation.save(update_fields=["status"])
    designation.scopes_validation.remove(*measure.scopes_validation.all())
    designation.scopes_verification.remove(*measure.scopes_verification.all())
    done = DONE[Kind(measure.kind)]
    history_turn(
        designation,
        change=done,
        day=decision.adopted_on,
        at=at,
        reason=measure.reason,
        decision_number=decision.number,
        work_may_finish=measure.work_may_finish,
    )
    data = {"decision": decision.number, "reason": measure.reason}
    events.emit(f"designation.{done}", designation, actor=None, at=at, data=data)
    return designation


@transaction.atomic
def measure_deny(*, measure_id: int, decision: DecisionReference, reason: str, at: datetime) -> DesignationMeasure:
    """Record that the Joint Committee did not adopt a measure. Raises TransitionRefused, InvalidInput."""
    measure = measure_locked(measure_id)
    measure.status = PROPOSAL.next_state("deny", state=measure.status)
    enforce(rules.r_reason(reason))
    measure.status_reason = reason.strip()
    measure.decided_on, measure.decision_number = decision.adopted_on, decision.number
    measure.save(update_fields=["status", "status_reason", "decided_on", "decision_number"])
    data = {"decision": decision.number, "reason": measure.status_reason}
    events.emit("designation_measure.denied", measure, actor=None, at=at, data=data)
    return measure
