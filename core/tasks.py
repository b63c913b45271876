"""Celery tasks of the kernel: deliver events, and sweep up what the broker lost."""

import logging
from datetime import timedelta

from celery import shared_task
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


@events.wake_by
def wake(delivery_id: int, queue: str) -> None:
    """Ask a worker to deliver; when the broker is away the sweeper asks again."""
    try:
        deliver.apply_async(kwargs={"delivery_id": delivery_id}, queue=queue)
    except (OperationalError, OSError):
        logger.warning("broker away; delivery %s waits for the sweeper", delivery_id)
