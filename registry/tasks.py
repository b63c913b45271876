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
