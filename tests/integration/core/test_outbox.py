"""The outbox: an event's effect happens exactly once, whatever fails."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from core import events, services
from core.models import Delivery, Event
from core.tasks import Bell, catch_up, sweep
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

    def test_catching_up_takes_one_queue(self, subscriber, monkeypatch):
        monkeypatch.setattr("core.tasks.deliver.apply_async", lambda **_: None)
        happened()
        catch_up(queue="ledger")
        assert subscriber.calls == []
        catch_up(queue="default")
        assert subscriber.calls == ["test.happened"]

    def test_finish_runs_everything_that_is_due(self, subscriber, monkeypatch):
        monkeypatch.setattr("core.tasks.deliver.apply_async", lambda **_: None)
        happened()
        happened()
        assert services.deliveries_finish() == 2


class TestBell:
    @pytest.fixture
    def messages(self, monkeypatch):
        sent: list[object] = []
        monkeypatch.setattr("core.tasks.deliver.apply_async", lambda kwargs, **_: sent.append(kwargs["delivery_id"]))
        monkeypatch.setattr("core.tasks.catch_up.apply_async", lambda countdown, **_: sent.append(f"after {countdown}"))
        return sent

    def test_announces_what_comes_alone_at_once(self, messages):
        bell = Bell(0.5)
        for n in range(3):
            bell.ring(n, "ledger", now=float(n))
        assert messages == [0, 1, 2]

    def test_announces_a_burst_by_a_round_at_the_end_of_each_interval(self, messages):
        bell = Bell(0.5)
        for n in range(100):
            bell.ring(n, "ledger", now=n / 64)
        # The round that ends at n/64 takes along what came before; who comes at its end is announced again.
        assert messages == [0, "after 0.5", 33, "after 0.5", 66, "after 0.5", 99]

    def test_keeps_queues_apart(self, messages):
        bell = Bell(0.5)
        bell.ring(1, "ledger", now=0.0)
        bell.ring(2, "default", now=0.1)
        assert messages == [1, 2]

    def test_promises_no_round_that_the_broker_did_not_take(self, messages, monkeypatch):
        bell = Bell(0.5)
        bell.ring(1, "ledger", now=0.0)

        def away(**_options):
            raise OSError("broker away")

        with monkeypatch.context() as broken:
            broken.setattr("core.tasks.catch_up.apply_async", away)
            with pytest.raises(OSError, match="broker away"):
                bell.ring(2, "ledger", now=0.1)
        bell.ring(3, "ledger", now=0.2)
        assert messages == [1, "after 0.5"]


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
