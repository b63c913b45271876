#!/usr/bin/env python3
"""The one door to the project: `python3 run.py` starts everything, `python3 run.py --help` lists the rest.

Only Python's standard library is used here: this file makes the environment in which all other code runs.
"""

import errno
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "jcm-installed.json"
OLDEST = (3, 11)

# name: (what it does, which lock it needs, what Python then runs)
COMMANDS = {
    "up": ("start everything (also without a command)", "local", ["-m", "jcm.local.supervisor"]),
    "test": ("run every test; arguments go to pytest", "all", ["-m", "pytest"]),
    "install": ("make the environment with every package, start nothing", "all", []),
    "check": ("lint, types, import contracts, migrations, deployment …", "all", ["-m", "jcm.local.chores", "check"]),
    "fix": ("let the tools put right what they can", "all", ["-m", "jcm.local.chores", "fix"]),
    "lock": ("compile requirements/*.lock; --upgrade takes newer versions", "all", ["-m", "jcm.local.chores", "lock"]),
    "messages": ("extract and compile the translations", "all", ["tools/messages.py"]),
    "bench": ("run the benchmarks", "all", ["-m", "jcm.local.chores", "bench"]),
    "soak": ("run the long tests of tests/soak", "all", ["-m", "pytest", "tests/soak"]),
}
HELP = """usage: python3 run.py [COMMAND] [ARGUMENTS]

{commands}

Environment: PORT (8000) for the web server, JCM_LOCAL_DIR (.local) for the embedded servers' data,
DATABASE_URL and REDIS_URL to use real servers instead, JCM_DEMO=no to leave out the demonstration data."""


class Trouble(Exception):
    """The message is one sentence for the person at the terminal."""


def main(arguments: "list[str]") -> int:
    """Make the environment if need be, then become the wanted command."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("up", [])
    if name in {"-h", "--help", "help"}:
        lines = (f"  {key:<9} {entry[0]}" for key, entry in COMMANDS.items())
        print(HELP.format(commands="\n".join(lines)))
        return 0
    if name not in COMMANDS:
        raise Trouble(f"There is no command {name!r}; `python3 run.py --help` lists them.")
    _, lock, argv = COMMANDS[name]
    check_python()
    install(lock)
    if not argv:
        note(f"The environment is ready: {PYTHON.relative_to(ROOT)}")
        return 0
    if argv[0].endswith(".py") and not (ROOT / argv[0]).exists():
        raise Trouble(f"There is no {argv[0]}.")
    return become([*argv, *rest], {"JCM_SOAK": "1"} if name == "soak" else {})


def become(argv: "list[str]", extra: "dict[str, str]") -> int:
    """Turn into the command, so that signals reach it and no wrapper stays behind."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execve(PYTHON, [str(PYTHON), *argv], {**os.environ, **extra})  # noqa: S606 - no shell is wanted


def note(text: str) -> None:
    """Say how far we are; standard output belongs to the command."""
    print(text, file=sys.stderr, flush=True)


def check_python() -> None:
    """Stop with a sentence where this Python cannot make the environment."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        raise Trouble(f"Python 3.11 or newer is needed, this is {found}; start run.py with a newer one.")
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing and not PYTHON.exists():
        raise Trouble(
            "Python's venv and pip are missing; install them (on Debian and Ubuntu: apt-get install python3-venv)."
        )


def install(wanted: str) -> None:
    """Bring .venv to the lock's packages; does nothing where they are there already."""
    if is_installed(wanted):
        return
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # two first starts at once: the second finds the work done
        if not is_installed(wanted):
            build("all" if has_every_package() else wanted)
    finally:
        os.close(folder)


def is_installed(wanted: str) -> bool:
    """Tell whether the environment has the packages of the lock, or more."""
    stamp = read_stamp()
    return stamp.get("lock") in {wanted, "all"} and stamp == stamp_of(stamp["lock"]) and PYTHON.exists()


