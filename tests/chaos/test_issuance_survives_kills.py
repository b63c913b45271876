"""Exactly once: workers and PostgreSQL are killed at random while credits are issued."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("issuance_under_kills.py")
ISSUANCES = 60


@pytest.mark.slow
def test_every_leg_is_issued_exactly_once_under_kills(tmp_path):
    given = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "JCM_MODE", "SECRET_KEY", "ALLOWED_HOSTS", "MEDIA_ROOT")
    env = {key: value for key, value in os.environ.items() if key not in given}
    command = [sys.executable, str(PROGRAM), "--issuances", str(ISSUANCES)]
    done = subprocess.run(
        command, env={**env, "JCM_LOCAL_DIR": str(tmp_path / "local")}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["issued_legs"] == found["transactions"] == found["events"] == ISSUANCES
    assert found["notified"] == found["moved"] == found["held"] > 0
    assert (found["gaps"], found["overlaps"], found["undelivered"]) == (0, 0, 0)
