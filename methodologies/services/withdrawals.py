"""The end of an approved version: superseded by the next one, or withdrawn by the Joint Committee (jcm.md 1.3)."""

from datetime import datetime

from django.db import transaction

from core import events
from core.findings import enforce
from core.models import User
from methodologies import policies, rules
from methodologies.models import MethodologyVersion, MethodologyWithdrawal
from methodologies.services.locking import version_locked
from methodologies.workflow import METHODOLOGY, Status
from parties.decision import DecisionReference
from parties.workflow import PROPOSAL


def versions_supersede(approved: MethodologyVersion, *, decision: DecisionReference, at: datetime) -> None:
    """Let the valid version give way to the one that was just approved; projects that apply it keep it."""
    older = MethodologyVersion.objects.select_for_update().filter(
        methodology=approved.methodology_id, status=Status.APPROVED
    )
    for version in older.exclude(pk=approved.pk):
        version.status = METHODOLOGY.next_state("supersede", state=version.status)
        version.ended_on = decision.adopted_on
        version.save(update_fields=["status", "ended_on", "updated_at"])
        data = {"decision": decision.number, "by": approved.version}
        events.emit("methodology.superseded", version, actor=None, at=at, data=data)


@transaction.atomic
def withdrawal_propose(*, version_id: int, reason: str, actor: User, at: datetime) -> MethodologyWithdrawal:
    """Propose to the Joint Committee that it withdraws an approved version, with the reasons.

    Raises NotPermitted for others than the secretariat, TransitionRefused for a version that was never approved or is
    withdrawn, or InvalidInput without a reason or while another proposal waits.
    """
    version = version_locked(version_id)
    policies.check_can_consider(actor, version, at=at)
    METHODOLOGY.next_state("revoke", state=version.status)
    enforce(rules.r_pm_06(reason), rules.r_pm_07(version))
    withdrawal = MethodologyWithdrawal.objects.create(
        version=version, reason=reason.strip(), proposed_by=actor, proposed_at=at
    )
    events.emit("methodology_withdrawal.proposed", withdrawal, actor=actor, at=at, data={"reason": withdrawal.reason})
    return withdrawal


@transaction.atomic
def withdrawal_take_back(*, withdrawal_id: int, actor: User, at: datetime) -> MethodologyWithdrawal:
    """Take a proposal back before the Joint Committee decides. Raises NotPermitted or TransitionRefused."""
    withdrawal = _locked(withdrawal_id)
    policies.check_can_consider(actor, withdrawal.version, at=at)
    withdrawal.status = PROPOSAL.next_state("withdraw", state=withdrawal.status)
    withdrawal.save(update_fields=["status"])
    events.emit("methodology_withdrawal.withdrawn", withdrawal, actor=actor, at=at)
    return withdrawal


@transaction.atomic
def withdrawal_adopt(*, withdrawal_id: int, decision: DecisionReference, at: datetime) -> MethodologyVersion:
    """Carry out what the Joint Committee decided: the version is no longer valid, without any grace.

    Registered projects keep it. Raises TransitionRefused.
    """
    withdrawal = _locked(withdrawal_id)
    withdrawal.status = PROPOSAL.next_state("adopt", state=withdrawal.status)
    _decided(withdrawal, decision)
    version = version_locked(withdrawal.version_id)
    version.status = METHODOLOGY.next_state("revoke", state=version.status)
    version.ended_on = version.ended_on or decision.adopted_on
    version.save(update_fields=["status", "ended_on", "updated_at"])
    data = {"decision": decision.number, "reason": withdrawal.reason}
    events.emit("methodology.revoked", version, actor=None, at=at, data=data)
    return version


@transaction.atomic
def withdrawal_deny(
    *, withdrawal_id: int, decision: DecisionReference, reason: str, at: datetime
) -> MethodologyWithdrawal:
    """Record that the Joint Committee did not withdraw the version. Raises TransitionRefused, InvalidInput."""
    withdrawal = _locked(withdrawal_id)
    withdrawal.status = PROPOSAL.next_state("deny", state=withdrawal.status)
    enforce(rules.r_pm_06(reason))
    withdrawal.status_reason = reason.strip()
    _decided(withdrawal, decision)
    data = {"decision": decision.number, "reason": withdrawal.status_reason}
    events.emit("methodology_withdrawal.denied", withdrawal, actor=None, at=at, data=data)
    return withdrawal


def _decided(withdrawal: MethodologyWithdrawal, decision: DecisionReference) -> None:
    withdrawal.decided_on, withdrawal.decision_number = decision.adopted_on, decision.number
    withdrawal.save(update_fields=["status", "status_reason", "decided_on", "decision_number"])


def _locked(withdrawal_id: int) -> MethodologyWithdrawal:
    related = MethodologyWithdrawal.objects.select_related("version__methodology__partnership")
    return related.select_for_update(of=("self",)).get(pk=withdrawal_id)
