"""Celery tasks of the registry: what happens by the clock."""

from celery import shared_task
from django.utils import timezone

from registry import services


@shared_task
def move_due_credits(**_future: object) -> None:
    """Carry out approved proposals whose waiting time is over, and end those that nobody approved."""
    now = timezone.now()
    services.proposals_execute_due(at=now)
    services.proposals_expire(at=now)


@shared_task
def seal_logs(**_future: object) -> None:
    """Number what was recorded since, and sign a checkpoint of each log that grew."""
    services.logs_seal(at=timezone.now())


@shared_task
def sign_logs(**_future: object) -> None:
    """Sign a checkpoint of every log, whether it grew or not."""
    services.logs_sign(at=timezone.now())


@shared_task
def reconcile(**_future: object) -> None:
    """Start the daily comparison with registries kept elsewhere, where it has not been started."""
    services.cycles_start_due(at=timezone.now())
