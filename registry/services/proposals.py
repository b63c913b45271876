"""Transfers, retirements, cancellations and corrections: proposed by one person, approved by another, executed once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from core import events
from core.errors import InvalidInput
from core.models import User
from registry import delays, policies, rules
from registry.allocation import allocate
from registry.errors import (
    CancelTooLate,
    CreditsFrozen,
    KeyReused,
    NotEnoughCredits,
    ProposalExpired,
    explained,
)
from registry.holdings import Span, Wanted
from registry.models import Account, Proposal, ProposalLine, Series
from registry.stops import Stops
from registry.workflow import PROPOSAL, ProposalState

FINALS = frozenset({Proposal.Kind.RETIREMENT.value, Proposal.Kind.CANCELLATION.value})


@dataclass(frozen=True, slots=True)
class Ask:
    """One part of a proposal: how many credits, which, where to, what for. Retirement and cancellation say
    purpose, beneficiary and reporting year; their account is the registry's own."""

    quantity: int
    wanted: Wanted = field(default_factory=Wanted)
    to_account: Account | None = None
    purpose: str = ""
    beneficiary: str = ""
    reporting_year: int | None = None


@transaction.atomic
def proposal_create(
    *,
    kind: str,
    from_account: Account,
    asks: Sequence[Ask],
    key: str,
    actor: User,
    at: datetime,
    reason: str = "",
    decision_number: str = "",
) -> Proposal:
    """Propose to move credits and reserve them; repeating a key returns the first proposal.

    Credits are taken first in, first out by vintage. Raises NotPermitted, InvalidInput, NotEnoughCredits,
    CreditsFrozen, KeyReused for a key that asked for something else, LedgerRefused where PostgreSQL refuses.
    """
    account = Account.objects.select_for_update(no_key=True).select_related("registry__party").get(pk=from_account.pk)
    policies.proposing(kind)(actor, account, at=at)
    done = Proposal.objects.filter(proposed_by=actor, idempotency_key=key).first()
    if done is not None:
        return _same(done, kind, account, asks)
    found = proposal_plan(kind=kind, account=account, asks=asks, decision_number=decision_number)
    with explained():
        # Another account is not behind our lock: its proposal may have taken the key meanwhile.
        proposal = Proposal.objects.create(
            registry=account.registry,
            kind=kind,
            idempotency_key=key,
            reason=reason,
            decision_number=decision_number,
            proposed_by=actor,
            proposed_at=at,
            expires_at=at + timedelta(days=account.registry.proposal_expires_days),
            source=actor.record_source,
        )
        _reserve(proposal, account, asks, found)
    events.emit("proposal.created", proposal, actor=actor, at=at, data={"kind": kind})
    return proposal


def _same(done: Proposal, kind: str, account: Account, asks: Sequence[Ask]) -> Proposal:
    """Return the proposal that the key made before, if it is what is asked for now."""
    named = ("from_account", "to_account", "purpose", "beneficiary", "reporting_year")
    recorded = Counter[tuple[object, ...]]()
    for *what, first, last in done.lines.order_by().values_list(*named, "first", "last"):
        recorded[tuple(what)] += last - first + 1
    asked = Counter[tuple[object, ...]]()
    final = _final_account(kind, account)
    for ask in asks:
        target = ask.to_account or final
        if target is None:
            raise KeyReused
        asked[account.pk, target.pk, ask.purpose, ask.beneficiary, ask.reporting_year] += ask.quantity
    if done.kind != kind or recorded != asked:
        raise KeyReused
    return done


def proposal_plan(*, kind: str, account: Account, asks: Sequence[Ask], decision_number: str = "") -> list[list[Span]]:
    """Return the credits that each part would take now, and save nothing; a few queries, however many parts there are.

    Raises InvalidInput, NotEnoughCredits or CreditsFrozen.
    """
    rules.enforce_asks(kind, account, asks, decision_number=decision_number)
    stops = Stops(account)
    _enforce_receivers(asks, _final_account(kind, account), stops)
    found = allocate(account, [(ask.wanted, ask.quantity) for ask in asks])
    _enforce_found(asks, found, stops)
    return found


def _reserve(proposal: Proposal, account: Account, asks: Sequence[Ask], found: Sequence[Sequence[Span]]) -> None:
    """Write the credits of every part as lines."""
    final = _final_account(proposal.kind, account)
    ProposalLine.objects.bulk_create(
        (
            ProposalLine(
                proposal=proposal,
                series_id=span.series_id,
                first=span.first,
                last=span.last,
                from_account=account,
                to_account=ask.to_account or final,
                purpose=ask.purpose,
                beneficiary=ask.beneficiary,
                reporting_year=ask.reporting_year,
            )
            for ask, spans in zip(asks, found, strict=True)
            for span in spans
        ),
        batch_size=5000,
    )


def _enforce_receivers(asks: Sequence[Ask], final: Account | None, stops: Stops) -> None:
    """Raise InvalidInput where an account that would receive credits is frozen; name the parts."""
    faults = {
        rules.place(n, "to_account", asks): why
        for n, ask in enumerate(asks)
        if (why := stops.receiver(ask.to_account or final))
    }
    if faults:
        raise InvalidInput(fields=faults)


