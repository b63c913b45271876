"""What is due is carried out together: each for itself, and shared among workers."""

import threading

import pytest
from django.db import connection, transaction

from core import events
from core.models import Delivery, Event
from registry import services
from registry.models import Freeze, LogLeaf, Movement, Proposal, Registry, Transaction
from registry.services import execution
from registry.workflow import ProposalState
from tests.factories.ledger import NOON
from tests.integration.registry.test_proposals import Desk

GROWING = ("registry_transaction", "registry_movement", "registry_creditblock", "registry_logleaf")


@pytest.fixture
def desk() -> Desk:
    Registry.objects.update(delays_untrusted=False)
    with transaction.atomic():
        return Desk()


def approved(desk: Desk, count: int) -> list[Proposal]:
    return [desk.approve(desk.propose(10, key=f"due {n}")) for n in range(count)]


@pytest.mark.django_db
class TestWhatIsDue:
    def test_is_all_carried_out_however_many_at_once(self, desk, monkeypatch):
        monkeypatch.setattr(execution, "TOGETHER", 2)
        due = approved(desk, 5)
        assert services.proposals_execute_due(at=NOON) == 5
        assert desk.holds(desk.other) == {2019: [(n * 10 + 1, n * 10 + 10) for n in range(5)]}
        assert services.proposals_execute_due(at=NOON) == 0
        assert Transaction.objects.filter(proposal__in=due).count() == 5

    def test_has_each_its_transaction_leaf_event_and_delivery(self, desk):
        due = approved(desk, 3)
        services.proposals_execute_due(at=NOON)
        entries = Transaction.objects.filter(proposal__in=due)
        assert sorted(entries.values_list("proposal", "movements__first")) == sorted(
            (proposal.pk, proposal.lines.get().first) for proposal in due
        )
        assert LogLeaf.objects.filter(transaction__in=entries).count() == 3
        told = Event.objects.filter(name="credits.moved", subject_id__in=[str(p.pk) for p in due])
        assert {event.data["transaction"] for event in told} == {str(entry.pk) for entry in entries}
        assert Delivery.objects.filter(event__in=told).count() == 3

    def test_stays_when_it_is_refused_and_the_others_go_on(self, desk, monkeypatch):
        monkeypatch.setattr(execution, "TOGETHER", 2)
        due = approved(desk, 5)
        Freeze.objects.create(
            registry=desk.registry, series=due[2].lines.get().series, first=25, last=25, reason="Theft",
            frozen_by=desk.approver, frozen_at=NOON,
        )  # fmt: skip
        assert services.proposals_execute_due(at=NOON) == 4
        left = Proposal.objects.filter(pk__in=[p.pk for p in due]).exclude(state=ProposalState.COMPLETED)
        assert list(left.values_list("pk", "state")) == [(due[2].pk, ProposalState.APPROVED)]


@pytest.mark.django_db(transaction=True)
def test_workers_leave_to_each_other_what_they_have_taken(desk, monkeypatch):
    monkeypatch.setattr(events, "_wake", [])  # else what is approved would be executed by its own delivery
    taken, *others = approved(desk, 4)
    found = []

    def another_worker() -> None:
        try:
            found.append(services.proposals_execute_due(at=NOON))
        finally:
            connection.close()

    with transaction.atomic():
        Proposal.objects.select_for_update().get(pk=taken.pk)
        worker = threading.Thread(target=another_worker)
        worker.start()
        worker.join(timeout=60)
        assert found == [len(others)]
    assert services.proposals_execute_due(at=NOON) == 1


@pytest.mark.django_db(transaction=True)
def test_a_session_looks_up_by_index_however_small_the_ledger_was_when_it_began(desk):
    """A session keeps the plans of its first moves, so this one has a session of its own from the first proposal on."""
    connection.close()
    approved(desk, 6)

    def whole_tables_read() -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname = ANY (%s)", [list(GROWING)]
            )
            return dict(cursor.fetchall())

    with transaction.atomic():
        before = whole_tables_read()
        services.proposals_execute_due(at=NOON)
        after = whole_tables_read()
    assert Movement.objects.filter(transaction__proposal__isnull=False).count() == 6
    # Python may look at a table once for all six; nothing may do so for each.
    assert {name: after[name] - before[name] for name in GROWING if after[name] - before[name] > 1} == {}
