"""What can go wrong on somebody's machine, said in one sentence."""

import errno
import shutil
from pathlib import Path

FULL = {errno.ENOSPC, errno.EDQUOT}
CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
NO_SPACE = ("No space left on device", "could not extend file", "Disk quota exceeded")
# A server that cannot write its last bytes does not always say why; below this a disk counts as full.
ALMOST_NOTHING = 8 * 1024 * 1024


class LocalError(Exception):
    """The message is a sentence for the person at the terminal; no traceback is shown."""


def sentence(error: BaseException) -> str:
    """Say in one line what an exception means to the person who started the command."""
    if isinstance(error, OSError):
        where = error.filename or "the local data"
        if error.errno in FULL:
            return f"The disk that holds {where} is full; free some space and start again."
        if error.errno in CLOSED:
            return f"{where} cannot be written ({error.strerror}); set JCM_LOCAL_DIR to a folder that can be."
        return f"{error.strerror or error} ({where})."
    return " ".join(str(error).split())


def start_failure(name: str, log: Path, *, folder: Path) -> LocalError:
    """Explain from its log why a process did not start."""
    text = tail(log, 4000)
    if full := full_disk(text, folder):
        return full
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    reasons = [line for line in lines if "FATAL" in line or "rror:" in line]
    last = (reasons or lines or ["it said nothing"])[-1][:300].rstrip(".")
    return LocalError(f"{name} did not start: {last} (the whole text is in {log}).")


def full_disk(text: str, folder: Path) -> LocalError | None:
    """Return the sentence about a full disk when a log's text or the disk itself says so."""
    if any(words in text for words in NO_SPACE) or disk_is_full(folder):
        return LocalError(f"The disk that holds {folder} is full; free some space and start again.")
    return None


def disk_is_full(folder: Path) -> bool:
    """Tell whether hardly anything can be written below the folder."""
    try:
        return shutil.disk_usage(folder).free < ALMOST_NOTHING
    except OSError:
        return False


def tail(log: Path, size: int) -> str:
    """Return the last characters of a log file, or nothing where there is none."""
    try:
        return log.read_text(errors="replace")[-size:]
    except OSError:
        return ""
