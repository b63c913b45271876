"""Seven ways to spend a credit twice at the same moment. Each says what one attempt is, and what may come of it.

A round is 1,000 credits, or one leg, or one proposal, over which its sessions compete. Rounds that run at the same
time share one block of credits, one account and one set of people, so they also get in each other's way.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from core.errors import DomainError
from core.models import Source
from parties.models import Country, Organisation
from registry import services
from registry.holdings import Wanted
from registry.models import Account, AccountRepresentative, Movement, Proposal, Registry, Series, Transaction
from registry.services import Ask
from tests.factories.ledger import NOON, leg, person, registered_project

SIZE = 1_000
SUMS = """
WITH block AS (
    SELECT first, last, lag(last) OVER (ORDER BY first) AS before FROM registry_creditblock WHERE series_id = %s
)
SELECT (SELECT sum(m.last - m.first + 1) FROM registry_movement m
          JOIN registry_account a ON a.id = m.from_account_id WHERE m.series_id = %s AND a.kind = 'source'),
       sum(last - first + 1), count(*) FILTER (WHERE first <= before)
  FROM block
"""
RETIRE = {"beneficiary": "Government of Japan", "reporting_year": 2026}
LATER = NOON + timedelta(days=30)


@dataclass
class Bank:
    """An account with as many thousands of credits as there are rounds, and four people who act for it."""

    rounds: int
    random: Random = field(default_factory=lambda: Random(1))

    def __post_init__(self) -> None:
        with transaction.atomic():
            self.project = registered_project()
            self.registry = Registry.objects.select_related("party").get(party__iso2="JP")
            self.account, self.other = self._open("Alpha"), self._open("Beta")
            self.people = {right: [person(right), person(right)] for right in ("propose", "approve")}
            for right, pair in self.people.items():
                for user in pair:
                    AccountRepresentative.objects.create(
                        account=self.account, user=user, right=right, valid_from=date(2020, 1, 1)
                    )
            self.total = self.rounds * SIZE
            issued = leg(self.project, {2019: self.total}, account=self.account)
        services.credits_issue(leg_id=issued.pk, at=NOON)
        self.series = Series.objects.get(project=self.project).pk
        self.keys = 0

    def _open(self, name: str) -> Account:
        holder = Organisation.objects.create(
            name=f"{name} {self.project.number}", country=Country.objects.get(iso2="JP")
        )
        return services.account_open(party=holder.country, holder=holder, source=Source.ENTERED)

    def check_sums(self) -> None:
        """Whatever moved, every credit of the bank is there once; one query."""
        with connection.cursor() as cursor:
            cursor.execute(SUMS, [self.series, self.series])
            issued, held, overlapping = cursor.fetchone()
        assert issued == held == self.total
        assert not overlapping

    def wanted(self, number: int, low: int = 1, high: int = SIZE) -> Wanted:
        return Wanted(series_id=self.series, first=number * SIZE + low, last=number * SIZE + high)

    def propose(self, kind: str, quantity: int, wanted: Wanted, who: int = 0) -> Proposal:
        self.keys += 1
        final = {"retirement": {**RETIRE, "purpose": "ndc"}, "cancellation": {**RETIRE, "purpose": "voluntary"}}
        ask = Ask(quantity, wanted, **final[kind]) if kind in final else Ask(quantity, wanted, self.other)
        return services.proposal_create(
            kind=kind, from_account=self.account, asks=[ask], key=f"key {self.keys} {who}",
            actor=self.people["propose"][who % 2], at=NOON,
        )  # fmt: skip

    def approve(self, proposal: UUID, who: int = 0) -> Proposal:
        return services.proposal_approve(proposal_id=proposal, actor=self.people["approve"][who % 2], at=NOON)

    def through(self, kind: str, quantity: int, wanted: Wanted, who: int) -> UUID:
        """Propose, approve and execute, as three people after each other would."""
        proposal = self.propose(kind, quantity, wanted, who)
        self.approve(proposal.pk, who)
        return services.proposal_execute(proposal_id=proposal.pk, at=LATER)


def works(outcomes: list[Any]) -> list[Any]:
    return [outcome for outcome in outcomes if not isinstance(outcome, Exception)]


class Operation:
    """One way; `attempt` returns what one session tries, `check` says whether the round ended as it must."""

    clean = True  # the losers are told so by the application, in words

    def __init__(self, bank: Bank) -> None:
        self.bank = bank

    def prepare(self, number: int) -> Any:
        return number

    def attempt(self, number: int, ready: Any, who: int) -> Callable[[], Any]:
        raise NotImplementedError

    def check(self, number: int, ready: Any, outcomes: list[Any]) -> None:
        """800 of 1,000 can be had once."""
        assert len(works(outcomes)) == 1, outcomes
        assert self.moved(number) == 800

    def moved(self, number: int) -> int:
        low, high = number * SIZE + 1, (number + 1) * SIZE
        moves = Movement.objects.filter(series=self.bank.series, first__gte=low, last__lte=high)
        return sum(move.quantity for move in moves.exclude(from_account__kind="source"))


class Transfer(Operation):
    kind = "transfer"

    def attempt(self, number: int, ready: Any, who: int) -> Callable[[], Any]:
        return partial(self.bank.through, self.kind, 800, self.bank.wanted(number), who)


class Retire(Transfer):
    kind = "retirement"


class Cancel(Transfer):
    kind = "cancellation"


class Split(Operation):
    """Each session wants another part; parts that overlap exclude each other."""

    def attempt(self, number: int, ready: Any, who: int) -> Callable[[], Any]:
        low = self.bank.random.randint(1, SIZE - 1)
        high = min(SIZE, low + self.bank.random.randint(0, 300))
        return partial(self.bank.through, "transfer", high - low + 1, self.bank.wanted(number, low, high), who)

    def check(self, number: int, ready: Any, outcomes: list[Any]) -> None:
        entries = works(outcomes)
        assert entries, outcomes
        assert len(set(entries)) == len(entries)
        won = sum(m.quantity for m in Movement.objects.filter(transaction__in=entries))
        assert self.moved(number) == won <= SIZE


class Issue(Operation):
    """The same approved leg is issued by every session."""

    def prepare(self, number: int) -> int:
        with transaction.atomic():
            return leg(self.bank.project, {2020: SIZE}, account=self.bank.account).pk

    def attempt(self, number: int, ready: Any, who: int) -> Callable[[], Any]:
        return lambda: services.credits_issue(leg_id=ready, at=NOON).pk

    def check(self, number: int, ready: Any, outcomes: list[Any]) -> None:
        entry = Transaction.objects.get(leg=ready)
        assert set(works(outcomes)) == {entry.pk}, outcomes
        assert not self.clean or len(works(outcomes)) == len(outcomes)
        assert sum(move.quantity for move in entry.movements.all()) == SIZE


class ApproveTwice(Operation):
    """Two approvers approve the same proposal again and again."""

    def prepare(self, number: int) -> UUID:
        return self.bank.propose("retirement", 1, self.bank.wanted(number)).pk

    def attempt(self, number: int, ready: Any, who: int) -> Callable[[], Any]:
        return lambda: self.bank.approve(ready, who).pk

    def check(self, number: int, ready: Any, outcomes: list[Any]) -> None:
        # Without the lock the same approver may say the same twice; the approval is one all the same.
        assert len(works(outcomes)) == 1 or (works(outcomes) and not self.clean), outcomes
        entries = {services.proposal_execute(proposal_id=ready, at=LATER) for _ in range(2)}
        assert len(entries) == Transaction.objects.filter(proposal=ready).count() == 1
        assert self.moved(number) == 1


class CancelAgainstExecute(Operation):
    """Half of the sessions take back what the other half carries out."""

    def prepare(self, number: int) -> UUID:
        proposal = self.bank.propose("retirement", 800, self.bank.wanted(number))
        return self.bank.approve(proposal.pk).pk

    def attempt(self, number: int, ready: Any, who: int) -> Callable[[], Any]:
        if who % 2:
            return lambda: services.proposal_execute(proposal_id=ready, at=NOON)
        actor, early = self.bank.people["approve"][0], NOON - timedelta(hours=3)
        return lambda: services.proposal_cancel(proposal_id=ready, actor=actor, at=early).state

    def check(self, number: int, ready: Any, outcomes: list[Any]) -> None:
        state = Proposal.objects.get(pk=ready).state
        assert (state, self.moved(number)) in {("completed", 800), ("cancelled", 0)}, outcomes
        if state == "completed":
            assert set(works(outcomes)) == {Transaction.objects.get(proposal=ready).pk}
        else:
            assert set(works(outcomes)) == {"cancelled"}


OPERATIONS = {
    "transfer": Transfer, "split": Split, "retire": Retire, "cancel": Cancel, "issue": Issue,
    "approve twice": ApproveTwice, "cancel against execute": CancelAgainstExecute,
}  # fmt: skip


def is_clean(outcome: Any) -> bool:
    """Return whether the session was told in words of the application."""
    return isinstance(outcome, DomainError) or not isinstance(outcome, Exception)
