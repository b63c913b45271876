"""What adoption does to the records that a decision is about, in the transaction of the adoption."""

from collections.abc import Callable, Mapping
from datetime import datetime

from committee.errors import NothingToDecide
from committee.models import DecisionItem
from methodologies import services as methodologies
from parties import services as parties
from parties.decision import DecisionReference
from projects import services as projects
from registry import services as registry


def _approve_methodology(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    methodologies.methodology_approve(version_id=_subject(item.methodology_version_id), decision=decision, at=at)


def _approve_methodology_revised(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    pk, revisions = _subject(item.methodology_version_id), _reason(item)
    methodologies.methodology_approve(version_id=pk, decision=decision, revisions=revisions, at=at)


def _deny_methodology(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    pk, reason = _subject(item.methodology_version_id), _reason(item)
    methodologies.methodology_deny(version_id=pk, decision=decision, reason=reason, at=at)


def _withdraw_methodology(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    methodologies.withdrawal_adopt(withdrawal_id=_subject(item.methodology_withdrawal_id), decision=decision, at=at)


def _keep_methodology(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    pk, reason = _subject(item.methodology_withdrawal_id), _reason(item)
    methodologies.withdrawal_deny(withdrawal_id=pk, decision=decision, reason=reason, at=at)


def _register_project(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    projects.project_register(project_id=_subject(item.project_id), decision=decision, at=at)


def _reject_project(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    pk, reason = _subject(item.project_id), _reason(item)
    projects.project_reject(project_id=pk, decision=decision, reason=reason, at=at)


def _notify_issuance(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    request = projects.issuance_request_decide(request_id=_subject(item.issuance_request_id), decision=decision, at=at)
    registry.notification_create(request=request, decision=decision, at=at)


def _deny_issuance(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    pk, reason = _subject(item.issuance_request_id), _reason(item)
    projects.issuance_request_deny(request_id=pk, decision=decision, reason=reason, at=at)


def _answer_idea(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    projects.idea_note_decide(note_id=_subject(item.idea_note_id), objection="", decision=decision, at=at)


def _object_to_idea(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    pk, reason = _subject(item.idea_note_id), _reason(item)
    projects.idea_note_decide(note_id=pk, objection=reason, decision=decision, at=at)


def _adopt_rules(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    if item.rule_set_id is not None:
        parties.rule_documents_adopt(set_id=item.rule_set_id, decision=decision, at=at)
    else:
        parties.pack_adopt(pack_id=_subject(item.rule_pack_id), decision=decision, at=at)


def _deny_rules(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    if item.rule_set_id is not None:
        parties.rule_documents_deny(set_id=item.rule_set_id, decision=decision, reason=_reason(item), at=at)
    else:
        pk, reason = _subject(item.rule_pack_id), _reason(item)
        parties.pack_deny(pack_id=pk, decision=decision, reason=reason, at=at)


def _adopt_special_measure(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    parties.special_measure_adopt(measure_id=_subject(item.special_measure_id), decision=decision, at=at)


def _deny_special_measure(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    pk, reason = _subject(item.special_measure_id), _reason(item)
    parties.special_measure_deny(measure_id=pk, decision=decision, reason=reason, at=at)


def _designate(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    pk, extends = _subject(item.designation_application_id), item.designation_id is not None
    carry_out = parties.designation_extend if extends else parties.designation_grant
    carry_out(application_id=pk, decision=decision, at=at)


def _deny_designation(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    pk, reason = _subject(item.designation_application_id), _reason(item)
    parties.application_deny(application_id=pk, decision=decision, reason=reason, at=at)


def _adopt_measure(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    parties.measure_adopt(measure_id=_subject(item.designation_measure_id), decision=decision, at=at)


def _deny_measure(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    pk, reason = _subject(item.designation_measure_id), _reason(item)
    parties.measure_deny(measure_id=pk, decision=decision, reason=reason, at=at)


def _subject(pk: int | None) -> int:
    if pk is None:
        raise NothingToDecide
    return pk


def _reason(item: DecisionItem) -> str:
    return item.decision.text if item.decision else ""


def kind_of(item: DecisionItem) -> str:
    """Return what the matter is called with its outcome: an answer that objects is a decision, as in the records."""
    if item.kind in (KIND.PIN_NO_OBJECTION, KIND.PIN_DECISION):
        return KIND.PIN_DECISION if item.outcome == OUTCOME.DENY else KIND.PIN_NO_OBJECTION
    return item.kind


Effect = Callable[[DecisionItem, DecisionReference, datetime], None]
KIND, OUTCOME = DecisionItem.Kind, DecisionItem.Outcome
# What adoption does, by kind of item and proposed outcome. Items of other kinds come from public records only.
EFFECTS: Mapping[tuple[str, str], Effect] = {
    (KIND.METHODOLOGY_APPROVAL, OUTCOME.APPROVE): _approve_methodology,
    (KIND.METHODOLOGY_APPROVAL, OUTCOME.APPROVE_REVISED): _approve_methodology_revised,
    (KIND.METHODOLOGY_APPROVAL, OUTCOME.DENY): _deny_methodology,
    (KIND.METHODOLOGY_REVISION, OUTCOME.APPROVE): _approve_methodology,
    (KIND.METHODOLOGY_REVISION, OUTCOME.APPROVE_REVISED): _approve_methodology_revised,
    (KIND.METHODOLOGY_REVISION, OUTCOME.DENY): _deny_methodology,
    (KIND.METHODOLOGY_WITHDRAWAL, OUTCOME.APPROVE): _withdraw_methodology,
    (KIND.METHODOLOGY_WITHDRAWAL, OUTCOME.DENY): _keep_methodology,
    (KIND.PROJECT_REGISTRATION, OUTCOME.APPROVE): _register_project,
    (KIND.PROJECT_REGISTRATION, OUTCOME.DENY): _reject_project,
    (KIND.ISSUANCE, OUTCOME.APPROVE): _notify_issuance,
    (KIND.ISSUANCE, OUTCOME.DENY): _deny_issuance,
    (KIND.PIN_NO_OBJECTION, OUTCOME.APPROVE): _answer_idea,
    (KIND.PIN_NO_OBJECTION, OUTCOME.DENY): _object_to_idea,
    (KIND.PIN_DECISION, OUTCOME.DENY): _object_to_idea,
    (KIND.RULES_ADOPTION, OUTCOME.APPROVE): _adopt_rules,
    (KIND.RULES_ADOPTION, OUTCOME.DENY): _deny_rules,
    (KIND.SPECIAL_MEASURE, OUTCOME.APPROVE): _adopt_special_measure,
    (KIND.SPECIAL_MEASURE, OUTCOME.DENY): _deny_special_measure,
    (KIND.TPE_DESIGNATION, OUTCOME.APPROVE): _designate,
    (KIND.TPE_DESIGNATION, OUTCOME.DENY): _deny_designation,
    (KIND.TPE_MEASURE, OUTCOME.APPROVE): _adopt_measure,
    (KIND.TPE_MEASURE, OUTCOME.DENY): _deny_measure,
}
