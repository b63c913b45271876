"""Locks between processes; the kernel drops them when their holder dies, so none is ever stale."""

import fcntl
import os
from pathlib import Path


class FileLock:
    """A lock on a file, exclusive or shared."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self, *, shared: bool = False, wait: bool = False) -> bool:
        """Take the lock; False when somebody else has it and we are not to wait."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # O_CLOEXEC is Python's default: a child never inherits the lock.
        number = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(number, how)
        except BlockingIOError:
            os.close(number)
            return False
        except BaseException:
            os.close(number)
            raise
        self._file = number
        return True

    def drop(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def sign(self, text: str) -> None:
        """Leave a note for those who find the lock taken."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, text.encode(), 0)

    def signature(self) -> str:
        """Return the note of the one who has the lock."""
        return self.path.read_text(errors="replace") if self.path.exists() else ""
