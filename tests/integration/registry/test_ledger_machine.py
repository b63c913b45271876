"""The ledger does what a dictionary of credits would do, whatever is asked of it in whatever order.

After every step the database and the model hold the same, and the audit finds nothing.
"""

import os
import time
from collections import Counter

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from psycopg import ClientCursor

from registry.audit import question
from tests.integration.registry.ledger_machine import LedgerMachine, Steps
from tests.integration.registry.ledger_world import World

STEPS_EACH = 100
STEPS = int(os.environ.get("JCM_MACHINE_STEPS", "5000"))
# What must have worked, and at least how often in 1,000 steps.
WORKED = {
    "notify": 20, "authorize": 5, "propose issue": 15, "approve issue": 12, "issue": 10, "issue again": 4,
    "propose transfer": 15, "propose retirement": 10, "propose cancellation": 10, "propose correction": 10,
    "propose batch": 5, "propose again": 4, "approve": 40, "reject": 5, "cancel": 5, "execute": 25, "expire": 1,
    "freeze": 5, "lift": 5, "account_suspend": 5, "account_resume": 5, "attack": 8, "seal": 8,
}  # fmt: skip


def make_plan() -> None:
    """Let PostgreSQL plan the audit once for all steps: that costs more than carrying it out."""
    with ClientCursor(connection.connection) as cursor:
        asked = cursor.mogrify(*question())
        cursor.execute(
            "CREATE FUNCTION pg_temp.ledger_audit() RETURNS SETOF record LANGUAGE plpgsql AS $audit$ BEGIN "
            f"RETURN QUERY SELECT a, b, c::text, d::text FROM ({asked}) AS found (a, b, c, d); END $audit$"
        )


def run_machine(steps: int, *, derandomize: bool) -> Counter[str]:
    """Take about so many steps on a world that every example shares; each example is rolled back.

    Return how often each verb worked, and under "" how many steps were taken.
    """
    LedgerMachine.world = World()
    Steps.taken, Steps.done, Steps.refused = 0, Counter(), Counter()
    began = time.monotonic(), time.process_time()
    wanted = settings(
        max_examples=-(-steps // STEPS_EACH), stateful_step_count=STEPS_EACH, derandomize=derandomize, deadline=None,
        database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    make_plan()
    run_state_machine_as_test(LedgerMachine, settings=wanted)
    took, busy = time.monotonic() - began[0], time.process_time() - began[1]
    print(f"\nledger machine: {Steps.taken} steps in {took:.0f} s ({busy:.0f} s of Python)")
    print(f"worked: {tell(Steps.done)}\nrefused: {tell(Steps.refused)}")
    return Steps.done + Counter({"": Steps.taken})


def check_variety(worked: Counter[str], *, steps: int) -> None:
    """Assert that all those steps were taken, and every verb among them often enough to tell something."""
    assert worked[""] >= steps
    missed = {name: worked[name] for name, least in WORKED.items() if worked[name] < least * steps / 1000}
    assert not missed, missed


def tell(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counted.most_common())


@pytest.mark.slow
@pytest.mark.django_db
def test_the_ledger_does_what_a_dictionary_would_do(capsys):
    with capsys.disabled():
        check_variety(run_machine(STEPS, derandomize=True), steps=STEPS)
