"""`python3 run.py`: the whole site on one machine under one process, which stops all of it when it ends."""

import os
import signal
import socket
import sys
import time
from collections import deque
from types import FrameType

from jcm.local import children, environment, schema
from jcm.local.errors import LocalError, sentence
from jcm.local.places import Place, local_dir
from jcm.local.prepare import StaticFiles, load_demonstration
from jcm.local.programs import Part, Program, site, stop_all
from jcm.local.servers import SUPERVISOR, Servers

# Together with the servers' own patience (5 s at worst) this stays below ten seconds.
PROGRAMS_PATIENCE = 4.0
RESTARTS, WITHIN = 5, 60.0


class Stopped(Exception):
    """Somebody asked us to stop."""


def say(text: str) -> None:
    """Print a line; the terminal may be gone already."""
    try:
        print(text, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's signature
    _ignore_signals()  # nothing may interrupt the way down
    raise Stopped


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _listen_to_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means it
        signal.signal(signal.SIGHUP, _stop)


def wanted_port() -> int:
    """Return the port to serve on."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise LocalError(f"PORT is {given!r}, but a port is a number from 1 to 65535.")
    return int(given)


def check_port(port: int, *, patience: float) -> None:
    """Make sure that the port is free; the servers of a killed supervisor get a moment to leave it."""
    end = time.monotonic() + patience
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except PermissionError:
                raise LocalError(f"This account may not use port {port}; set PORT to one above 1023.") from None
            except OSError:
                if time.monotonic() > end:
                    raise LocalError(f"Port {port} is in use; set PORT to another one.") from None
                time.sleep(0.2)
            else:
                return


class Supervisor:
    """Starts the parts in order, watches them, and stops them in the opposite order."""

    def __init__(self) -> None:
        self.port = wanted_port()
        self.home = local_dir()
        self.began = time.monotonic()
        self.servers = Servers(self.home, owner=SUPERVISOR)
        self.programs: list[Program] = []
        self.restarts: deque[float] = deque(maxlen=RESTARTS)
        self.sign_ins = ""

    def run(self) -> None:
        """Start everything, then watch until somebody asks to stop."""
        self._claim()
        try:
            check_port(self.port, patience=8 if self.servers.unclean else 0)
            self._start_servers()
            self._prepare()
            self._start_programs()
            self._announce()
            self._watch()
        finally:
            _ignore_signals()
            stop_all(self.programs, PROGRAMS_PATIENCE)
            self.servers.stop()

    def _claim(self) -> None:
        """Take the folder; a management command that has it ends soon, another supervisor does not."""
        told = False
        while not self.servers.claim():
            pid, owner = self.servers.holder()
            if owner == SUPERVISOR:
                raise LocalError(
                    f"This copy is running already (process {pid}); stop it, "
                    "or give a second one its own JCM_LOCAL_DIR and PORT."
                )
            if not told:
                say(f"Waiting for {owner or 'another command'} (process {pid}) to end.")
                told = True
            time.sleep(0.2)

    def _line(self, name: str, text: str) -> None:
        say(f"{name:<10} {text:<28} {time.monotonic() - self.began:5.1f} s")

    def _start_servers(self) -> None:
        environment.fill(environment.local_defaults(self.home, str(self.port)))
        given = {name for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
        self.servers.start(database="DATABASE_URL" not in given, queue="REDIS_URL" not in given)
        environment.fill(self.servers.environment)
        environment.fill({"DATABASE_OWNER_URL": os.environ["DATABASE_URL"]})
        # what manage.py in another terminal shall use, given or ours
        addresses = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
        self.servers.environment = {name: os.environ[name] for name in addresses}
        for name, variable in (("database", "DATABASE_URL"), ("queue", "REDIS_URL")):
            self._line(name, f"given by {variable}" if variable in given else "ready")
        for log in self.place.logs.glob("*.log"):
            if log.stem in {"web", "worker", "beat"}:
                log.unlink()

    @property
    def place(self) -> Place:
        assert self.servers.place
        return self.servers.place

    def _prepare(self) -> None:
        """Bring schema, demonstration data and static files up to date."""
        # Beside the data, so that a lost cluster is filled again.
        base, log = self.place.base, self.place.log("prepare")
        files = StaticFiles(self.home, self.place.log("static"))
        files.start()
        try:
            owner = os.environ["DATABASE_OWNER_URL"]
            if not schema.is_current(base / "schema", owner):
                schema.migrate(base / "schema", owner, log)
            self._line("schema", "up to date")
            if self.servers.postgres:  # never into somebody's own database
                self.sign_ins = load_demonstration(base / "demonstration", log)
                self._line("demo", "loaded" if self.sign_ins else "none")
            files.finish()
        finally:
            files.abandon()
        self.servers.publish()

    def _start_programs(self) -> None:
        self.programs = site(self.place, self.port)
        for program in self.programs:
            program.start()
        waiting, end = list(self.programs), time.monotonic() + 90
        while waiting:
            for program in [program for program in waiting if program.is_ready()]:
                self._line(program.name, "ready")
                waiting.remove(program)
            if waiting and time.monotonic() > end:
                raise LocalError(f"The {waiting[0].name} was not ready in time; see {waiting[0].log}.")
            time.sleep(0.05)

    def _announce(self) -> None:
        say(f"\n  http://127.0.0.1:{self.port}/\n")
        if self.sign_ins:
            say(f"{self.sign_ins}\n")
        say(f"Logs are in {self.place.logs}. Ctrl-C stops everything.")

    def _watch(self) -> None:
        parts: list[Part] = [part for part in (self.servers.postgres, self.servers.valkey) if part]
        parts += self.programs
        while True:
            for part in parts:
                if part.process and part.process.poll() is not None:
                    self._revive(part)
            time.sleep(0.2)

    def _revive(self, part: Part) -> None:
        """Start a part again that ended by itself; one that keeps ending stops everything."""
        assert part.process
        now = time.monotonic()
        if len(self.restarts) == RESTARTS and now - self.restarts[0] < WITHIN:
            raise LocalError(f"The {part.name} ends again and again; the reason is in {part.log}.")
        self.restarts.append(now)
        say(f"{part.name:<10} ended with {part.process.returncode}, is started again")
        children.end(part.process)  # what is left of its group
        part.start()
        part.wait()
        say(f"{part.name:<10} ready")


def main() -> int:
    """Run the site until it is asked to stop; trouble is one sentence on standard error."""
    _listen_to_signals()
    try:
        if os.environ.get("JCM_MODE") == "production":
            environment.require()
        Supervisor().run()
    except Stopped:
        say("Stopped.")
    except (LocalError, OSError) as error:
        print(sentence(error), file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
