"""Parallel sessions: threads that each keep a connection of their own, as the application's role."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import DatabaseError, connection, connections

from core.errors import DomainError


class Sessions:
    """So many sessions that stay open; `at_once` starts one act in each at the same moment."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.pool = ThreadPoolExecutor(count)
        self.barrier = Barrier(count)

    def __enter__(self) -> "Sessions":
        self.at_once([connection.ensure_connection] * self.count)
        return self

    def __exit__(self, *_: object) -> None:
        self.at_once([connections.close_all] * self.count)
        self.pool.shutdown()

    def at_once(self, acts: Sequence[Callable[[], Any]]) -> list[Any]:
        """Return what each act gave, or the refusal."""

        def run(act: Callable[[], Any]) -> Any:
            self.barrier.wait(60)
            try:
                return act()
            except (DomainError, DatabaseError) as refusal:
                return refusal

        assert len(acts) == self.count
        return list(self.pool.map(run, acts))
