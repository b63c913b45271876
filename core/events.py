"""Events and their transactional outbox.

A service emits an event inside its transaction. `during` handlers run at once, in the same transaction: use them
only where another record must exist together with the first. `on` handlers get a Delivery row, which commits with
the event; a Celery task delivers it after commit, a sweeper delivers what the broker lost.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import models, transaction

from core.models import Delivery, Event, User

# A handler is told what happened and the time at which it runs.
Handler = Callable[[Event, datetime], None]
Wake = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A named function that wants to hear of one event."""

    name: str
    queue: str
    handler: Handler


_during: dict[str, list[Handler]] = defaultdict(list)
_after: dict[str, list[Subscriber]] = defaultdict(list)
_wake: list[Wake] = []


def during(event_name: str) -> Callable[[Handler], Handler]:
    """Run the decorated function inside the transaction that emits `event_name`."""

    def register(handler: Handler) -> Handler:
        _during[event_name].append(handler)
        return handler

    return register


def on(event_name: str, *, queue: str = "default") -> Callable[[Handler], Handler]:
    """Deliver `event_name` to the decorated function after commit; its database effects happen exactly once."""

    def register(handler: Handler) -> Handler:
        name = f"{handler.__module__}.{handler.__qualname__}"
        _after[event_name].append(Subscriber(name=name, queue=queue, handler=handler))
        return handler

    return register


def wake_by(wake: Wake) -> Wake:
    """Register what is called with (delivery id, queue) after commit; the task module does so."""
    _wake.append(wake)
    return wake


def handler_of(subscriber_name: str) -> Handler:
    """Return the function registered under `subscriber_name`. Raises LookupError for an unknown one."""
    for subscribers in _after.values():
        for subscriber in subscribers:
            if subscriber.name == subscriber_name:
                return subscriber.handler
    raise LookupError(subscriber_name)


def subscribers_of(event_name: str) -> list[Subscriber]:
    """Return who is told after commit; for the one event that PostgreSQL itself writes."""
    return _after[event_name]


def wake_after_commit(delivery_id: int, queue: str) -> None:
    """Ask a worker for this delivery once the transaction has committed."""
    for wake in _wake:
        transaction.on_commit(partial(wake, delivery_id, queue), robust=True)


def emit(
    name: str, subject: models.Model, *, actor: User | None, at: datetime, data: dict[str, Any] | None = None
) -> Event:
    """Record that something happened to `subject`; call inside the transaction that made it happen."""
    event = Event.objects.create(
        name=name,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:300],
        actor=actor,
        at=at,
        data=data or {},
    )
    for handler in _during[name]:
        handler(event, at)
    waiting = [Delivery(event=event, subscriber=s.name, queue=s.queue, next_try_at=at) for s in _after[name]]
    for delivery in Delivery.objects.bulk_create(waiting):
        wake_after_commit(delivery.pk, delivery.queue)
    return event
