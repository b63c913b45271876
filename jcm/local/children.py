"""Start and end child processes so that none outlives the one who started it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from jcm.local.places import ROOT, Account

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class RunAs(TypedDict, total=False):
    """The arguments of Popen that change the account."""

    user: int
    group: int
    extra_groups: list[int]


def run_as(account: Account | None) -> RunAs:
    """Return Popen's arguments for the account."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
    on_orphaned: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a process in its own session; on Linux it gets a signal when we die, even by kill -9.

    Call it from the main thread: the kernel sends that signal when the starting thread ends.
    """
    parent = os.getpid()

    def in_child() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(on_orphaned))
            if os.getppid() != parent:  # the parent died before the line above
                os._exit(1)

    with log.open("ab") as output, warnings.catch_warnings():
        # Python 3.12 warns of preexec_fn beside threads; in_child takes no lock.
        warnings.simplefilter("ignore", DeprecationWarning)
        return subprocess.Popen(
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/" if account else ROOT,  # the server account may not see the project's folder
            env=dict(env) if env is not None else None,
            start_new_session=True,
            preexec_fn=in_child,  # noqa: PLW1509 - see above
            **run_as(account),
        )


def end(process: subprocess.Popen[bytes], *signals: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn and wait its seconds; whatever is left of the group is killed."""
    for sig, patience in signals:
        if process.poll() is not None:
            break
        process.send_signal(sig)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
