"""Runs an operation in rounds, and counts the ledger after each batch of them."""

import time
from dataclasses import dataclass

from registry.audit import audit
from tests.concurrency.double_spend import OPERATIONS, Bank, is_clean
from tests.concurrency.sessions import Sessions

AUDIT_EVERY = 50  # batches


@dataclass(frozen=True)
class Storm:
    """So many rounds with so many sessions; `contenders` sessions compete in each, the others in rounds beside it."""

    operation: str
    sessions: int
    rounds: int
    contenders: int
    clean: bool = True

    def run(self) -> str:
        """Return a line of figures. Raises AssertionError at the first double spend."""
        beside = max(1, self.sessions // self.contenders)
        batches = -(-self.rounds // beside)
        bank = Bank(batches * beside)
        operation = OPERATIONS[self.operation](bank)
        operation.clean = self.clean
        began, attempts = (time.monotonic(), time.process_time()), 0
        with Sessions(beside * self.contenders) as sessions:
            for batch in range(batches):
                numbers = range(batch * beside, (batch + 1) * beside)
                ready = {number: operation.prepare(number) for number in numbers}
                acts = [operation.attempt(n, ready[n], who) for n in numbers for who in range(self.contenders)]
                outcomes = sessions.at_once(acts)
                attempts += len(outcomes)
                assert not self.clean or all(map(is_clean, outcomes)), outcomes
                for place, number in enumerate(numbers):
                    of_round = outcomes[place * self.contenders : (place + 1) * self.contenders]
                    operation.check(number, ready[number], of_round)
                bank.check_sums()
                if batch % AUDIT_EVERY == 0:
                    assert audit() == []
        assert audit() == []
        took, busy = time.monotonic() - began[0], time.process_time() - began[1]
        return (
            f"{self.operation}: {batches * beside} rounds, {beside * self.contenders} sessions, {self.contenders} in "
            f"each round, {attempts} attempts, 0 double spends, {took:.1f} s ({busy:.1f} s of Python)"
        )