def _enforce_found(asks: Sequence[Ask], found: Sequence[Sequence[Span]], stops: Stops) -> None:
    """Raise NotEnoughCredits or CreditsFrozen, or InvalidInput for vintages that the purpose does not take.

    The parts are named. What is frozen is told only where without it there is not enough.
    """
    short: dict[str, str] = {}
    frozen: dict[str, str] = {}
    early: dict[str, str] = {}
    used = Series.objects.filter(pk__in={span.series_id for spans in found for span in spans})
    vintages = dict(used.values_list("pk", "vintage"))
    for n, (ask, spans) in enumerate(zip(asks, found, strict=True)):
        if sum(span.quantity for span in spans) < ask.quantity:
            stopped = stops.credits(ask.wanted)
            (frozen if stopped else short)[rules.place(n, "quantity", asks)] = stopped or str(NotEnoughCredits.title)
        faults = rules.r_rg_05(ask.purpose, (vintages[span.series_id] for span in spans))
        early |= {rules.place(n, field, asks): text for field, text in faults.items()}
    if frozen:
        raise CreditsFrozen(fields=frozen | short)
    if short:
        raise NotEnoughCredits(fields=short)
    if early:
        raise InvalidInput(fields=early)


def _final_account(kind: str, account: Account) -> Account | None:
    """Return the registry's own account for this kind of end, which has the same name; None for other kinds."""
    return Account.objects.get(registry=account.registry, kind=kind) if kind in FINALS else None


def _locked(proposal_id: UUID) -> Proposal:
    proposals = Proposal.objects.select_for_update(of=("self",))
    return proposals.select_related("registry__party").get(pk=proposal_id)


@transaction.atomic
def proposal_approve(*, proposal_id: UUID, actor: User, at: datetime) -> Proposal:
    """Approve a colleague's proposal; it is executed at once, or at noon of the next working day where it must wait.

    Raises NotPermitted, SamePerson, TransitionRefused or ProposalExpired.
    """
    proposal = _locked(proposal_id)
    policies.check_can_approve_proposal(actor, proposal, at=at)
    proposal.state = PROPOSAL.next_state("approve", state=proposal.state)
    if proposal.expires_at <= at:  # also before the sweeper comes by
        raise ProposalExpired
    proposal.approved_by, proposal.approved_at = actor, at
    proposal.execute_at = execution_time(proposal, at=at)
    with explained():
        proposal.save(update_fields=["state", "approved_by", "approved_at", "execute_at"])
    events.emit("proposal.approved", proposal, actor=actor, at=at, data={"execute_at": proposal.execute_at.isoformat()})
    return proposal


def execution_time(proposal: Proposal, *, at: datetime) -> datetime:
    """Return when a proposal approved at `at` may be executed: transfers to untrusted accounts wait."""
    lines = proposal.lines.order_by()
    moves = set(lines.values_list("from_account", "to_account").distinct())
    hosts = set(lines.values_list("series__project__partnership__host__iso2", flat=True).distinct())
    return delays.earliest(proposal.kind, proposal.registry, moves=moves, hosts=hosts, at=at)


@transaction.atomic
def proposal_reject(*, proposal_id: UUID, actor: User, at: datetime) -> Proposal:
    """Refuse a colleague's proposal; its credits are free again."""
    proposal = _locked(proposal_id)
    policies.check_can_approve_proposal(actor, proposal, at=at)
    return _end(proposal, "reject", actor, at)


@transaction.atomic
def proposal_cancel(*, proposal_id: UUID, actor: User, at: datetime) -> Proposal:
    """Take a proposal back; possible until some hours before it is executed. Raises CancelTooLate after that."""
    proposal = _locked(proposal_id)
    policies.check_can_cancel(actor, proposal, at=at)
    until = policies.cancel_until(proposal)
    if until is not None and at > until:
        raise CancelTooLate
    return _end(proposal, "cancel", actor, at)


def _end(proposal: Proposal, verb: str, actor: User | None, at: datetime) -> Proposal:
    proposal.state = PROPOSAL.next_state(verb, state=proposal.state)
    proposal.ended_by, proposal.ended_at = actor, at
    proposal.save(update_fields=["state", "ended_by", "ended_at"])
    events.emit(f"proposal.{proposal.state}", proposal, actor=actor, at=at)
    return proposal


def proposals_expire(*, at: datetime) -> int:
    """End the proposals that nobody approved in time; return how many."""
    late = Proposal.objects.filter(state=ProposalState.PROPOSED, expires_at__lte=at)
    return sum(_expire(pk, at=at) for pk in late.values_list("pk", flat=True))


@transaction.atomic
def _expire(proposal_id: UUID, *, at: datetime) -> bool:
    proposal = _locked(proposal_id)
    if proposal.state != ProposalState.PROPOSED:
        return False
    _end(proposal, "expire", None, at)
    return True