def has_every_package() -> bool:
    """Tell whether the environment was made for tests and checks too, which it then keeps."""
    return read_stamp().get("lock") == "all" or any(ENVIRONMENT.glob("lib/python3*/site-packages/pytest"))


def stamp_of(lock: str) -> "dict[str, str]":
    """Describe an environment: its lock, its Python, its place."""
    digest = hashlib.sha256((ROOT / "requirements" / f"{lock}.lock").read_bytes()).hexdigest()
    return {"lock": lock, "digest": digest, "python": sys.version, "place": str(ROOT)}


def read_stamp() -> "dict[str, str]":
    """Return the description of the environment as it was last made."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def build(lock: str) -> None:
    """Make the environment and install the lock's packages, each checked against its hash."""
    note(
        "Installing the Python packages, once (about half a minute) …"
        if lock == "all"
        else "Installing the Python packages, once …"
    )
    old = read_stamp()
    STAMP.unlink(missing_ok=True)
    new = stamp_of(lock)
    moved = bool(old) and any(old.get(key) != new[key] for key in ("python", "place"))
    if moved or not has_pip():
        if ENVIRONMENT.exists():
            shutil.rmtree(ENVIRONMENT)
        # not the environment's own Python, should run.py have been started with that
        base = getattr(sys, "_base_executable", None) or sys.executable
        command([base, "-m", "venv", str(ENVIRONMENT)], "Making the Python environment")
    requirements = ROOT / "requirements"
    try:
        pip(requirements / "bootstrap.lock")
        uv(requirements / f"{lock}.lock")
    except Trouble as trouble:
        if "is full" in str(trouble):
            raise
        pip(requirements / f"{lock}.lock")
    STAMP.write_text(json.dumps(new))


def has_pip() -> bool:
    """Tell whether the environment is there and whole enough to install into."""
    return PYTHON.exists() and any(ENVIRONMENT.glob("lib/python3*/site-packages/pip/__main__.py"))


def pip(lock: Path) -> None:
    """Install a lock with pip."""
    options = ["--require-hashes", "--disable-pip-version-check", "--quiet", "--no-input"]
    command([str(PYTHON), "-m", "pip", "install", *options, "-r", str(lock)], "Installing the Python packages")


def uv(lock: Path) -> None:
    """Install a lock with uv, which is ten times as fast, and remove what is not in it."""
    options = ["--require-hashes", "--quiet", "--python", str(PYTHON)]
    extra = {
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_SYSTEM_CERTS": "true",  # a company's proxy is trusted where the system trusts it
        "UV_COMPILE_BYTECODE": "1",  # the first start need not compile
        "UV_NO_PROGRESS": "1",
    }
    argv = [str(PYTHON), "-m", "uv", "pip", "sync", *options, str(lock)]
    command(argv, "Installing the Python packages", extra)


def command(argv: "list[str]", what: str, extra: "dict[str, str] | None" = None) -> None:
    """Run a command of the installation; its failure becomes a sentence."""
    answer = subprocess.run(
        argv,
        cwd=ROOT,
        env={**os.environ, **(extra or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if answer.returncode == 0:
        return
    if "No space left on device" in answer.stdout or os.strerror(errno.EDQUOT) in answer.stdout:
        raise Trouble(f"The disk that holds {ENVIRONMENT} is full; free some space and start again.")
    lines = [line.strip() for line in answer.stdout.splitlines() if line.strip()]
    reasons = [line for line in lines if "error" in line.lower()]
    reason = (reasons or lines or [f"exit code {answer.returncode}"])[-1]
    raise Trouble(f"{what} failed: {reason[:300].rstrip('.')}.")


def sentence(error: OSError) -> str:
    """Say in one line what an operating system error means."""
    where = error.filename or ENVIRONMENT
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk that holds {where} is full; free some space and start again."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"{where} cannot be written ({error.strerror}); use a copy of the project in a folder of yours."
    return f"{error.strerror or error} ({where})."


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        note(str(trouble))
        sys.exit(1)
    except OSError as error:
        note(sentence(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
