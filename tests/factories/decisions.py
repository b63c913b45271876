"""Decisions of a Joint Committee in each state, through the services."""

from datetime import datetime

from django.db.models import Q

from committee import services, voices
from committee.models import Decision, DecisionItem
from committee.workflow import DecisionStatus
from core.models import User
from jcm.demo.cast import Cast
from tests.factories.cycle import NOON


def declared(decision: Decision, member: User, *, at: datetime = NOON, conflict: str = "") -> None:
    """Let the member declare of every item that there is no conflict of interest, or this one."""
    statements = dict.fromkeys(decision.items.values_list("pk", flat=True), conflict)
    services.conflicts_declare(statements=statements, actor=member, at=at)


def answered(
    decision: Decision,
    member: User,
    value: str = "affirm",
    reason: str = "",
    *,
    at: datetime = NOON,
    member_id: int | None = None,
) -> Decision:
    """Let the member declare no conflict of interest and answer, for himself or for `member_id`."""
    still_open = Decision.objects.filter(pk=decision.pk, status=DecisionStatus.OPEN).exists()
    if still_open and voices.undeclared(decision, member).exists():
        declared(decision, member, at=at)
    return services.decision_answer(
        decision_id=decision.pk, value=value, reason=reason, actor=member, at=at, member_id=member_id
    )


def prepared_decision(people: Cast, *, at: datetime = NOON, outcome: str = "approve") -> Decision:
    """Return a decision that bundles everything on the agenda that is still to be decided.

    Factories of the cycle decide by themselves what only prepares a test; those items stay on the agenda.
    """
    considered = (
        Q(methodology_version__status="considered")
        | Q(project__status="considered")
        | Q(issuance_request__status="considered")
        | Q(idea_note__status="considered")
        | Q(rule_set__status="proposed")
        | Q(special_measure__status="proposed")
        | Q(designation_application__status="considered")
        | Q(designation_measure__status="proposed")
        | Q(methodology_withdrawal__status="proposed")
        | Q(rule_pack__status="proposed")
    )
    waiting = DecisionItem.objects.filter(considered, partnership=people.partnership, decision=None)
    return services.decision_prepare(
        partnership=people.partnership,
        item_ids=waiting.values_list("pk", flat=True),
        text="The Joint Committee decides as proposed.",
        outcome=outcome,
        actor=people.host_secretariat,
        at=at,
    )


def open_decision(people: Cast, *, at: datetime = NOON, outcome: str = "approve") -> Decision:
    """Return an open decision on everything on the agenda."""
    prepared = prepared_decision(people, at=at, outcome=outcome)
    return services.decision_open(decision_id=prepared.pk, actor=people.japan_secretariat, at=at)


def adopted_decision(people: Cast, *, at: datetime = NOON, outcome: str = "approve") -> Decision:
    """Return an adopted decision on everything on the agenda: everybody affirmed."""
    decision = open_decision(people, at=at, outcome=outcome)
    for member in (people.japan_member, people.host_member, people.japan_chair, people.host_chair):
        decision = answered(decision, member, at=at)
    return decision
