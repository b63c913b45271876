"""manage.py brings the servers that a command needs, shares them, and leaves none behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jcm.local.places import ROOT
from tests.integration.local.conftest import Copy

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes by /proc"),
]
ROLES = (
    "import json; from django.db import connection as c; k = c.cursor(); "
    "k.execute('select current_user, rolsuper from pg_roles where rolname = current_user'); "
    "print(json.dumps(k.fetchone()))"
)


def test_a_first_command_makes_the_schema_and_prints_only_its_own_output(copy: Copy) -> None:
    answer = copy.manage("shell", "-v0", "-c", ROLES)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == ["jcm_app", False]
    assert answer.stderr == "Bringing the database's schema up to date.\n"
    assert copy.wait_until_gone(0) == {}

    again = copy.manage("shell", "-v0", "-c", ROLES)
    assert again.stderr == ""
    assert json.loads(again.stdout) == ["jcm_app", False]


def test_two_commands_at_once_both_succeed(used_copy: Copy) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", ROLES],
            env=used_copy.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in both:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert json.loads(out) == ["jcm_app", False]
    assert used_copy.wait_until_gone(0) == {}


def test_a_command_without_need_of_a_database_starts_no_server(copy: Copy) -> None:
    answer = copy.manage("check")
    assert answer.returncode == 0, answer.stderr
    assert not (copy.home / "log").exists()


def test_a_missing_production_setting_is_named(copy: Copy) -> None:
    answer = copy.manage("check", DATABASE_URL="postgresql://x@localhost/x", REDIS_URL="redis://localhost/0")
    assert answer.returncode == 1
    assert "SECRET_KEY" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_schema_commands_sign_in_as_the_owner_that_production_gives(used_copy: Copy) -> None:
    answer = used_copy.manage(
        *("migrate", "--plan"),
        JCM_MODE="production",
        DATABASE_URL="postgresql://jcm_app@localhost:1/jcm",  # nobody answers there
        DATABASE_OWNER_URL=os.environ["DATABASE_URL"],  # this run's own server
        REDIS_URL="redis://localhost:1/0",
        SECRET_KEY="x" * 60,
        LOG_SIGNING_KEY="for the plan alone",
        ALLOWED_HOSTS="localhost",
    )
    assert answer.returncode == 0, answer.stderr
    assert "Planned operations" in answer.stdout


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_is_the_commands_own(used_copy: Copy, code: int) -> None:
    assert used_copy.manage("shell", "-v0", "-c", f"raise SystemExit({code})").returncode == code
