"""Can this process serve? Its database, its queue, and a schema that fits the code."""

import logging
from functools import cache

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

logger = logging.getLogger(__name__)
SECONDS = 2


def readiness() -> dict[str, bool]:
    """Return each thing that the process needs and whether it has it."""
    database = _database()
    return {"database": database, "redis": _queue(), "migrations": database and _schema()}


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        logger.warning("not ready, the database: %s", error)
        return False
    return True


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)


def _queue() -> bool:
    try:
        _client().ping()
    except redis.exceptions.RedisError as error:
        logger.warning("not ready, redis: %s", error)
        return False
    return True


class _Seen:
    """The code of a process does not change, so a schema that fitted once is not compared again."""

    schema_fits = False


def _schema() -> bool:
    if not _Seen.schema_fits:
        try:
            executor = MigrationExecutor(connection)
            _Seen.schema_fits = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except Error as error:
            logger.warning("not ready, the schema: %s", error)
    return _Seen.schema_fits
