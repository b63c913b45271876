"""The outbox: an event's effect happens exactly once, whatever fails."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from core import events, services
from core.models import Delivery, Event
from core.tasks import sweep
from tests.factories.ledger import person

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def subscriber(monkeypatch):
    """Subscribe a recorder to `test.happened`; it fails as often as it is told to."""
    monkeypatch.setattr(events, "_after", events.defaultdict(list))
    calls: list[str] = []
    failures: list[Exception] = []

    @events.on("test.happened")
    def record(event, _at):
        person("Effect")
        if failures:
            raise failures.pop()
        calls.append(event.name)

    record.calls, record.failures = calls, failures
    return record


def happened() -> Event:
    with transaction.atomic():
        actor = person("Actor")
        return events.emit("test.happened", actor, actor=actor, at=NOON)


@pytest.mark.django_db(transaction=True)
class TestDelivery:
    def test_happens_after_commit(self, subscriber):
        happened()
        assert subscriber.calls == ["test.happened"]
        assert Delivery.objects.get().delivered_at is not None

    def test_does_not_happen_when_the_transaction_fails(self, subscriber):
        with pytest.raises(RuntimeError), transaction.atomic():
            happened()
            raise RuntimeError
        assert (subscriber.calls, Event.objects.count(), Delivery.objects.count()) == ([], 0, 0)

    def test_repeated_has_no_second_effect(self, subscriber):
        happened()
        assert services.delivery_run(delivery_id=Delivery.objects.get().pk, at=NOON) is False
        assert subscriber.calls == ["test.happened"]

    def test_that_failed_leaves_nothing_and_waits_for_the_sweeper(self, subscriber):
        subscriber.failures.append(ValueError("no paper"))
        happened()
        waiting = Delivery.objects.get()
        assert (waiting.delivered_at, waiting.attempts) == (None, 1)
        assert waiting.last_error == "ValueError: no paper"
        assert [user.name for user in type(person("X")).objects.order_by("pk")] == ["Actor", "X"]
        Delivery.objects.update(next_try_at=NOON)
        sweep()
        assert subscriber.calls == ["test.happened"]

    def test_waits_longer_after_each_failure(self, subscriber):
        subscriber.failures.extend(ValueError(str(n)) for n in range(3))
        happened()
        for _ in range(2):
            services.delivery_run(delivery_id=Delivery.objects.get().pk, at=NOON)
        assert Delivery.objects.get().next_try_at == NOON + timedelta(seconds=8)

    def test_without_a_broker_is_swept_up_later(self, subscriber, monkeypatch):
        def away(*_args, **_kwargs):
            raise OSError("broker away")

        with monkeypatch.context() as broken:
            broken.setattr("core.tasks.deliver.apply_async", away)
            happened()
        assert subscriber.calls == []
        sweep()
        assert subscriber.calls == ["test.happened"]

    def test_finish_runs_everything_that_is_due(self, subscriber, monkeypatch):
        monkeypatch.setattr("core.tasks.deliver.apply_async", lambda **_: None)
        happened()
        happened()
        assert services.deliveries_finish() == 2


@pytest.mark.worker
class TestRealWorker:
    def test_delivers_what_this_process_emitted(self, worker_process):
        from tests.factories.ledger import leg, registered_project
        from tests.waiting import eventually

        with transaction.atomic():
            approved = leg(registered_project(), {2019: 40})
            events.emit("leg.approved", approved, actor=None, at=NOON)

        def issued() -> bool:
            approved.refresh_from_db()
            return approved.state == "issued"

        eventually(issued)
