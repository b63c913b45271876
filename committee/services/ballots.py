"""Electronic decisions from their preparation to adoption with its effects (jcm.md 2.2)."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from committee import ballot, policies, voices
from committee.errors import CommitteeIncomplete, DeclarationMissing, NothingToDecide
from committee.models import Answer, Decision, DecisionItem
from committee.services.agenda import return_to_agenda
from committee.services.effects import EFFECTS, kind_of
from committee.workflow import DECISION, DecisionStatus
from core import events, numbering
from core.errors import DomainError, InvalidInput
from core.models import User
from parties.decision import DecisionReference
from parties.models import Partnership, Role
from parties.selectors import pack_in_force

logger = logging.getLogger(__name__)


@transaction.atomic
def decision_prepare(
    *,
    partnership: Partnership,
    item_ids: Iterable[int],
    text: str,
    actor: User,
    at: datetime,
    outcome: str = DecisionItem.Outcome.APPROVE,
    outcomes: Mapping[int, str] | None = None,
) -> Decision:
    """Bundle agenda items into one proposed decision; `outcomes` names the items whose outcome is another.

    Raises NotPermitted, NothingToDecide, or InvalidInput where nothing says why a case is not approved as it is, or
    where an outcome does not go with the matter.
    """
    policies.check_can_prepare(actor, partnership, at=at)
    waiting = DecisionItem.objects.select_for_update().filter(partnership=partnership, decision=None)
    items = list(waiting.filter(pk__in=list(item_ids)))
    if not items:
        raise NothingToDecide
    for item in items:
        item.outcome = (outcomes or {}).get(item.pk, outcome)
        if item.outcome != DecisionItem.Outcome.APPROVE and not text.strip():
            raise InvalidInput(fields={"text": _("Say why the cases are not approved as they are.")})
        item.kind = kind_of(item)
        if (item.kind, item.outcome) not in EFFECTS:
            raise InvalidInput(fields={"outcome": _("Only methodologies are approved with revisions.")})
    DecisionItem.objects.bulk_update(items, ["outcome", "kind"])
    return decision_create(partnership=partnership, items=items, text=text, actor=actor, at=at)


def decision_create(
    *, partnership: Partnership, items: Sequence[DecisionItem], text: str, actor: User, at: datetime, **links: Any
) -> Decision:
    """Give a new decision its number and these items; `links` are further fields of the decision."""
    source = actor.record_source
    number = numbering.allot(f"{partnership.code}:decision", source=source)
    decision = Decision.objects.create(
        partnership=partnership,
        number=f"{partnership.code}_JC{number:03d}",
        text=text,
        prepared_by=actor,
        source=source,
        **links,
    )
    DecisionItem.objects.filter(pk__in=[item.pk for item in items]).update(decision=decision)
    told = {name: str(value) for name, value in links.items() if isinstance(value, Decision)}
    events.emit("decision.prepared", decision, actor=actor, at=at, data={"items": len(items), **told})
    return decision


@transaction.atomic
def decision_open(*, decision_id: int, actor: User, at: datetime) -> Decision:
    """Circulate a decision to all members in office; the days of silence begin.

    Raises NotPermitted, TransitionRefused, or CommitteeIncomplete when a side lacks its co-chair.
    """
    decision = decision_locked(decision_id)
    partnership = decision.partnership
    policies.check_can_prepare(actor, partnership, at=at)
    decision.status = DECISION.next_state("open", state=decision.status)
    seats_create(decision, at=at)
    decision.opened_at = at
    pack = pack_in_force(partnership, at.date())
    decision.closes_at = ballot.deadline(at, days=pack.electronic_decision_days, calendar=pack.calendar)
    decision.save()
    events.emit("decision.opened", decision, actor=actor, at=at, data={"closes_at": decision.closes_at.isoformat()})
    return decision


def seats_create(decision: Decision, *, at: datetime) -> None:
    """Ask everybody who sits on the committee now. Raises CommitteeIncomplete."""
    seats = voices.seats_of(decision.partnership, at=at)
    chairs = sorted(seat.party_id or 0 for seat in seats if seat.role == Role.CO_CHAIR)
    if chairs != sorted(party.pk for party in decision.partnership.parties):
        raise CommitteeIncomplete
    Answer.objects.bulk_create(
        Answer(decision=decision, member=seat.user, party=seat.party, role=seat.role) for seat in seats
    )


@transaction.atomic
def decision_answer(
    *, decision_id: int, value: str, reason: str, actor: User, at: datetime, member_id: int | None = None
) -> Decision:
    """Record an answer for one's own seat, or as a delegate for that of `member_id`; settle the decision where it can.

    It may be changed while the decision is open. Raises NotPermitted, AnswersClosed, DeclarationMissing, or
    InvalidInput for an objection without a reason.
    """
    decision = decision_locked(decision_id)
    seat = policies.seat_to_answer(actor, decision, member_id or actor.pk, at=at)
    if voices.undeclared(decision, actor).exists():
        raise DeclarationMissing
    if value not in Answer.Value.values:
        raise InvalidInput(fields={"value": _("Choose to affirm or to object.")})
    if value == Answer.Value.OBJECT and not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why you object, so that the co-chairs can act on it.")})
    seat.value, seat.reason, seat.given_by, seat.answered_at = value, reason.strip(), actor, at
    seat.save(update_fields=["value", "reason", "given_by", "answered_at"])
    behalf = {"on_behalf_of": seat.member.name} if seat.by_delegate else {}
    events.emit("decision.answered", decision, actor=actor, at=at, data={"value": value, "role": seat.role, **behalf})
    return settle(decision, at=at)


@transaction.atomic
def decision_withdraw(*, decision_id: int, actor: User, at: datetime) -> Decision:
    """Take a decision back before it is adopted; its items return to the agenda."""
    decision = decision_locked(decision_id)
    policies.check_can_prepare(actor, decision.partnership, at=at)
    decision.status = DECISION.next_state("withdraw", state=decision.status)
    decision.save()
    return_to_agenda(decision, at=at)
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
    decision = decision_locked(decision_id)
    if decision.status != DecisionStatus.OPEN:
        return False
    # Nobody acted: it is the deadline that adopts, however late we come to see it.
    return settle(decision, at=at, since=decision.closes_at).status == DecisionStatus.ADOPTED


def decision_locked(decision_id: int) -> Decision:
    """Return the decision with its row locked: whatever is said of it is said one after the other."""
    decisions = Decision.objects.select_for_update(of=("self",))
    related = decisions.select_related("partnership__host", "partnership__acquirer", "taken_in")
    return related.get(pk=decision_id)


def settle(decision: Decision, *, at: datetime, since: datetime | None = None) -> Decision:
    """Adopt or stop an open decision where its answers say so; `since` is when they did, where that was before `at`."""
    match ballot.outcome(voices.ballot_of(decision), at=at):
        case ballot.Outcome.ADOPTED:
            _adopt(decision, at=at, since=since or at)
        case ballot.Outcome.STOPPED:
            decision.status = DECISION.next_state("stop", state=decision.status)
            decision.save()
            return_to_agenda(decision, at=at)
            events.emit("decision.stopped", decision, actor=None, at=at)
    return decision


def _adopt(decision: Decision, *, at: datetime, since: datetime) -> None:
    """Adopt, and do what was decided, in one transaction: both happen or neither."""
    pack = pack_in_force(decision.partnership, (decision.opened_at or since).date())
    japan, host = voices.signatories(decision)
    decision.status = DECISION.next_state("adopt", state=decision.status)
    day = pack.calendar.day(since)
    decision.adopted_on = min(day, decision.taken_in.ends_on) if decision.taken_in else day
    decision.save()
    reference = DecisionReference(str(decision.number), decision.adopted_on, (japan, host))
    for item in decision.items.all():
        EFFECTS[item.kind, item.outcome](item, reference, at)
    events.emit("decision.adopted", decision, actor=None, at=at, data={"signatories": [japan, host]})
