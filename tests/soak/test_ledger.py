"""The ledger's proofs with the numbers of a long run; JCM_SOAK_SHARE=0.01 takes one hundredth of them."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from django.db.models import QuerySet

from core import events
from tests.concurrency.double_spend import OPERATIONS
from tests.concurrency.storm import Storm
from tests.integration.registry.test_ledger_machine import run_machine

PROGRAM = Path(__file__).parents[1] / "chaos" / "ledger_under_kills.py"
POINTS = {"before commit", "after commit, before reply", "mid-outbox: effect written, delivery not marked"}
SHARE = float(os.environ.get("JCM_SOAK_SHARE", "1"))
ROUNDS, COMMANDS, STEPS = (max(10, int(SHARE * number)) for number in (1_000, 10_000, 200_000))
WORKER_KILLS, POSTGRES_KILLS = (max(2, int(SHARE * number)) for number in (100, 50))


def under_kills(home: Path, *arguments: str) -> dict[str, Any]:
    """Run the program with servers of its own and return what it found."""
    given = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "JCM_MODE", "SECRET_KEY", "ALLOWED_HOSTS", "MEDIA_ROOT")
    env = {key: value for key, value in os.environ.items() if key not in given}
    command = [sys.executable, str(PROGRAM), *arguments]
    done = subprocess.run(command, env={**env, "JCM_LOCAL_DIR": str(home)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture
def _nobody_delivers(monkeypatch):
    monkeypatch.setattr(events, "_wake", [])


@pytest.mark.usefixtures("_nobody_delivers")
@pytest.mark.django_db(transaction=True)
class TestDoubleSpend:
    @pytest.mark.parametrize("sessions", [16, 64])
    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_has_one_effect_with_every_session_in_every_round(self, operation, sessions):
        print(Storm(operation, sessions, ROUNDS, contenders=sessions).run())

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_has_one_effect_without_locks_in_python(self, operation, monkeypatch):
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_options: self.all())
        print(Storm(operation, 16, ROUNDS, contenders=16, clean=False).run())


def test_every_command_has_one_effect_under_kills(tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    found = under_kills(
        tmp_path / "local", "--commands", str(COMMANDS), "--worker-kills", str(WORKER_KILLS),
        "--postgres-kills", str(POSTGRES_KILLS), "--seed", str(seed), "--within", "3600",
    )  # fmt: skip
    print(json.dumps(found))
    assert found["commands"] == found["transactions"] == found["events"] == COMMANDS
    assert found["moved"] == found["wanted"]
    assert (found["waiting"], found["findings"]) == (0, [])
    assert set(found["crashes"]) <= POINTS
    assert median(found["postgres_answers_after_s"]) <= 5


@pytest.mark.django_db
def test_the_ledger_does_what_a_dictionary_would_do():
    run_machine(STEPS, derandomize=False)
