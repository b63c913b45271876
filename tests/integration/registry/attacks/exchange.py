"""Attacks on the rules of reconciliation.sql and log.sql, and on the constraints of their tables."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from registry.models import (
    Checkpoint,
    Counterpart,
    Cycle,
    Difference,
    Freeze,
    LogEntry,
    LogLeaf,
    LogNode,
    Message,
    Receipt,
    RefusedMessage,
    UnsealedLeaf,
)
from tests.factories import exchange
from tests.integration.registry.attacks.hands import Act, Attack, Hand, again, change, remove
from tests.integration.registry.attacks.ledger import denied, more
from tests.integration.registry.attacks.tables import NOW
from tests.integration.registry.attacks.world import World

NEW_ID = UUID("00000000-0000-4000-8000-000000000000")
GAP = "registry_messages_have_no_gap"
MANUAL, CLOSED = {"state": "manual"}, {"state": "closed"}
BEGINS: dict[str, Any] = {"state": "initiated", "ended_at": None}
JAPAN = {"registry__party__iso2": "JP"}
SHORT = b"\0" * 32


def forged(*, called: UUID = NEW_ID, **changed: Any) -> Message:
    """Return a further message like the last one, with a true header, but for some columns; not saved."""
    last = Message.objects.filter(direction="in").latest("sequence_no")
    header = last.header.replace(f'"sequence_no":{last.sequence_no}', f'"sequence_no":{last.sequence_no + 1}')
    header = header.replace(str(last.message_id), str(called)).replace(last.envelope["prev_hash"], last.hash)
    columns = {
        "counterpart": last.counterpart, "direction": "in", "sequence_no": last.sequence_no + 1, "type": last.type,
        "message_id": called, "correlation_id": last.correlation_id, "header": header, "payload": last.payload,
        "hash": exchange.conformance.sha256(header), "at": timezone.now(),
    }  # fmt: skip
    return Message(**columns | changed)


def sent(**changed: Any) -> Act:
    """Write a further message."""
    return lambda _world, hand: hand.insert(forged(**changed))


def without_the_last(_world: World, hand: Hand) -> None:
    true = forged()
    header = true.header.replace(true.envelope["prev_hash"], "0" * 64)
    hand.insert(forged(header=header, hash=exchange.conformance.sha256(header)))


def under_a_known_id(_world: World, hand: Hand) -> None:
    hand.insert(forged(called=Message.objects.filter(direction="in").latest("sequence_no").message_id))


def stopped(world: World, hand: Hand) -> None:
    hand.update(world.counterpart, stopped_by=world.person("foreign_keeper"), stopped_at=NOW)


def to_who_was_stopped(world: World, hand: Hand) -> None:
    stopped(world, hand)
    hand.insert(forged())


def stopped_and_taken_up(world: World, hand: Hand) -> None:
    stopped(world, hand)
    hand.update(world.counterpart, stopped_by=None, stopped_at=None)


def receipt_of_another(_world: World, hand: Hand) -> None:
    message = forged()
    hand.insert(message)
    known = Receipt.objects.filter(message__direction="in").earliest("pk")
    hand.insert(Receipt(message=message, body=known.body, at=NOW))


def asked_twice(world: World, hand: Hand) -> None:
    for hours in (1, 2):
        hand.insert(Cycle(counterpart=world.counterpart, as_of=NOW - timedelta(hours=hours), started_at=NOW))


def closed_by(world: World, hand: Hand, **columns: Any) -> None:
    """Close a cycle with differences that somebody corrected."""
    cycle, by = Cycle.objects.get(state="manual"), world.person("foreign_keeper")
    hand.update(cycle, state="corrected", corrected_by=by, corrected_at=NOW, correction="x")
    hand.update(cycle, state="closed", ended_at=NOW, **columns)


def corrected_anew(world: World, hand: Hand) -> None:
    cycle = Cycle.objects.get(state="manual")
    by = {"corrected_by": world.person("foreign_keeper"), "corrected_at": NOW}
    hand.update(cycle, state="corrected", correction="x", **by)
    hand.update(cycle, correction="y")


def closed_by_nobody(world: World, hand: Hand) -> None:
    closed_by(world, hand)


def closed_by_the_same(world: World, hand: Hand) -> None:
    closed_by(world, hand, closed_by=world.person("foreign_keeper"), reason="x")


def entry(party: str, index: int) -> Act:
    """Number the leaf that waits."""

    def act(world: World, hand: Hand) -> None:
        waiting = UnsealedLeaf.objects.get(registry=world.registry)
        registry = world.registry if party == "JP" else world.foreign
        hand.insert(LogEntry(leaf_id=waiting.leaf_id, registry=registry, index=index))

    return act


LOG_SQL = {
    "registry_log_has_no_gap": (entry("JP", 900), entry("MN", 0)),
    "registry_log_tree_is_true": tuple(
        again(LogNode, JAPAN, level=level, position=position, hash=SHORT)
        for level, position in ((0, 900), (1, 1), (5, 0))
    ),
    "registry_checkpoint_follows_log": (
        again(Checkpoint, size=more("size")), again(Checkpoint, size=0), again(Checkpoint, root=SHORT),
        again(Checkpoint, at=lambda row: row.at - timedelta(days=1)),
    ),
    "registry_log_follows_transactions": denied(
        change(LogLeaf, body="{}"), remove(LogLeaf), again(LogLeaf), change(UnsealedLeaf, registry_id=1),
        remove(UnsealedLeaf), again(UnsealedLeaf),
    ),
}  # fmt: skip
# Of its tables the log keeps the same rule as the ledger.
LOG_IS_APPEND_ONLY = denied(
    change(LogEntry, index=more("index")), remove(LogEntry), change(LogNode, hash=SHORT), remove(LogNode),
    change(Checkpoint, text=""), remove(Checkpoint),
)  # fmt: skip

RECONCILIATION_SQL = {
    "registry_exchange_is_append_only": denied(
        change(Message, hash=""), remove(Message), change(Receipt, body=""), remove(Receipt),
        change(RefusedMessage, receipt=""), remove(RefusedMessage), change(Difference, theirs=1), remove(Difference),
    ),
    "registry_counterpart_is_in_use": to_who_was_stopped,
    GAP: (sent(sequence_no=900), without_the_last),
    "registry_message_is_its_header": (
        sent(hash="0" * 64), sent(payload="{}"), sent(type="SNAPSHOT_TOTALS"), sent(correlation_id=NEW_ID),
        sent(message_id=UUID(int=1)),
    ),
    "registry_receipt_is_for_its_message": receipt_of_another,
    "registry_counterpart_is_fixed": (
        change(Counterpart, public_key="x"), change(Counterpart, code="OTHER"), change(Counterpart, confirmed_at=NOW),
        remove(Counterpart), stopped_and_taken_up,
    ),
    "registry_cycle_is_fixed": (
        change(Cycle, as_of=NOW), change(Cycle, MANUAL, theirs_sha256="0" * 64), change(Cycle, CLOSED, ended_at=NOW),
        remove(Cycle), again(Cycle, MANUAL, as_of=NOW), corrected_anew,
    ),
    "registry_differences_need_two_people": (change(Cycle, MANUAL, state="corrected"), closed_by_nobody),
    "registry_difference_is_found_in_exchange": again(Difference),
    "registry_freeze_keeps_its_cause": change(Freeze, {"cycle__isnull": False}, cycle=None),
}  # fmt: skip

TABLES = {
    "registry_counterpart_once": again(Counterpart),
    "registry_counterpart_has_name": again(Counterpart, code="small letters"),
    "registry_counterpart_confirmed_by_second_person": again(
        Counterpart, code="OTHER", confirmed_by_id=lambda row: row.entered_by_id
    ),
    "registry_counterpart_stop_has_who_and_when": again(Counterpart, code="OTHER", stopped_at=NOW),
    "registry_message_number_once": Attack(again(Message, message_id=NEW_ID), application=GAP, alone=Message),
    "registry_message_once": under_a_known_id,
    "registry_cycle_once": again(Cycle, CLOSED, **BEGINS),
    "registry_one_cycle_in_exchange": asked_twice,
    "registry_correction_has_who_when_and_what": again(Cycle, CLOSED, **BEGINS, corrected_at=NOW),
    "registry_cycle_closed_by_second_person": (again(Cycle, CLOSED, **BEGINS, reason="x"), closed_by_the_same),
    "registry_closed_cycle_has_time": again(Cycle, CLOSED, state="initiated"),
}

RULES = {**LOG_SQL, **RECONCILIATION_SQL, **TABLES}
