"""The three processes of the site itself: web server, worker and scheduler."""

import contextlib
import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from jcm.local import children
from jcm.local.errors import LocalError, start_failure
from jcm.local.places import Place


class Part(Protocol):
    """Anything that the supervisor starts, watches and stops."""

    name: str
    log: Path
    process: subprocess.Popen[bytes] | None

    def start(self) -> None: ...
    def wait(self) -> None: ...


class Program:
    """A process of the site, with a way to tell that it is ready."""

    def __init__(self, name: str, argv: Sequence[str], place: Place, ready: Callable[["Program"], bool]) -> None:
        self.name = name
        self.argv = [sys.executable, "-m", *argv]
        self.place = place
        self.log = place.log(name)
        self.process: subprocess.Popen[bytes] | None = None
        self._is_ready = ready
        self._started_at = 0  # where this start's text begins in the log

    def start(self) -> None:
        """Start the process."""
        self._started_at = self.log.stat().st_size if self.log.exists() else 0
        self.process = children.spawn(self.argv, log=self.log)

    def said(self, words: str) -> bool:
        """Tell whether the words are in the log since the start."""
        with contextlib.suppress(OSError), self.log.open("rb") as text:
            text.seek(self._started_at)
            return words.encode() in text.read()
        return False

    def is_ready(self) -> bool:
        """Tell whether it does its work; a process that ended never will."""
        if self.process is None or self.process.poll() is not None:
            raise start_failure(f"The {self.name}", self.log, folder=self.place.home)
        return self._is_ready(self)

    def wait(self, seconds: float = 60) -> None:
        """Wait until it does its work."""
        end = time.monotonic() + seconds
        while not self.is_ready():
            if time.monotonic() > end:
                raise LocalError(f"The {self.name} was not ready after {seconds:.0f} seconds; see {self.log}.")
            time.sleep(0.05)


def site(place: Place, port: int) -> list[Program]:
    """Return the site's processes."""
    web = ["granian", "--interface", "wsgi", "jcm.wsgi:application", "--host", "127.0.0.1", "--port", str(port)]
    # Without the timeout, a server told to stop while it starts hangs for ever.
    web += ["--workers", "2", "--blocking-threads", "4", "--workers-kill-timeout", "3", "--no-ws"]
    celery = ["celery", "-A", "jcm"]
    worker = [*celery, "worker", "-Q", "default,ledger", "-c", "2", "-l", "info"]
    worker += ["--without-gossip", "--without-mingle"]  # there are no other workers to wait for
    beat = [*celery, "beat", "-l", "info", "-s", str(place.home / "beat-schedule"), "--pidfile="]
    return [
        Program("web", web, place, lambda _: _answers(port)),
        Program("worker", worker, place, lambda program: program.said(" ready.")),
        Program("beat", beat, place, lambda program: program.said("beat: Starting")),
    ]


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def stop_all(programs: Sequence[Program], patience: float) -> None:
    """Ask all to end at once, and kill those that have not after the patience."""
    running = [program.process for program in programs if program.process]
    for process in running:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    end = time.monotonic() + patience
    for process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, end - time.monotonic()))
        children.end(process)
