"""Special measures: proposed by the secretariat, valid for some days, extended by later decisions."""

from datetime import date, datetime

from django.db import transaction

from core import events
from core.findings import enforce
from core.models import User
from parties import policies, rules
from parties.decision import DecisionReference
from parties.models import Partnership, SpecialMeasure
from parties.services.cases import case_move, case_open
from parties.workflow import PROPOSAL, CaseKind, Stage


@transaction.atomic
def special_measure_propose(
    *,
    partnership: Partnership,
    title: str,
    text: str,
    valid_from: date,
    valid_until: date,
    actor: User,
    at: datetime,
    extends: SpecialMeasure | None = None,
) -> SpecialMeasure:
    """Propose a special measure, or with `extends` that one goes on; both days belong to it.

    Raises NotPermitted for others than the secretariat, or InvalidInput that names the field.
    """
    policies.check_is_secretariat(actor, partnership, at=at)
    enforce(rules.r_sm_01(valid_from, valid_until), rules.r_sm_02(partnership, extends, valid_from, valid_until))
    measure = SpecialMeasure.objects.create(
        partnership=partnership,
        title=title,
        text=text,
        valid_from=valid_from,
        valid_until=valid_until,
        extends=extends,
        source=actor.record_source,
        proposed_by=actor,
        proposed_at=at,
    )
    measure.case = case_open(
        partnership=partnership,
        kind=CaseKind.SPECIAL_MEASURE,
        title=title,
        url=measure.get_absolute_url(),
        stage=Stage.CONSIDERATION,
        actor=actor,
        at=at,
    )
    measure.save(update_fields=["case"])
    events.emit("special_measure.proposed", measure, actor=actor, at=at)
    return measure


@transaction.atomic
def special_measure_withdraw(*, measure_id: int, actor: User, at: datetime) -> SpecialMeasure:
    """Take a proposal back before the Joint Committee decides. Raises NotPermitted or TransitionRefused."""
    measure = _locked(measure_id)
    policies.check_is_secretariat(actor, measure.partnership, at=at)
    measure.status = PROPOSAL.next_state("withdraw", state=measure.status)
    measure.save()
    case_move(case_id=measure.case_id, stage=Stage.WITHDRAWN, actor=actor, at=at)
    events.emit("special_measure.withdrawn", measure, actor=actor, at=at)
    return measure


@transaction.atomic
def special_measure_adopt(*, measure_id: int, decision: DecisionReference, at: datetime) -> SpecialMeasure:
    """Carry out the Joint Committee's adoption. Raises TransitionRefused."""
    measure = _locked(measure_id)
    measure.status = PROPOSAL.next_state("adopt", state=measure.status)
    return _decided(measure, "special_measure.adopted", decision=decision, at=at)


@transaction.atomic
def special_measure_deny(*, measure_id: int, decision: DecisionReference, reason: str, at: datetime) -> SpecialMeasure:
    """Record that the Joint Committee did not adopt it. Raises TransitionRefused, InvalidInput."""
    measure = _locked(measure_id)
    measure.status = PROPOSAL.next_state("deny", state=measure.status)
    enforce(rules.r_reason(reason))
    measure.status_reason = reason.strip()
    return _decided(measure, "special_measure.denied", decision=decision, at=at)


def _decided(measure: SpecialMeasure, event: str, *, decision: DecisionReference, at: datetime) -> SpecialMeasure:
    measure.decided_on, measure.decision_number = decision.adopted_on, decision.number
    measure.save()
    case_move(case_id=measure.case_id, stage=Stage.DECIDED, reason=decision.number, actor=None, at=at)
    events.emit(event, measure, actor=None, at=at, data={"decision": decision.number})
    return measure


def _locked(measure_id: int) -> SpecialMeasure:
    related = SpecialMeasure.objects.select_related("partnership__host", "partnership__acquirer")
    return related.select_for_update(of=("self",)).get(pk=measure_id)
