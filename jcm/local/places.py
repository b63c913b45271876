"""The folders of the embedded servers: lasting data, sockets, and for root a place that others can reach."""

import contextlib
import hashlib
import os
import pwd
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from jcm.local.errors import LocalError

ROOT = Path(__file__).resolve().parents[2]


def local_dir() -> Path:
    """Return the folder of the embedded servers' data; JCM_LOCAL_DIR moves it."""
    return Path(os.environ.get("JCM_LOCAL_DIR") or ROOT / ".local").expanduser().resolve()


@dataclass(frozen=True)
class Account:
    """The account that PostgreSQL runs as, because it refuses to run as root."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """Return an existing unprivileged account when we are root, else nothing."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise LocalError("PostgreSQL refuses to run as root, and neither 'postgres' nor 'nobody' exists here.")


def open_to_others(path: Path) -> bool:
    """Tell whether another account can reach the path."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents if folder.exists())


def temporary_root() -> Path:
    """Return this account's one folder below the system's temporary directory, made if need be."""
    folder = Path(tempfile.gettempdir()).resolve() / f"jcm-{os.geteuid()}"
    # Root's folder lets the server account through to its own part; anybody else's is closed.
    mode = 0o711 if os.geteuid() == 0 else 0o700
    folder.mkdir(mode=mode, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise LocalError(f"{folder} belongs to somebody else; remove it or set TMPDIR to another folder.")
    folder.chmod(mode)
    return folder


@dataclass(frozen=True)
class Place:
    """The folders of one set of servers."""

    home: Path  # what the person sees: logs, secret key, uploaded files
    base: Path  # the cluster; the same as home unless root's folder is closed to other accounts
    run: Path  # sockets; short, because a socket's path may have 103 characters
    account: Account | None

    @property
    def logs(self) -> Path:
        return self.home / "log"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"


def open_place(home: Path) -> Place:
    """Make the folders of a set of servers and return them."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "log").mkdir(exist_ok=True)
    account = server_account()
    own = temporary_root() / hashlib.sha256(str(home).encode()).hexdigest()[:10]
    own.mkdir(exist_ok=True)
    own.chmod(0o711 if account else 0o700)
    run = own / "run"
    run.mkdir(exist_ok=True)
    run.chmod(0o700)
    if account:
        os.chown(run, account.uid, account.gid)
    base = own if account and not open_to_others(home / "x") else home
    if len(str(run)) > 80:
        raise LocalError(f"The folder {run} has too long a name for a socket; set TMPDIR to a shorter one.")
    return Place(home, base, run, account)


def remove_empty(place: Place) -> None:
    """Take away the folders of the sockets; the cluster, where it lies beside them, stays."""
    for folder in (place.run, place.run.with_name("queue"), place.run.parent):
        with contextlib.suppress(OSError):
            folder.rmdir()


def secret_key(home: Path) -> str:
    """Return this machine's secret key, made once."""
    path = home / "secret-key"
    home.mkdir(parents=True, exist_ok=True)
    for _ in range(2):
        if path.exists() and (key := path.read_text().strip()):
            return key
        draft = path.with_name(f"secret-key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        draft.replace(path) if path.exists() else _link(draft, path)
    return path.read_text().strip()


def _link(draft: Path, path: Path) -> None:
    """Put the draft in place unless another process was first."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
