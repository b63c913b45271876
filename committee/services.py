"""Every change of the Joint Committees: agenda, electronic decisions, adoption with its effects."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from committee import ballot, policies
from committee.errors import AnswersClosed, BeforeTheCommittee, CommitteeIncomplete, NothingToDecide
from committee.models import Answer, Decision, DecisionItem
from committee.workflow import DECISION, DecisionStatus
from core import events, numbering
from core.errors import DomainError, InvalidInput
from core.models import User
from methodologies import services as methodologies
from parties import services as parties
from parties.decision import DecisionReference
from parties.models import Partnership, Role, RoleAssignment
from parties.selectors import pack_in_force
from projects import services as projects
from registry import services as registry

logger = logging.getLogger(__name__)


def agenda_add(*, partnership: Partnership, kind: str, subject: str, at: datetime, **record: Any) -> DecisionItem:
    """Put a matter on the agenda; it waits there until a decision takes it up."""
    return DecisionItem.objects.create(partnership=partnership, kind=kind, subject=subject, waiting_since=at, **record)


def agenda_remove(**record: Any) -> None:
    """Take a withdrawn matter off the agenda. Raises BeforeTheCommittee while a decision about it is under way."""
    under_way = [DecisionStatus.PREPARED, DecisionStatus.OPEN]
    if DecisionItem.objects.filter(decision__status__in=under_way, **record).exists():
        raise BeforeTheCommittee
    DecisionItem.objects.filter(decision=None, **record).delete()


@transaction.atomic
def decision_prepare(
    *,
    partnership: Partnership,
    item_ids: Iterable[int],
    text: str,
    actor: User,
    at: datetime,
    outcome: str = DecisionItem.Outcome.APPROVE,
) -> Decision:
    """Bundle agenda items into one proposed decision, to approve them or not to.

    Raises NotPermitted, NothingToDecide, or InvalidInput where nothing says why a case is not approved.
    """
    policies.check_can_prepare(actor, partnership, at=at)
    waiting = DecisionItem.objects.select_for_update().filter(partnership=partnership, decision=None)
    items = list(waiting.filter(pk__in=list(item_ids)))
    if not items:
        raise NothingToDecide
    if outcome == DecisionItem.Outcome.DENY and not text.strip():
        raise InvalidInput(fields={"text": _("Say why the cases are not approved.")})
    source = actor.record_source
    number = numbering.allot(f"{partnership.code}:decision", source=source)
    decision = Decision.objects.create(
        partnership=partnership,
        number=f"{partnership.code}_JC{number:03d}",
        text=text,
        prepared_by=actor,
        source=source,
    )
    DecisionItem.objects.filter(pk__in=[item.pk for item in items]).update(decision=decision, outcome=outcome)
    events.emit("decision.prepared", decision, actor=actor, at=at, data={"items": len(items)})
    return decision


@transaction.atomic
def decision_open(*, decision_id: int, actor: User, at: datetime) -> Decision:
    """Circulate a decision to all members in office; the days of silence begin.

    Raises NotPermitted, TransitionRefused, or CommitteeIncomplete when a side lacks its co-chair.
    """
    decision = _locked(decision_id)
    partnership = decision.partnership
    policies.check_can_prepare(actor, partnership, at=at)
    decision.status = DECISION.next_state("open", state=decision.status)
    members = RoleAssignment.objects.on(at.date()).committee().filter(partnership=partnership)
    answers = {
        m.user_id: Answer(decision=decision, member=m.user, party=m.party, role=m.role)
        # A co-chair who is also a member answers once, as co-chair.
        for m in members.select_related("user", "party").order_by("-role")
        if m.party is not None
    }
    chairs = sorted(a.party_id for a in answers.values() if a.role == Role.CO_CHAIR)
    if chairs != sorted(party.pk for party in partnership.parties):
        raise CommitteeIncomplete
    Answer.objects.bulk_create(answers.values())
    decision.opened_at = at
    pack = pack_in_force(partnership, at.date())
    decision.closes_at = ballot.deadline(at, days=pack.electronic_decision_days, time_zone=pack.time_zone)
    decision.save()
    events.emit("decision.opened", decision, actor=actor, at=at, data={"closes_at": decision.closes_at.isoformat()})
    return decision


@transaction.atomic
def decision_answer(*, decision_id: int, value: str, reason: str, actor: User, at: datetime) -> Decision:
    """Record a member's answer; it may be changed while the decision is open. Settles the decision where it can.

    Raises NotPermitted, AnswersClosed, or InvalidInput for an objection without a reason.
    """
    decision = _locked(decision_id)
    policies.check_can_answer(actor, decision, at=at)
    if decision.status != DecisionStatus.OPEN:
        raise AnswersClosed
    if value not in Answer.Value.values:
        raise InvalidInput(fields={"value": _("Choose to affirm or to object.")})
    if value == Answer.Value.OBJECT and not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why you object, so that the co-chairs can act on it.")})
    answer = Answer.objects.get(decision=decision, member=actor)
    answer.value, answer.reason, answer.answered_at = value, reason.strip(), at
    answer.save(update_fields=["value", "reason", "answered_at"])
    events.emit("decision.answered", decision, actor=actor, at=at, data={"value": value, "role": answer.role})
    return _settle(decision, at=at)


@transaction.atomic
def decision_withdraw(*, decision_id: int, actor: User, at: datetime) -> Decision:
    """Take a decision back before it is adopted; its items return to the agenda."""
    decision = _locked(decision_id)
    policies.check_can_prepare(actor, decision.partnership, at=at)
    decision.status = DECISION.next_state("withdraw", state=decision.status)
    decision.save()
    _return_to_agenda(decision, at=at)
    events.emit("decision.withdrawn", decision, actor=actor, at=at)
    return decision


def decisions_close_due(*, at: datetime) -> int:
    """Settle every open decision whose time is over; return how many were adopted."""
    due = Decision.objects.filter(status=DecisionStatus.OPEN, closes_at__lte=at).order_by("closes_at")
    adopted = 0
    for pk in due.values_list("pk", flat=True):
        try:
            adopted += _close(pk, at=at)
        except DomainError:  # one case that changed meanwhile must not hold up the other decisions
            logger.exception("decision %s could not be settled", pk)
    return adopted


@transaction.atomic
def _close(decision_id: int, *, at: datetime) -> bool:
    decision = _locked(decision_id)
    return decision.status == DecisionStatus.OPEN and _settle(decision, at=at).status == DecisionStatus.ADOPTED


def _locked(decision_id: int) -> Decision:
    decisions = Decision.objects.select_for_update(of=("self",))
    return decisions.select_related("partnership__host", "partnership__acquirer").get(pk=decision_id)


def _settle(decision: Decision, *, at: datetime) -> Decision:
    if decision.closes_at is None:
        raise AnswersClosed
    answers = list(decision.answers.select_related("member"))
    voices = [
        ballot.Voice(co_chair=a.role == Role.CO_CHAIR, affirms=(a.value == Answer.Value.AFFIRM) if a.value else None)
        for a in answers
    ]
    match ballot.outcome(voices, closes_at=decision.closes_at, at=at):
        case ballot.Outcome.ADOPTED:
            _adopt(decision, answers, at=at)
        case ballot.Outcome.STOPPED:
            decision.status = DECISION.next_state("stop", state=decision.status)
            decision.save()
            _return_to_agenda(decision, at=at)
            events.emit("decision.stopped", decision, actor=None, at=at)
    return decision


def _return_to_agenda(decision: Decision, *, at: datetime) -> None:
    """The items of a stopped decision wait again; the stopped decision keeps its own copy."""
    for item in decision.items.all():
        item.pk = None
        item.decision, item.waiting_since = None, at
        item.save(force_insert=True)


def _adopt(decision: Decision, answers: list[Answer], *, at: datetime) -> None:
    """Adopt, and do what was decided, in one transaction: both happen or neither."""
    pack = pack_in_force(decision.partnership, at.date())
    chairs = {a.party_id: a.member.name for a in answers if a.role == Role.CO_CHAIR}
    japan, host = (chairs[party.pk] for party in decision.partnership.parties)
    decision.status = DECISION.next_state("adopt", state=decision.status)
    decision.adopted_on = pack.calendar.day(at)
    decision.save()
    reference = DecisionReference(str(decision.number), decision.adopted_on, (japan, host))
    for item in decision.items.all():
        EFFECTS[item.kind, item.outcome](item, reference, at)
    events.emit("decision.adopted", decision, actor=None, at=at, data={"signatories": [japan, host]})


def _approve_methodology(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    methodologies.methodology_approve(version_id=_subject(item.methodology_version_id), decision=decision, at=at)


def _deny_methodology(item: DecisionItem, decision: DecisionReference, at: datetime) -> None:
    pk, reason = _subject(item.methodology_version_id), _reason(item)
    methodologies.methodology_deny(version_id=pk, decision=decision, reason=reason, at=at)


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


Effect = Callable[[DecisionItem, DecisionReference, datetime], None]
KIND, OUTCOME = DecisionItem.Kind, DecisionItem.Outcome
# What adoption does, by kind of item and proposed outcome. Items of other kinds come from public records only.
EFFECTS: Mapping[tuple[str, str], Effect] = {
    (KIND.METHODOLOGY_APPROVAL, OUTCOME.APPROVE): _approve_methodology,
    (KIND.METHODOLOGY_APPROVAL, OUTCOME.DENY): _deny_methodology,
    (KIND.PROJECT_REGISTRATION, OUTCOME.APPROVE): _register_project,
    (KIND.PROJECT_REGISTRATION, OUTCOME.DENY): _reject_project,
    (KIND.ISSUANCE, OUTCOME.APPROVE): _notify_issuance,
    (KIND.ISSUANCE, OUTCOME.DENY): _deny_issuance,
    (KIND.TPE_DESIGNATION, OUTCOME.APPROVE): _designate,
    (KIND.TPE_DESIGNATION, OUTCOME.DENY): _deny_designation,
    (KIND.TPE_MEASURE, OUTCOME.APPROVE): _adopt_measure,
    (KIND.TPE_MEASURE, OUTCOME.DENY): _deny_measure,
}
