"""What manage.py does around Django's command: servers for its duration, the schema, the jobs it caused."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from jcm.local import environment, schema
from jcm.local.errors import LocalError, sentence
from jcm.local.places import local_dir
from jcm.local.servers import SUPERVISOR, Guest, Servers, joined_or_own, note

# These read code and files only.
NEED_NO_DATABASE = {
    *("check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages"),
    *("spectacular", "startapp", "startproject", "version"),
}
# These work on the schema itself: as its owner, and without bringing it up to date first.
SCHEMA_COMMANDS = {
    *("flush", "makemigrations", "migrate", "optimizemigration", "showmigrations"),
    *("sqlflush", "sqlmigrate", "sqlsequencereset", "squashmigrations"),
}

# Only the tables' owner takes over public records: nobody here proposed or approved them.
OWNER_COMMANDS = {*SCHEMA_COMMANDS, "import_public_records"}


def run(argv: Sequence[str]) -> int:
    """Run one management command and return its exit code."""
    try:
        with _surroundings(list(argv)) as finish:
            try:
                _django(argv)
            except SystemExit as end:
                if finish:
                    finish_jobs()
                return _code(end)
            if finish:
                finish_jobs()
            return 0
    except (LocalError, OSError) as error:
        # The surroundings' trouble; a command's own errors are Django's to show.
        note(sentence(error))
        return 1
    except KeyboardInterrupt:
        return 130


def _code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    note(str(end.code))
    return 1


def _django(argv: Sequence[str]) -> None:
    from django.conf import settings  # noqa: PLC0415 - the environment must be filled first
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    try:
        settings.DATABASES  # noqa: B018 - reads the settings once, to say in a sentence what is missing
    except ImproperlyConfigured as error:
        raise LocalError(sentence(error)) from None
    execute_from_command_line(list(argv))


def finish_jobs() -> None:
    """Do the work that the command put into the outbox, since no worker runs beside us."""
    try:
        from core.services import deliveries_finish  # noqa: PLC0415 - Django must be set up
    except ImportError:
        return
    deliveries_finish()


@contextmanager
def _surroundings(argv: list[str]) -> Iterator[bool]:
    """Fill the environment for the command; yields whether its jobs are ours to finish."""
    name = next((part for part in argv[1:] if not part.startswith("-")), "help")
    if not environment.is_local():
        _sign_in_for(name)
        yield False
        return
    home = local_dir()
    environment.fill(environment.local_defaults(home, os.environ.get("PORT") or "8000"))
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        _sign_in_for(name)
        yield os.environ.get("JCM_FINISH_JOBS") == "1"  # run.py asks for it while no worker runs yet
    elif _needs_no_database(name, argv):
        environment.fill(environment.NOWHERE)
        yield False
    else:
        with embedded(home, what=f"manage.py {name}", schema_command=name in SCHEMA_COMMANDS) as servers:
            _sign_in_for(name)
            yield servers.owner != SUPERVISOR and name not in SCHEMA_COMMANDS


def _sign_in_for(name: str) -> None:
    """Let the commands that need it sign in as the tables' owner."""
    owner = os.environ.get("DATABASE_OWNER_URL")
    if name in OWNER_COMMANDS and owner:
        os.environ["DATABASE_URL"] = owner


def _needs_no_database(name: str, argv: Sequence[str]) -> bool:
    if name == "check":
        return "--database" not in argv
    return name in NEED_NO_DATABASE or bool({"--help", "-h", "--version"} & set(argv[1:]))


@contextmanager
def embedded(home: Path, *, what: str, schema_command: bool = False) -> Iterator[Servers | Guest]:
    """Join or start the embedded servers, bring the schema up to date, and point the settings at them."""
    # A terminated command unwinds like an interrupted one, so that its servers end in order.
    previous = signal.signal(signal.SIGTERM, _terminated)
    try:
        with joined_or_own(home, what=what) as servers:
            given = {name for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
            if isinstance(servers, Servers):
                servers.start(database="DATABASE_URL" not in given, queue="REDIS_URL" not in given)
            environment.fill(servers.environment)
            if isinstance(servers, Servers) and not schema_command:
                _bring_up_to_date(servers, os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"])
                servers.publish()
            yield servers
            if "django.db" in sys.modules:
                _close_connections()
    finally:
        signal.signal(signal.SIGTERM, previous)


def _bring_up_to_date(servers: Servers, owner_url: str) -> None:
    assert servers.place
    stamp = servers.place.base / "schema"
    if not schema.is_current(stamp, owner_url):
        note("Bringing the database's schema up to date.")
        schema.migrate(stamp, owner_url, servers.place.log("migrate"))


def _close_connections() -> None:
    from django.db import connections  # noqa: PLC0415 - only where Django was used at all

    connections.close_all()
    for connection in connections.all(initialized_only=True):
        if hasattr(connection, "close_pool"):
            connection.close_pool()  # else its threads complain when the server ends


def _terminated(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's signature
    raise SystemExit(128 + number)
