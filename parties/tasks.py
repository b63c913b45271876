"""Celery tasks of calls for public inputs."""

from celery import shared_task
from django.utils import timezone

from parties import services


@shared_task
def close_due_calls(**_future: object) -> None:
    """Close the calls whose days are over, and forget inputs that nobody confirmed."""
    now = timezone.now()
    services.calls_close_due(at=now)
    services.inputs_forget(at=now)
