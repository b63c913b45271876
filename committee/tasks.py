"""Celery tasks of the committee."""

from celery import shared_task
from django.utils import timezone

from committee import services


@shared_task
def close_due_ballots(**_future: object) -> None:
    """Settle the electronic decisions whose days are over."""
    services.decisions_close_due(at=timezone.now())
