"""Exactly once: workers and PostgreSQL are killed at random while credits are issued, transferred and retired."""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("ledger_under_kills.py")
COMMANDS, WORKER_KILLS, POSTGRES_KILLS = 2_000, 20, 10
POINTS = {"before commit", "after commit, before reply", "mid-outbox: effect written, delivery not marked"}
SERVING_WITHIN = 5  # seconds
GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "JCM_MODE", "SECRET_KEY", "ALLOWED_HOSTS", "MEDIA_ROOT")


def under_kills(home: Path, *, commands: int, worker_kills: int, postgres_kills: int, seed: int) -> dict[str, Any]:
    """Run the program with servers of its own; print and return what it found."""
    env = {key: value for key, value in os.environ.items() if key not in GIVEN}
    command = [
        *(sys.executable, str(PROGRAM), "--commands", str(commands), "--worker-kills", str(worker_kills)),
        *("--postgres-kills", str(postgres_kills), "--seed", str(seed)),
    ]
    done = subprocess.run(command, env={**env, "JCM_LOCAL_DIR": str(home)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    database, application, worker = (
        found[of][-1] for of in ("postgres_answers_after_s", "application_answers_after_s", "worker_works_after_s")
    )
    print(
        f"\n{commands} commands, {worker_kills} workers and {postgres_kills} databases killed, processes that killed "
        f"themselves: {found['crashes']}; at most {database} s until PostgreSQL answers, {application} s until the "
        f"application does, {worker} s until a worker works; seed {seed}, {found['seconds']} s"
    )
    return found


def check(found: dict[str, Any], *, commands: int) -> None:
    """Nothing lost, nothing doubled, no gap and no overlap (the audit looks for those), and soon serving again."""
    assert found["commands"] == found["transactions"] == found["events"] == commands
    assert found["moved"] == found["wanted"]
    assert (found["waiting"], found["findings"]) == (0, [])
    assert set(found["crashes"]) == POINTS or commands < 1_000  # too few for each to be sure
    assert max(found["application_answers_after_s"]) <= SERVING_WITHIN
    assert median(found["worker_works_after_s"]) <= SERVING_WITHIN


@pytest.mark.slow
def test_every_command_has_one_effect_under_kills(tmp_path, capsys):
    with capsys.disabled():
        found = under_kills(
            tmp_path / "local", commands=COMMANDS, worker_kills=WORKER_KILLS, postgres_kills=POSTGRES_KILLS, seed=1
        )
    check(found, commands=COMMANDS)
