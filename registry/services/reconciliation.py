"""Comparing books with a registry kept elsewhere: totals, then blocks, then the audit trail (article6.md 4.4).

Whatever differs is written down and its credits are frozen; nothing is ever mended here. People examine it, correct
what is wrong where it is wrong, and close the cycle.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import InvalidInput, TransitionRefused
from core.models import User
from registry import policies
from registry.errors import CounterpartNotInUse, explained
from registry.exchange import compare
from registry.exchange.compare import Finding
from registry.exchange.envelope import Refused, moment, read_moment
from registry.exchange.payloads import MOST_RANGES, STAGES
from registry.exchange.words import DifferenceKind, MessageType, Reason
from registry.models import Counterpart, Cycle, Difference, Message, Transaction
from registry.selectors import snapshots
from registry.services.freezes import freeze_for_cycle
from registry.services.messages import IN, OUT, counterpart_locked, message_send
from registry.workflow import CYCLE, EXCHANGING, CycleState

Payload = dict[str, Any]


@transaction.atomic
def cycle_start(*, counterpart_id: int, as_of: datetime, actor: User | None, at: datetime) -> Cycle:
    """Ask the other side for its totals as of a moment. `actor` is nobody where the schedule asks.

    Raises NotPermitted, CounterpartNotInUse, InvalidInput, or TransitionRefused while an answer is awaited.
    """
    counterpart = counterpart_locked(counterpart_id)
    if actor is not None:
        policies.check_can_reconcile(actor, counterpart.registry, at=at)
    if not counterpart.active:
        raise CounterpartNotInUse
    if as_of > at:
        raise InvalidInput(fields={"as_of": _("Choose a moment that is not in the future.")})
    cycles = Cycle.objects.filter(counterpart=counterpart)
    if cycles.filter(state__in=EXCHANGING).exists() or cycles.filter(as_of=as_of).exists():
        raise TransitionRefused(action="start", state="under_way")
    cycle = Cycle.objects.create(counterpart=counterpart, as_of=as_of, begun_by=actor, started_at=at)
    _ask(cycle, "totals", [], at=at)
    events.emit("cycle.started", cycle, actor=actor, at=at, data={"as_of": moment(as_of)})
    return cycle


def cycles_start_due(*, at: datetime) -> int:
    """Start the comparison as of the end of yesterday (UTC) with each counterpart, once; return how many."""
    as_of = datetime.combine(at.date(), time.min, at.tzinfo) - timedelta(microseconds=1)
    in_use = Counterpart.objects.filter(confirmed_at__isnull=False, stopped_at=None)
    waiting = Cycle.objects.filter(state__in=EXCHANGING).values("counterpart")
    done = Cycle.objects.filter(as_of__gte=as_of).values("counterpart")
    due = in_use.exclude(pk__in=waiting).exclude(pk__in=done).values_list("pk", flat=True)
    started = 0
    for counterpart_id in list(due):
        with suppress(TransitionRefused, CounterpartNotInUse):  # somebody was quicker
            cycle_start(counterpart_id=counterpart_id, as_of=as_of, actor=None, at=at)
            started += 1
    return started


def _ask(cycle: Cycle, stage: str, ranges: Iterable[snapshots.Range], *, at: datetime) -> None:
    asked = [{"series": series, "first": first, "last": last} for series, first, last in ranges]
    payload = {"as_of": moment(cycle.as_of), "stage": stage, "ranges": asked}
    message_send(
        counterpart=cycle.counterpart, kind=MessageType.SNAPSHOT_REQUEST, correlation_id=cycle.pk, payload=payload,
        at=at,
    )  # fmt: skip


def message_act(*, counterpart: Counterpart, message: Message, payload: Payload, at: datetime) -> None:
    """Do what a message that was just taken asks for. Raises Refused, after which it is not taken."""
    if message.type == MessageType.SNAPSHOT_REQUEST:
        _answer(counterpart, message, payload, at=at)
    elif message.type != MessageType.RECONCILIATION_RESULT:
        awaited, act = ANSWERS[message.type]
        cycle = _cycle_of(counterpart, message, payload, awaited)
        act(cycle, payload, at)


def _answer(counterpart: Counterpart, message: Message, payload: Payload, *, at: datetime) -> None:
    """Tell the other side what it asks for: our books as of a moment that has come."""
    as_of = read_moment(payload["as_of"])
    if as_of > at:
        raise Refused(Reason.AS_OF, payload["as_of"])
    told: Payload = {"as_of": payload["as_of"]}
    if payload["stage"] == "audit_trail":
        ranges = [(part["series"], part["first"], part["last"]) for part in payload["ranges"]]
        told["transactions"] = snapshots.audit_trail(counterpart.registry, ranges, as_of=as_of)
    else:
        lines = snapshots.snapshot_lines(counterpart.registry, as_of=as_of)
        told["blocks_sha256"] = compare.digest_of(lines)
        if payload["stage"] == "totals":
            told["totals"] = compare.totals_of(lines)
        else:
            told["blocks"] = [line.told() for line in lines]
    message_send(
        counterpart=counterpart, kind=STAGES[payload["stage"]], correlation_id=message.correlation_id, payload=told,
        at=at,
    )  # fmt: skip


def _cycle_of(counterpart: Counterpart, message: Message, payload: Payload, awaited: tuple[CycleState, ...]) -> Cycle:
    cycles = Cycle.objects.select_for_update(of=("self",)).select_related("counterpart__registry__party")
    cycle = cycles.filter(counterpart=counterpart, pk=message.correlation_id).first()
    if cycle is None:
        raise Refused(Reason.CYCLE, str(message.correlation_id))
    if cycle.state not in awaited:
        raise Refused(Reason.NOT_EXPECTED, cycle.state)
    if payload["as_of"] != moment(cycle.as_of):
        raise Refused(Reason.AS_OF, payload["as_of"])
    return cycle


def _move(cycle: Cycle, verb: str, **fields: object) -> None:
    cycle.state = CycleState(CYCLE.next_state(verb, state=cycle.state))
    for name, value in fields.items():
        setattr(cycle, name, value)
    with explained():
        cycle.save(update_fields=["state", *fields])


def _record(cycle: Cycle, findings: list[Finding]) -> None:
    with explained():
        Difference.objects.bulk_create(
            Difference(cycle=cycle, kind=found.kind, reference=found.reference, ours=found.ours, theirs=found.theirs)
            for found in findings
        )


def _compare_totals(cycle: Cycle, payload: Payload, at: datetime) -> None:
    """Equal totals close nothing: the hash of the blocks must be equal too."""
    ours = snapshots.snapshot_lines(cycle.counterpart.registry, as_of=cycle.as_of)
    hashes = {"ours_sha256": compare.digest_of(ours), "theirs_sha256": payload["blocks_sha256"]}
    findings = compare.compare_totals(compare.totals_of(ours), payload["totals"])
    _move(cycle, "totals_differ" if findings else "totals_agree", **hashes)
    _record(cycle, findings)
    if not findings and cycle.ours_sha256 == cycle.theirs_sha256:
        _move(cycle, "blocks_agree", ended_at=at)
        _tell_result(cycle, "consistent", at=at)
    else:
        _ask(cycle, "blocks", [], at=at)


def _compare_blocks(cycle: Cycle, payload: Payload, at: datetime) -> None:
    """Write down what differs, freeze it, and ask how it came about."""
    ours = snapshots.snapshot_lines(cycle.counterpart.registry, as_of=cycle.as_of)
    theirs = [compare.line_of(row) for row in payload["blocks"]]
    findings = compare.compare(ours, payload["blocks"])
    ranges = compare.ranges_of(findings)
    findings += _inconsistencies(cycle, payload, theirs)
    _move(cycle, "blocks_differ")
    _record(cycle, findings)
    freeze_for_cycle(cycle=cycle, ranges=ranges, at=at)
    if ranges:
        _ask(cycle, "audit_trail", _fewer(ranges), at=at)
    else:
        _examine(cycle, at=at)


def _inconsistencies(cycle: Cycle, payload: Payload, theirs: list[compare.Line]) -> list[Finding]:
    """Return in what the other side contradicts itself: totals, blocks and hashes that do not fit."""
    said = Message.objects.filter(
        counterpart=cycle.counterpart, direction=IN, correlation_id=cycle.pk, type=MessageType.SNAPSHOT_TOTALS
    ).latest("pk")
    totals = said.envelope["payload"]["totals"]
    findings = compare.compare_totals(compare.totals_of(theirs), totals, DifferenceKind.TOTALS_NOT_SUM)
    true = compare.digest_of(theirs)
    told = sorted({payload["blocks_sha256"], cycle.theirs_sha256} - {true})
    return findings + [Finding(DifferenceKind.HASH, wrong, {"sha256": true}, {"sha256": wrong}) for wrong in told]


def _fewer(ranges: list[snapshots.Range]) -> list[snapshots.Range]:
    """Return the ranges, or where they are very many one for each series, from its first to its last."""
    if len(ranges) <= MOST_RANGES:
        return ranges
    spans: dict[str, snapshots.Range] = {}
    for series, first, last in ranges:
        spans[series] = (series, spans[series][1] if series in spans else first, last)
    return list(spans.values())[:MOST_RANGES]


def _compare_trails(cycle: Cycle, payload: Payload, at: datetime) -> None:
    asked = Message.objects.filter(
        counterpart=cycle.counterpart, direction=OUT, correlation_id=cycle.pk, type=MessageType.SNAPSHOT_REQUEST
    ).latest("pk")
    ranges = [(part["series"], part["first"], part["last"]) for part in asked.envelope["payload"]["ranges"]]
    ours = snapshots.audit_trail(cycle.counterpart.registry, ranges, as_of=cycle.as_of)
    _record(cycle, compare.compare_trails(ours, payload["transactions"]))
    _examine(cycle, at=at)


def _examine(cycle: Cycle, *, at: datetime) -> None:
    _move(cycle, "examine")
    events.emit("cycle.differs", cycle, actor=None, at=at, data={"differences": cycle.differences.count()})
    _tell_result(cycle, "inconsistent", at=at)


Act = Callable[[Cycle, Payload, datetime], None]
ANSWERS: dict[str, tuple[tuple[CycleState, ...], Act]] = {
    MessageType.SNAPSHOT_TOTALS: ((CycleState.INITIATED,), _compare_totals),
    MessageType.SNAPSHOT_BLOCKS: ((CycleState.TOTALS_OK, CycleState.TOTALS_DIFFER), _compare_blocks),
    MessageType.SNAPSHOT_AUDIT_TRAIL: ((CycleState.BLOCKS_DIFFER,), _compare_trails),
}


def _tell_result(cycle: Cycle, result: str, *, at: datetime) -> None:
    if not cycle.counterpart.active:
        return
    payload = {"as_of": moment(cycle.as_of), "result": result, "differences": cycle.differences.count()}
    message_send(
        counterpart=cycle.counterpart, kind=MessageType.RECONCILIATION_RESULT, correlation_id=cycle.pk,
        payload=payload, at=at,
    )  # fmt: skip


def _locked(cycle_id: UUID) -> Cycle:
    counterpart_id = Cycle.objects.values_list("counterpart_id", flat=True).get(pk=cycle_id)
    counterpart = counterpart_locked(counterpart_id)
    cycle = Cycle.objects.select_for_update().get(pk=cycle_id)
    cycle.counterpart = counterpart
    return cycle


@transaction.atomic
def cycle_correct(*, cycle_id: UUID, correction: str, actor: User, at: datetime) -> Cycle:
    """Say what was corrected, and where. Raises NotPermitted, InvalidInput or TransitionRefused."""
    cycle = _locked(cycle_id)
    policies.check_can_reconcile(actor, cycle.counterpart.registry, at=at)
    if not correction.strip():
        raise InvalidInput(fields={"correction": _("Say what was corrected, and in which registry.")})
    _move(cycle, "correct", corrected_by=actor, corrected_at=at, correction=correction.strip())
    events.emit("cycle.corrected", cycle, actor=actor, at=at, data={"correction": cycle.correction})
    return cycle


@transaction.atomic
def cycle_close(*, cycle_id: UUID, reason: str, actor: User, at: datetime) -> Cycle:
    """Close a cycle that a colleague called corrected; freezes stay until two people lift them.

    Raises NotPermitted, SamePerson, InvalidInput or TransitionRefused.
    """
    cycle = _locked(cycle_id)
    policies.check_can_close(actor, cycle, at=at)
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why.")})
    _move(cycle, "close", closed_by=actor, ended_at=at, reason=reason.strip())
    _tell_result(cycle, "closed", at=at)
    events.emit("cycle.closed", cycle, actor=actor, at=at, data={"reason": cycle.reason})
    return cycle


NOTICES = {
    Transaction.Kind.RETIREMENT: MessageType.USE_NOTICE,
    Transaction.Kind.CANCELLATION: MessageType.CANCELLATION_NOTICE,
    Transaction.Kind.ISSUANCE: MessageType.ISSUANCE_CONFIRMATION,
}


@transaction.atomic
def notices_send(*, transaction_id: UUID, at: datetime) -> int:
    """Tell every counterpart of an issuance, a use or a cancellation; return how many messages that made."""
    related = ("registry__party", "leg__notification__project__partnership__cooperative_approach")
    entry = Transaction.objects.select_related(*related).get(pk=transaction_id)
    kinds = [NOTICES[kind] for kind in NOTICES if kind == entry.kind]
    in_use = entry.registry.counterparts.filter(confirmed_at__isnull=False, stopped_at=None).order_by("pk")
    told = list(in_use.values_list("pk", flat=True)) if kinds else []
    if not told:
        return 0
    if snapshots.is_first_transfer(entry):
        kinds.append(MessageType.FIRST_TRANSFER_NOTICE)
    payload = {"transaction": snapshots.transaction_told(entry.pk)}
    for counterpart_id in told:
        counterpart = counterpart_locked(counterpart_id)
        for kind in kinds:
            message_send(counterpart=counterpart, kind=kind, correlation_id=entry.pk, payload=payload, at=at)
    return len(told) * len(kinds)


def issuance_tell(*, leg_id: int, at: datetime) -> int:
    """Tell every counterpart what a leg issued; return how many messages that made."""
    issued = Transaction.objects.values_list("pk", flat=True).get(leg=leg_id)
    return notices_send(transaction_id=issued, at=at)
