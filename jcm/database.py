"""How the pool of database connections behaves while PostgreSQL is away.

Left alone, the pool tries again after 1, 2, 4, 8 … seconds: PostgreSQL is there again and the site still is not.
"""

from typing import Any

from psycopg_pool import ConnectionPool

RETRY_SECONDS = 0.5


def try_again(pool: ConnectionPool[Any]) -> None:
    """Go on connecting at a steady pace, and replace the connections that were lost."""
    pool.check()


POOL = {
    "min_size": 1,
    "max_size": 8,
    "timeout": 10,
    "reconnect_timeout": RETRY_SECONDS,  # then:
    "reconnect_failed": try_again,
}
