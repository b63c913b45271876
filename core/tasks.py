"""Celery tasks of the kernel: deliver events, and sweep up what the broker lost."""

import logging
import time
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from core import events, services

logger = logging.getLogger(__name__)
# The sweeper leaves a fresh delivery to its own message for this long.
GRACE = timedelta(seconds=5)


@shared_task
def deliver(*, delivery_id: int, **_future: object) -> None:
    """Deliver one event to one subscriber. May run twice: the row says whether it is done."""
    services.delivery_run(delivery_id=delivery_id, at=timezone.now())


@shared_task
def sweep(**_future: object) -> None:
    """Deliver what should have been delivered and was not: the broker is only a wake-up."""
    for delivery_id, queue in services.deliveries_due(at=timezone.now() - GRACE):
        wake(delivery_id, queue)


@shared_task
def catch_up(*, queue: str, **_future: object) -> None:
    """Deliver whatever waits in this queue, in this process."""
    services.deliveries_finish(queue=queue)


class Bell:
    """Rings for a worker, though not for each of many deliveries that follow each other closely.

    The first is announced at once. The next one within the interval announces a round at its end, which takes along
    all that come until then; so a burst costs a few messages and nothing waits longer than the interval.
    """

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._rang: dict[str, float] = {}
        self._round: dict[str, float] = {}

    def ring(self, delivery_id: int, queue: str, now: float) -> None:
        """Announce a delivery; `now` is in seconds of a clock that never goes back."""
        if now < self._round.get(queue, now):
            return
        if now < self._rang.get(queue, -self._interval) + self._interval:
            catch_up.apply_async(kwargs={"queue": queue}, queue=queue, countdown=self._interval)
            self._round[queue] = now + self._interval
        else:
            deliver.apply_async(kwargs={"delivery_id": delivery_id}, queue=queue)
            self._rang[queue] = now


_bell = Bell(settings.OUTBOX_INTERVAL_SECONDS)


@events.wake_by
def wake(delivery_id: int, queue: str) -> None:
    """Ask a worker to deliver; when the broker is away the sweeper asks again."""
    try:
        _bell.ring(delivery_id, queue, time.monotonic())
    except (OperationalError, OSError):
        logger.warning("broker away; delivery %s waits for the sweeper", delivery_id)
