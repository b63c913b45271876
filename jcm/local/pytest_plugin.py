"""Real PostgreSQL and Valkey for a test run, started once, before Django's settings are read.

Loaded by `-p jcm.local.pytest_plugin` in pyproject.toml: a conftest.py would come too late.
"""

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from jcm.local.environment import fill
from jcm.local.errors import LocalError, sentence
from jcm.local.places import local_dir, temporary_root
from jcm.local.servers import Servers

# Runs at the same time each take a folder of their own.
FOLDERS = 20


def _claim() -> Servers:
    for number in range(1, FOLDERS + 1):
        home = local_dir() / ("test" if number == 1 else f"test-{number}")
        servers = Servers(home, owner="pytest", durable=False)
        if servers.claim():
            return servers
    raise LocalError(f"{FOLDERS} test runs are under way below {local_dir()}; wait for one of them.")


def _start() -> Servers | None:
    """Start the servers whose address is not given."""
    database = not os.environ.get("DATABASE_URL")
    queue = not os.environ.get("REDIS_URL")
    if not (database or queue):
        return None
    servers = _claim()
    try:
        servers.start(database=database, queue=queue)
    except BaseException:
        servers.stop()
        raise
    if database:  # the test database is made by its owner
        os.environ["DATABASE_URL"] = servers.environment["DATABASE_OWNER_URL"]
    if queue:
        os.environ["REDIS_URL"] = servers.environment["REDIS_URL"]
    return servers


def _test_mode() -> Path:
    """Choose the settings' test mode, with uploads and static files in a folder of this run."""
    own = temporary_root()
    scratch = own / f"test-{os.getpid()}"
    for name in ("media", "static"):
        (scratch / name).mkdir(parents=True, exist_ok=True)
    os.environ["JCM_MODE"] = "test"
    os.environ["MEDIA_ROOT"] = str(scratch / "media")
    os.environ["STATIC_ROOT"] = str(scratch / "static")
    fill(
        {
            "SECRET_KEY": "only for tests " * 5,
            "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
            # Playwright's synchronous interface runs an event loop in the test's thread.
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
            # the tools' temporary folders lie in ours
            "PYTEST_DEBUG_TEMPROOT": str(own),
            "NODE_COMPILE_CACHE": str(own / "node"),
        }
    )
    return scratch


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Fill the environment before pytest-django reads the settings."""
    scratch = _test_mode()
    early_config.add_cleanup(lambda: shutil.rmtree(scratch, ignore_errors=True))
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        # Parallel workers share the servers of the run; each has a queue of its own: gw0 -> database 1 ...
        address = os.environ["REDIS_URL"].partition("?")[0]
        os.environ["REDIS_URL"] = f"{address}?db={int(worker.removeprefix('gw')) + 1}"
    else:
        try:
            servers = _start()
        except (LocalError, OSError) as error:
            raise pytest.UsageError(sentence(error)) from None
        if servers:
            early_config.add_cleanup(servers.stop)
    yield
