"""Django and servers for a script, such as a benchmark, that runs without manage.py."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from jcm.local import environment
from jcm.local.command import embedded
from jcm.local.places import local_dir


@contextmanager
def django_ready(name: str) -> Iterator[None]:
    """Set Django up on a database of the script's own, whose schema is up to date; given servers are respected.

    The database is kept between runs below the local folder, apart from the one that `run.py` serves.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jcm.settings")
    if not environment.is_local() or (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        _set_up()
        yield
        return
    home = local_dir() / name
    environment.fill(environment.local_defaults(home))
    with embedded(home, what=name):
        _set_up()
        yield


def _set_up() -> None:
    import django  # noqa: PLC0415 - the environment must be filled first

    django.setup()
