"""Copies of the site in folders of their own, started and killed as processes."""

import contextlib
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from jcm.local.places import ROOT, temporary_root

OURS = (
    "DATABASE_",
    "REDIS_",
    "JCM_",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "STATIC_ROOT",
    "MEDIA_ROOT",
    "SITE_URL",
    "PYTEST_",
)
# Set in no other process, and inherited by each child: what carries it belongs to the test.
MARK = "JCM_LOCAL_DIR"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Copy:
    """One copy of the embedded servers' data, and the processes started on it."""

    def __init__(self, home: Path, reports: Path | None = None) -> None:
        self.home = home
        self.reports = reports or home.parent
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.env = {**kept, MARK: str(home), "PORT": str(self.port), "JCM_DEMO": "no"}
        self.started: list[subprocess.Popen[str]] = []

    def up(self) -> subprocess.Popen[str]:
        """Start the supervisor; its output goes to files, so that nobody must read it."""
        with (self.reports / "out").open("w") as out, (self.reports / "err").open("w") as err:
            process = subprocess.Popen(
                [sys.executable, "-m", "jcm.local.supervisor"],
                cwd=ROOT,
                env=self.env,
                stdout=out,
                stderr=err,
                text=True,
            )
        self.started.append(process)
        return process

    @property
    def out(self) -> str:
        return (self.reports / "out").read_text()

    @property
    def err(self) -> str:
        return (self.reports / "err").read_text()

    def wait_until_up(self, process: subprocess.Popen[str], seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while "Ctrl-C" not in self.out:
            assert process.poll() is None, self.out + self.err
            assert time.monotonic() < end, self.out + self.err
            time.sleep(0.05)

    def manage(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env={**self.env, **extra},
            cwd=self.home.parent,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )

    def status(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return int(answer.status)

    def processes(self) -> dict[int, str]:
        """Return every living process of this copy, found by the mark in its environment."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"{MARK}={self.home}\0".encode() in (folder / "environ").read_bytes() + b"\0":
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        return found

    def wait_until_gone(self, seconds: float = 10) -> dict[int, str]:
        """Wait until no process of this copy is left; return what is left all the same."""
        end = time.monotonic() + seconds
        while (left := self.processes()) and time.monotonic() < end:
            time.sleep(0.05)
        return left

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.terminate()
                process.wait(20)
        for pid in self.wait_until_gone(5):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def cluster(self) -> Path:
        """Return the cluster's folder: in the copy's own, or where root must keep it for others to reach."""
        return next(folder for folder in (*self.home.glob("pg*"), *self._elsewhere().glob("pg*")))

    def remove(self) -> None:
        """Take the data away: forty megabytes each."""
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self._elsewhere(), ignore_errors=True)

    def _elsewhere(self) -> Path:
        return temporary_root() / hashlib.sha256(str(self.home).encode()).hexdigest()[:10]


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    made = Copy(tmp_path / "local")
    yield made
    made.end()
    made.remove()


@pytest.fixture(scope="session")
def _used_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Start a copy once, so that schema and static files are there."""
    made = Copy(tmp_path_factory.mktemp("used") / "local")
    process = made.up()
    try:
        made.wait_until_up(process)
        process.terminate()
        assert process.wait(10) == 0, made.err
    finally:
        made.end()
    yield made.home
    made.remove()


@pytest.fixture
def used_copy(_used_home: Path) -> Iterator[Copy]:
    """Give a copy that has been started before."""
    made = Copy(_used_home)
    yield made
    made.end()
