"""Waiting for another process, with an end."""

import time
from collections.abc import Callable


def eventually(condition: Callable[[], bool], *, within: float = 20.0) -> None:
    """Return once the condition holds; fail when it does not hold in time."""
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, f"not within {within} s: {condition.__name__}"
        time.sleep(0.02)
