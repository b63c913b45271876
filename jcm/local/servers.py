"""The two servers of a folder: who owns them, where they listen, and how another process joins them."""

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlparse

from jcm.local.errors import LocalError
from jcm.local.locks import FileLock
from jcm.local.places import Place, open_place, remove_empty
from jcm.local.postgres import APPLICATION, OWNER, Postgres
from jcm.local.valkey import Valkey

SUPERVISOR = "run.py up"
PATIENCE = 120.0


def note(text: str) -> None:
    """Tell the person something without touching standard output, which may be JSON."""
    print(text, file=sys.stderr, flush=True)


class Servers:
    """PostgreSQL and Valkey of one folder, owned by this process."""

    def __init__(self, home: Path, *, owner: str, durable: bool = True) -> None:
        self.home = home
        self.owner = owner
        self.durable = durable
        self.lock = FileLock(home / "lock")
        self.users = FileLock(home / "users.lock")
        self.state = home / "servers.json"
        self.place: Place | None = None
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self.environment: dict[str, str] = {}
        self.unclean = False  # the last owner was killed: its children may need a moment to end

    def claim(self) -> bool:
        """Take the folder's lock; False when another process has it."""
        if not self.lock.take():
            return False
        self.unclean = self.state.exists()
        self.state.unlink(missing_ok=True)
        self.lock.sign(f"{os.getpid()} {self.owner}")
        return True

    def holder(self) -> tuple[str, str]:
        """Return the number and the name of the process that has the lock."""
        pid, _, owner = self.lock.signature().partition(" ")
        return pid, owner

    def start(self, *, database: bool = True, queue: bool = True) -> None:
        """Start what is wanted and note the addresses; the folder must be claimed."""
        self.place = open_place(self.home)
        if queue:
            self.valkey = Valkey(self.place)
            self.valkey.start()
            self.environment["REDIS_URL"] = self.valkey.url()
        if database:
            self.postgres = Postgres(self.place, durable=self.durable)
            self.postgres.start()
            self.environment["DATABASE_URL"] = self.postgres.url(APPLICATION)
            self.environment["DATABASE_OWNER_URL"] = self.postgres.url(OWNER)
        for server in (self.valkey, self.postgres):
            if server:
                server.wait()

    def publish(self) -> None:
        """Let other processes use the servers."""
        text = json.dumps({"pid": os.getpid(), "owner": self.owner, "environment": self.environment})
        draft = self.state.with_suffix(".new")
        draft.write_text(text)
        draft.chmod(0o600)
        draft.replace(self.state)

    def wait_for_users(self) -> None:
        """Wait until no other command uses the servers any more."""
        if not self.users.take():
            note("Another command uses the database; waiting for it to end.")
            self.users.take(wait=True)

    def stop(self) -> None:
        """Stop what was started and give the folder back."""
        try:
            self.state.unlink(missing_ok=True)
            if self.valkey:
                self.valkey.stop()
            if self.postgres:
                self.postgres.stop()
            if self.place:
                remove_empty(self.place)
        finally:
            self.users.drop()
            self.lock.drop()


class Guest:
    """Servers that another process owns."""

    def __init__(self, home: Path) -> None:
        self.users = FileLock(home / "users.lock")
        self.state = home / "servers.json"
        self.owner = ""
        self.environment: dict[str, str] = {}

    def join(self) -> bool:
        """Join the running servers; False where none run or they are about to stop."""
        if not self.state.exists() or not self.users.take(shared=True):
            return False
        try:
            state = json.loads(self.state.read_text())
            self.owner, self.environment = state["owner"], state["environment"]
        except (OSError, ValueError, KeyError):
            self.environment = {}
        if self.environment and all(_answers(url) for url in self.environment.values()):
            return True
        self.users.drop()
        return False

    def leave(self) -> None:
        """Say that we need the servers no longer."""
        self.users.drop()


def _answers(url: str) -> bool:
    """Tell whether somebody listens at the address of an embedded server."""
    parts = urlparse(url)
    if parts.scheme == "unix":
        path = parts.path
    elif parts.netloc.rpartition("@")[2].startswith("%2F"):
        path = unquote(parts.netloc.rpartition("@")[2]) + "/.s.PGSQL.5432"
    else:
        return True  # given from outside; whoever uses it will see
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        return probe.connect_ex(path) == 0


@contextmanager
def joined_or_own(home: Path, *, what: str, durable: bool = True) -> Iterator[Servers | Guest]:
    """Use the servers that run for the folder, or claim the folder; the caller starts what it claimed."""
    end, told = time.monotonic() + PATIENCE, False
    while True:
        guest = Guest(home)
        if guest.join():
            try:
                yield guest
            finally:
                guest.leave()
            return
        own = Servers(home, owner=what, durable=durable)
        if own.claim():
            try:
                yield own
                own.wait_for_users()
            finally:
                own.stop()
            return
        if time.monotonic() > end:
            raise LocalError(f"Another command holds {home} for minutes already; stop it and try again.")
        if not told:
            note(f"Waiting for another command that is starting or stopping the servers of {home}.")
            told = True
        time.sleep(0.1)
