"""What must be done before the site can start: schema, demonstration data, static files; each only when needed."""

import json
import os
import subprocess
import sys
from pathlib import Path

from jcm.local import schema
from jcm.local.errors import LocalError, full_disk, tail
from jcm.local.places import ROOT

DEMO_FILES = ("*/management/commands/load_demo.py", "jcm/demo/**/*")
STATIC_FILES = ("static/**/*", "*/static/**/*", "requirements/base.lock")


def manage(log: Path, *arguments: str, **extra: str) -> subprocess.Popen[bytes]:
    """Start a management command; its standard output can be read, the rest goes into the log."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env={**os.environ, **extra},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
        )


def finish(process: subprocess.Popen[bytes], what: str, log: Path) -> str:
    """Wait for a management command and return what it printed."""
    try:
        text = process.communicate()[0].decode(errors="replace")
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode:
        raise full_disk(tail(log, 4000), log.parent) or LocalError(f"{what} failed; the reason is in {log}.")
    return text


class StaticFiles:
    """Static files are collected again when one of them changed."""

    def __init__(self, home: Path, log: Path) -> None:
        self.log = log
        self.stamp = home / "static-files"
        self.files = schema.fingerprint(*STATIC_FILES)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to collect, where needed, while other things are prepared."""
        if not self.stamp.exists() or self.stamp.read_text() != self.files:
            self.process = manage(self.log, "collectstatic", "--no-input", "--verbosity", "0")

    def finish(self) -> None:
        """Wait for the collection and note that it is done."""
        if self.process:
            finish(self.process, "Collecting the static files", self.log)
            self.stamp.write_text(self.files)
            self.process = None

    def abandon(self) -> None:
        """Stop collecting: something else failed."""
        if self.process:
            self.process.kill()
            self.process.wait()


def load_demonstration(stamp: Path, log: Path) -> str:
    """Load the demonstration data once; return who can sign in, as a text for the terminal."""
    if os.environ.get("JCM_DEMO") == "no" or not any(ROOT.glob(DEMO_FILES[0])):
        return ""
    files = schema.fingerprint(*DEMO_FILES)
    noted = _read(stamp)
    if not noted:
        finish(manage(log, "load_demo", JCM_FINISH_JOBS="1"), "Loading the demonstration data", log)
    if noted.get("files") != files:
        text = finish(manage(log, "load_demo", "--sign-ins"), "Listing the demonstration sign-ins", log)
        noted = {"files": files, "sign_ins": text.rstrip()}
        stamp.write_text(json.dumps(noted))
    return noted["sign_ins"]


def _read(stamp: Path) -> dict[str, str]:
    try:
        return dict(json.loads(stamp.read_text()))
    except (OSError, ValueError):
        return {}
