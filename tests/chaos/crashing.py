"""The Celery application with a death wish: its processes kill themselves at named points, now and then.

Only `ledger_under_kills.py` starts a worker with it (`celery -A tests.chaos.crashing worker`); the site never does.
JCM_CRASH_ODDS is one in how many; each death is first noted in the file that JCM_CRASH_NOTES names.
"""

import os
import random
import signal
from pathlib import Path
from typing import Any

from celery.signals import worker_process_init

from jcm.celery import app

__all__ = ["app"]


@worker_process_init.connect
def arm(**_: object) -> None:
    """Give this process its crash points."""
    from django.db.backends.postgresql.base import DatabaseWrapper

    from core.models import Delivery

    chance, odds = random.Random(os.getpid()), int(os.environ["JCM_CRASH_ODDS"])
    commit, save = DatabaseWrapper._commit, Delivery.save

    def die(point: str) -> None:
        if chance.randrange(odds) == 0:
            with Path(os.environ["JCM_CRASH_NOTES"]).open("a") as notes:
                notes.write(f"{point}\n")
            os.kill(os.getpid(), signal.SIGKILL)

    def crashing_commit(self: Any) -> None:
        die("before commit")
        commit(self)
        die("after commit, before reply")

    def crashing_save(self: Any, **options: Any) -> None:
        die("mid-outbox: effect written, delivery not marked")
        save(self, **options)

    DatabaseWrapper._commit = crashing_commit
    Delivery.save = crashing_save
