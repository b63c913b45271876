"""The ledger's proofs with the numbers of a long run; JCM_SOAK_SHARE=0.01 takes one hundredth of them."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.models import QuerySet

from core import events
from tests.chaos.test_ledger_survives_kills import check, under_kills
from tests.concurrency.double_spend import OPERATIONS
from tests.concurrency.storm import Storm
from tests.concurrency.test_double_spend import tell
from tests.integration.registry.test_ledger_machine import check_variety, run_machine

SHARE = float(os.environ.get("JCM_SOAK_SHARE", "1"))
ROUNDS, COMMANDS, STEPS = (max(10, int(SHARE * number)) for number in (1_000, 10_000, 200_000))
PART = 5_000  # steps
WORKER_KILLS, POSTGRES_KILLS = (max(2, int(SHARE * number)) for number in (100, 50))


@pytest.fixture
def _nobody_delivers(monkeypatch):
    monkeypatch.setattr(events, "_wake", [])


@pytest.mark.usefixtures("_nobody_delivers")
@pytest.mark.django_db(transaction=True)
class TestDoubleSpend:
    @pytest.mark.parametrize("sessions", [16, 64])
    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_has_one_effect_with_every_session_in_every_round(self, operation, sessions, capsys):
        tell(capsys, Storm(operation, sessions, ROUNDS, contenders=sessions).run())

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_has_one_effect_without_locks_in_python(self, operation, monkeypatch, capsys):
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_options: self.all())
        tell(capsys, "unlocked " + Storm(operation, 16, ROUNDS, contenders=16, clean=False).run())


def test_every_command_has_one_effect_under_kills(tmp_path, capsys):
    seed = random.SystemRandom().randrange(10**6)
    with capsys.disabled():
        found = under_kills(
            tmp_path / "local", commands=COMMANDS, worker_kills=WORKER_KILLS, postgres_kills=POSTGRES_KILLS, seed=seed
        )
    check(found, commands=COMMANDS)


@pytest.fixture(scope="module")
def worked() -> Iterator[Counter[str]]:
    """Add up what all parts did; chance may leave a verb out of one of them."""
    together: Counter[str] = Counter()
    yield together
    check_variety(together, steps=STEPS)


@pytest.mark.parametrize("part", range(-(-STEPS // PART)))
@pytest.mark.django_db
def test_the_ledger_does_what_a_dictionary_would_do(part, worked, capsys):
    """In parts: the rows of examples that were rolled back stay in the tables until their transaction has ended."""
    with psycopg.connect(**sweeping(), autocommit=True) as sweeper:
        sweeper.execute("VACUUM")
    with capsys.disabled():
        worked.update(run_machine(min(PART, STEPS), derandomize=False))


def sweeping() -> dict[str, Any]:
    """Return how to sign in beside the test's own session."""
    given = connection.get_connection_params()
    return {name: given[name] for name in ("host", "port", "dbname", "user", "password") if given.get(name)}
