"""Is the database's schema up to date? Answered in milliseconds, without starting Django."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from jcm.local.errors import LocalError, full_disk, tail
from jcm.local.places import ROOT


def fingerprint(*patterns: str) -> str:
    """Return a digest of the names, sizes and times of the project's files that match."""
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if "__pycache__" in path.parts or not path.is_file():
                continue
            found = path.stat()
            digest.update(f"{path.relative_to(ROOT)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _applied(url: str) -> str:
    """Return a digest of the migrations that the database says it has had."""
    import psycopg  # noqa: PLC0415 - takes 0.2 s, which not every command needs

    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            query = "select app, name, applied from django_migrations order by id"
            rows = connection.execute(query).fetchall()
    except psycopg.errors.UndefinedTable:
        return ""
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _state(owner_url: str) -> dict[str, str]:
    files = fingerprint("*/migrations/*.py", "*/migrations/*.sql", "requirements/base.lock")
    return {"files": files, "applied": _applied(owner_url)}


def is_current(stamp: Path, owner_url: str) -> bool:
    """Tell whether neither the migrations nor the database changed since the last migration."""
    try:
        noted = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return False
    return bool(noted == _state(owner_url))


def migrate(stamp: Path, owner_url: str, log: Path) -> None:
    """Bring the schema up to date as its owner and note that it is."""
    env = {**os.environ, "DATABASE_URL": owner_url}
    with log.open("ab") as output:
        answer = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "1"],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    if answer.returncode:
        reason = LocalError(f"The database's schema could not be brought up to date; the reason is in {log}.")
        raise full_disk(tail(log, 4000), log.parent) or reason
    stamp.write_text(json.dumps(_state(owner_url)))
