"""What every test shares: the application's database role, eager Celery or a real worker, a strict browser.

The servers themselves are started by jcm/local/pytest_plugin.py, before the settings are read.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import redis
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.pq import TransactionStatus

from jcm.celery import app as celery_app
from jcm.local import children
from tests import chromium

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_reset_sequences", "worker_process"}
READY_WITHIN = 60.0
# A busy machine is no fault of what is tested.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")
collect_ignore = [] if os.environ.get("JCM_SOAK") else ["soak"]  # hours, not seconds: `python3 run.py soak`


# --- database: the code under test signs in as the application -----------------------------------------------------


class _Role:
    """Whether new connections act as the application's role."""

    on = False


def _set_role(wrapper: BaseDatabaseWrapper) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute(f'SET ROLE "{settings.APP_ROLE}"')


def _reset_role(wrapper: BaseDatabaseWrapper) -> None:
    if wrapper.connection is None:
        return
    if wrapper.connection.info.transaction_status == TransactionStatus.INERROR:
        return  # the rollback that must follow takes the role back too
    with wrapper.cursor() as cursor:
        cursor.execute("RESET ROLE")


def _on_connect(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _Role.on:  # also the connections of the live server's threads
        _set_role(connection)


connection_created.connect(_on_connect, dispatch_uid="tests act as the application's role")


@pytest.fixture(autouse=True)
def _application_role(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run the test as the application's role, its preparation and clean-up as the owner."""
    marked = request.node.get_closest_marker("django_db")
    if not marked and not DATABASE_FIXTURES & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("_django_db_helper")  # pytest-django's: set up before us, torn down after us
    _Role.on = True
    if connection.connection is not None:
        _set_role(connection)
    yield
    _Role.on = False
    _reset_role(connection)


@pytest.fixture
def as_owner() -> Callable[[], AbstractContextManager[None]]:
    """Return a context in which the test acts as the tables' owner, to attack what triggers must hold."""

    @contextmanager
    def acting() -> Iterator[None]:
        was, _Role.on = _Role.on, False
        connection.ensure_connection()
        _reset_role(connection)
        try:
            yield
        finally:
            _Role.on = was
            if was and connection.connection.info.transaction_status != TransactionStatus.INERROR:
                _set_role(connection)

    return acting


# --- background work ------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def _eager_by_default() -> None:
    celery_app.conf.task_always_eager = True
    celery_app.conf.task_eager_propagates = True


def start_worker(log: Path, *, pool: str = "solo") -> subprocess.Popen[bytes]:
    """Start a worker process on the test database, signed in as the application's role, and wait for it."""
    database = connection.settings_dict
    host = str(database["HOST"]).replace("/", "%2F")
    address = f"postgresql://{settings.APP_ROLE}@{host}/{database['NAME']}"
    process = children.spawn(
        [
            *(sys.executable, "-m", "celery", "-A", "jcm", "worker", "-P", pool, "-Q", "default,ledger"),
            *("-l", "info", "--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        log=log,
        env={**os.environ, "DATABASE_URL": os.environ.get("JCM_TEST_APP_URL", address)},
    )
    end = time.monotonic() + READY_WITHIN
    while " ready." not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
    return process


@pytest.fixture(scope="session")
def _worker(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[bytes]]:
    process = start_worker(tmp_path_factory.mktemp("worker") / "worker.log")
    yield process
    children.end(process, (children.signal.SIGTERM, 10))


@pytest.fixture
def worker_process(transactional_db: None, _worker: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Give a real Celery worker process; tasks that the test sends run there."""
    celery_app.conf.task_always_eager = False
    try:
        yield _worker
    finally:
        celery_app.conf.task_always_eager = True
        wait_until_idle()  # nothing may run while the database is emptied


def wait_until_idle(seconds: float = 10) -> None:
    """Wait until no task is queued or under way."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not any((client.llen("default"), client.llen("ledger"), client.hlen("unacked"))):
                return
            time.sleep(0.02)
    finally:
        client.close()


# --- browser --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    try:
        found = chromium.find()
    except (chromium.NoChromium, OSError) as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI runs the browser tests: {error}", pytrace=False)
        pytest.skip(str(error))
    return {
        **browser_type_launch_args,
        "executable_path": str(found.program),
        "args": ["--disable-dev-shm-usage", "--disable-gpu"],
        "env": {**os.environ, **found.environment},
        "chromium_sandbox": found.sandbox and os.geteuid() != 0,  # Chromium refuses its sandbox as root
    }


@pytest.fixture
def page_errors() -> list[str]:
    """Hold what went wrong in any page of the test; one that expects errors empties it."""
    return []


@pytest.fixture
def new_context(new_context: Callable[..., Any], page_errors: list[str]) -> Generator[Callable[..., Any], None, None]:
    """Watch every page: a script error, an error on the console or a breach of the CSP fails the test."""

    def console(message: Any) -> None:
        if message.type == "error":
            page_errors.append(f"{message.location.get('url', '')}: {message.text}")

    def watched(**options: Any) -> Any:
        context = new_context(**options)
        context.on("console", console)
        context.on("weberror", lambda error: page_errors.append(str(error.error)))
        return context

    yield watched
    assert not page_errors, "the browser reported:\n" + "\n".join(page_errors)
