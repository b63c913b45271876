"""Comparing books with a registry kept elsewhere: every fault is found in one cycle, frozen, and mended by nobody."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.errors import InvalidInput, NotPermitted, SamePerson, TransitionRefused
from core.models import Event
from registry import services, tasks
from registry.errors import CounterpartNotInUse, LedgerRefused
from registry.models import CreditBlock, Cycle, Difference, Freeze, Message, RefusedMessage
from registry.workflow import CycleState
from tests.factories import exchange
from tests.factories.ledger import leg
from tools import conformance

pytestmark = pytest.mark.django_db
AT_THE_DOOR = {name: reason for name, (reason, _act) in conformance.WIRE_FAULTS.items()} | conformance.AFTERWARDS
IN_THE_BOOKS = {name: kind for name, kind in conformance.EXPECTED.items() if kind and name not in AT_THE_DOOR}
# What is about no range of credits freezes nothing; what only they have is not ours to freeze.
NOTHING_TO_FREEZE = {"totals-not-sum", "bad-hash", "extra-block", "too-long"}


@pytest.fixture
def made(holder):
    """A counterpart in use; Alpha has sold 20 credits to Beta and retired 10, so that there is a story to tell."""
    holder.done(holder.propose(20))
    holder.done(holder.propose(10, kind="retirement"))
    return exchange.counterpart(holder.registry, holder.people["keeper"], holder.people["second_keeper"])


@pytest.fixture
def other(made):
    return exchange.side(made)


def ledger() -> list[tuple[int, ...]]:
    return list(CreditBlock.objects.order_by("pk").values_list("pk", "series", "first", "last", "account"))


def differing(other, made):
    """Return a cycle that people must examine, with an owner that differs."""
    return exchange.compared(other, made, "owner")[0]


class TestEqualBooks:
    @pytest.mark.parametrize("fault", ["", *conformance.HARMLESS])
    def test_close_the_cycle_at_once(self, other, made, fault):
        cycle, receipts = exchange.compared(other, made, fault)
        assert (cycle.state, cycle.differences.count(), cycle.freezes.count()) == (CycleState.CLOSED, 0, 0)
        assert cycle.ours_sha256 == cycle.theirs_sha256 != ""
        assert {receipt["outcome"] for receipt in receipts} == {"accepted"}

    def test_are_told_to_the_other_side(self, other, made):
        cycle, _receipts = exchange.compared(other, made)
        told = Message.objects.get(type="RECONCILIATION_RESULT").envelope
        assert (told["correlation_id"], told["payload"]["result"]) == (str(cycle.pk), "consistent")

    def test_are_equal_as_of_a_moment_though_the_ledger_goes_on(self, holder, other, made):
        as_of = timezone.now()
        services.cycle_start(counterpart_id=made.pk, as_of=as_of, actor=None, at=as_of)
        holder.done(holder.propose(5))
        conformance.run(other)
        assert Cycle.objects.get().state == CycleState.CLOSED

    def test_give_the_same_receipt_for_the_same_message(self, other, made):
        _cycle, [first, second] = exchange.compared(other, made, "replayed")
        assert first == second


class TestFault:
    def test_is_of_many_kinds(self):
        print(f"{len(IN_THE_BOOKS)} faults of the books, {len(AT_THE_DOOR)} of the messages")
        assert len(IN_THE_BOOKS) >= 20
        assert len(AT_THE_DOOR) >= 15

    @pytest.mark.parametrize("fault", IN_THE_BOOKS)
    def test_of_the_books_is_found_in_one_cycle_named_and_frozen(self, other, made, fault):
        before = ledger()
        cycle, receipts = exchange.compared(other, made, fault)
        assert {receipt["outcome"] for receipt in receipts} == {"accepted"}
        assert cycle.state == CycleState.MANUAL
        assert IN_THE_BOOKS[fault] in set(cycle.differences.values_list("kind", flat=True))
        assert cycle.freezes.exists() == (fault not in NOTHING_TO_FREEZE)
        assert ledger() == before
        assert Message.objects.filter(type="RECONCILIATION_RESULT").get().envelope["payload"]["result"] == (
            "inconsistent"
        )

    @pytest.mark.parametrize("fault", AT_THE_DOOR)
    def test_of_a_message_is_refused_by_name_and_changes_nothing(self, other, made, fault):
        cycle, receipts = exchange.compared(other, made, fault)
        refused = [receipt["reason"] for receipt in receipts if receipt["outcome"] == "refused"]
        assert refused == [AT_THE_DOOR[fault]]
        assert RefusedMessage.objects.get().reason == AT_THE_DOOR[fault]
        assert (cycle.state, cycle.differences.count()) == (CycleState.CLOSED, 0)

    def test_of_an_owner_is_found_though_all_totals_are_equal(self, other, made):
        cycle = differing(other, made)
        assert list(cycle.differences.values_list("kind", flat=True)) == ["owner"]
        found = cycle.differences.get()
        assert found.theirs["account"] == "XX-2999999-00"
        assert (found.ours | {"account": ""}) == (found.theirs | {"account": ""})

    def test_is_frozen_exactly_where_it_is(self, other, made):
        exchange.compared(other, made, "gap")
        frozen = Freeze.objects.get()
        assert frozen.first == frozen.last
        assert frozen.frozen_by is None
        assert "System of Elsewhere" in frozen.reason
        assert frozen.why.startswith("A registry kept elsewhere tells otherwise")

    def test_stops_the_credits(self, holder, other, made):
        approved = holder.approve(holder.propose(50))
        differing(other, made)
        with pytest.raises(LedgerRefused, match="frozen"), transaction.atomic():
            services.proposal_execute(proposal_id=approved.pk, at=approved.execute_at)

    def test_that_goes_on_is_not_frozen_twice(self, other, made):
        differing(other, made)
        assert exchange.compared(other, made)[0].state == CycleState.MANUAL  # the books of the other side stay wrong
        assert Freeze.objects.count() == 1

    def test_of_totals_alone_is_shown_with_both_figures(self, other, made):
        cycle, _receipts = exchange.compared(other, made, "totals-not-sum")
        found = cycle.differences.get(kind="totals-not-sum")
        [(label, ours, theirs)] = found.sides
        assert (label, int(theirs) - int(ours)) == ("Quantity", 1)

    @pytest.mark.parametrize("fault", ["missing-block", "extra-block", "transaction-missing"])
    def test_of_what_one_side_lacks_is_shown_in_one_line(self, holder, other, made, fault):
        cycle, _receipts = exchange.compared(other, made, fault)
        [(label, ours, theirs)] = cycle.differences.get(kind=IN_THE_BOOKS[fault]).sides
        assert label == "Everything"
        assert "–" in (ours, theirs)
        assert holder.project.number[:2] in f"{ours}{theirs}"

    def test_is_compared_with_what_we_asked_not_with_what_they_ask(self, other, made):
        """A request of theirs under our comparison's identifier does not narrow the audit trail."""
        conformance.BOOK_FAULTS["transaction-missing"][1](other.books)
        now = timezone.now()
        cycle = services.cycle_start(counterpart_id=made.pk, as_of=now, actor=None, at=now)
        while messages := [row for row in other.fetch() if row["type"] == "SNAPSHOT_REQUEST"]:
            wish = {"as_of": messages[0]["payload"]["as_of"], "stage": "audit_trail", "ranges": []}
            other.post(other.seal("SNAPSHOT_REQUEST", str(cycle.pk), wish))
            payload = other.books.tell(messages[0]["payload"])
            other.post(other.seal(conformance.ANSWERS[messages[0]["payload"]["stage"]], str(cycle.pk), payload))
        assert cycle.differences.filter(kind="transaction-missing").exists()

    def test_in_very_many_places_freezes_one_span_of_each_series(self, other, made, monkeypatch):
        monkeypatch.setattr("registry.services.freezes.MOST", 1)
        for _time in range(4):
            conformance.cut(other.books, 1)
        cycle = exchange.compared(other, made)[0]
        gaps = cycle.differences.filter(kind="gap")
        assert gaps.count() == 4
        series = {gap.ours["series"] for gap in gaps}
        frozen = list(cycle.freezes.all())
        assert len(frozen) == len(series) < 4
        assert any(freeze.first < freeze.last for freeze in frozen)

    def test_is_told_with_what_both_sides_have(self, other, made):
        cycle, _receipts = exchange.compared(other, made, "transaction-changed")
        found = cycle.differences.get(kind="transaction-changed")
        assert found.theirs["cause"] == "Another cause"
        assert found.ours["movements"] == found.theirs["movements"]


class TestCycleStart:
    def test_asks_one_at_a_time(self, made):
        now = timezone.now()
        services.cycle_start(counterpart_id=made.pk, as_of=now, actor=None, at=now)
        with pytest.raises(TransitionRefused):
            services.cycle_start(counterpart_id=made.pk, as_of=now - timedelta(days=1), actor=None, at=now)

    def test_refuses_others_the_future_and_a_counterpart_out_of_use(self, holder, made):
        now, keeper = timezone.now(), holder.people["keeper"]
        with pytest.raises(NotPermitted):
            services.cycle_start(counterpart_id=made.pk, as_of=now, actor=holder.people["foreign_keeper"], at=now)
        with pytest.raises(InvalidInput):
            services.cycle_start(counterpart_id=made.pk, as_of=now + timedelta(days=1), actor=keeper, at=now)
        services.counterpart_stop(counterpart_id=made.pk, actor=keeper, at=now)
        with pytest.raises(CounterpartNotInUse):
            services.cycle_start(counterpart_id=made.pk, as_of=now, actor=keeper, at=now)

    def test_happens_once_a_day_by_itself(self, other, made):
        now = timezone.now()
        assert services.cycles_start_due(at=now) == 1
        assert services.cycles_start_due(at=now) == 0
        conformance.run(other)
        assert services.cycles_start_due(at=now) == 0
        assert services.cycles_start_due(at=now + timedelta(days=1)) == 1
        assert sorted(cycle.as_of.date() for cycle in Cycle.objects.all()) == [
            (now - timedelta(days=1)).date(), now.date(),
        ]  # fmt: skip

    def test_is_what_the_schedule_does(self, made):
        tasks.reconcile()
        assert Cycle.objects.get().begun_by is None


class TestClosing:
    def correct(self, cycle, holder, who="keeper", text="Their owner was wrong; they corrected it."):
        return services.cycle_correct(
            cycle_id=cycle.pk, correction=text, actor=holder.people[who], at=timezone.now()
        )  # fmt: skip

    def close(self, cycle, holder, who="second_keeper", reason="The books are equal again."):
        return services.cycle_close(cycle_id=cycle.pk, reason=reason, actor=holder.people[who], at=timezone.now())

    def test_needs_a_correction_and_a_second_person(self, holder, other, made):
        cycle = differing(other, made)
        with pytest.raises(TransitionRefused):
            self.close(cycle, holder)
        self.correct(cycle, holder)
        with pytest.raises(SamePerson):
            self.close(cycle, holder, "keeper")
        assert self.close(cycle, holder).state == CycleState.CLOSED
        names = Event.objects.filter(name__startswith="cycle.").order_by("at").values_list("name", flat=True)
        assert list(names) == ["cycle.started", "cycle.differs", "cycle.corrected", "cycle.closed"]
        assert Message.objects.latest("pk").envelope["payload"]["result"] == "closed"

    def test_leaves_the_freeze_to_two_people(self, holder, other, made):
        cycle = differing(other, made)
        self.correct(cycle, holder)
        self.close(cycle, holder)
        frozen = Freeze.objects.get(lifted_at=None)
        now = timezone.now()
        services.freeze_lift_propose(freeze_id=frozen.pk, actor=holder.people["keeper"], at=now)
        services.freeze_lift(freeze_id=frozen.pk, actor=holder.people["second_keeper"], at=now)
        assert not Freeze.objects.filter(lifted_at=None).exists()

    def test_refuses_empty_words_and_others(self, holder, other, made):
        cycle = differing(other, made)
        with pytest.raises(InvalidInput):
            self.correct(cycle, holder, text=" ")
        with pytest.raises(NotPermitted):
            self.correct(cycle, holder, "foreign_keeper")
        self.correct(cycle, holder)
        with pytest.raises(InvalidInput):
            self.close(cycle, holder, reason=" ")
        with pytest.raises(NotPermitted):
            self.close(cycle, holder, "approver")


class TestSnapshot:
    def test_tells_whose_authorization_and_decision_stand_behind_credits(self, holder, other):
        [line] = [block for block in other.books.blocks if block["series"].endswith("-2022")]
        assert line["authorization"] == "JP Letter; MN Letter"
        assert line["decision"] == "MN_JC002"
        assert (line["account"], line["holder"], line["approach"]) == (holder.account.number, "Alpha", "JP-MN")

    def test_takes_as_many_queries_for_many_blocks_as_for_few(self, holder, made, django_assert_max_num_queries):
        from registry.selectors.snapshots import snapshot_lines

        issued = leg(holder.project, {2018: 1000}, account=holder.account)
        services.credits_issue(leg_id=issued.pk, at=timezone.now())
        for _number in range(5):
            holder.done(holder.propose(2))
        with django_assert_max_num_queries(5):
            assert snapshot_lines(holder.registry, as_of=timezone.now())

    def test_of_the_future_is_not_given(self, other):
        wish = {"as_of": "2999-01-01T00:00:00.000000Z", "stage": "totals", "ranges": []}
        receipt = other.post(other.seal("SNAPSHOT_REQUEST", "00000000-0000-4000-8000-000000000000", wish))
        assert receipt["reason"] == "wrong-as-of"


class TestNotice:
    def told(self) -> list[str]:
        notices = Message.objects.filter(type__endswith="NOTICE") | Message.objects.filter(
            type="ISSUANCE_CONFIRMATION"
        )  # fmt: skip
        return list(notices.order_by("pk").values_list("type", flat=True))

    @pytest.mark.parametrize(
        ("kind", "types"), [("retirement", ["USE_NOTICE"]), ("cancellation", ["CANCELLATION_NOTICE"]), ("transfer", [])]
    )
    def test_tells_of_uses_and_cancellations(self, holder, made, kind, types):
        proposal = holder.done(holder.propose(5, kind=kind))
        services.notices_send(transaction_id=proposal.transaction.pk, at=timezone.now())
        assert self.told() == types

    @pytest.mark.parametrize(
        ("vintage", "types"),
        [(2020, ["ISSUANCE_CONFIRMATION"]), (2023, ["ISSUANCE_CONFIRMATION", "FIRST_TRANSFER_NOTICE"])],
    )
    def test_tells_of_issuances_and_first_transfers(self, holder, made, vintage, types):
        issued = leg(holder.project, {vintage: 7}, account=holder.account)
        services.credits_issue(leg_id=issued.pk, at=timezone.now())
        services.issuance_tell(leg_id=issued.pk, at=timezone.now())
        assert self.told() == types
        told = Message.objects.latest("pk").envelope["payload"]["transaction"]
        assert [move["to"] for move in told["movements"]] == [holder.account.number]

    def test_follows_what_happened(self, holder, made, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            proposal = holder.approve(holder.propose(5, kind="retirement"))
            services.proposal_execute(proposal_id=proposal.pk, at=timezone.now())
        assert self.told() == ["USE_NOTICE"]
        with django_capture_on_commit_callbacks(execute=True):
            issued = leg(holder.project, {2018: 7}, account=holder.account)
            services.credits_issue(leg_id=issued.pk, at=timezone.now())
        assert self.told() == ["USE_NOTICE", "ISSUANCE_CONFIRMATION"]

    def test_waits_for_nobody_where_no_counterpart_is(self, holder):
        proposal = holder.done(holder.propose(5, kind="retirement"))
        assert services.notices_send(transaction_id=proposal.transaction.pk, at=timezone.now()) == 0


class TestHistory:
    def test_of_differences_is_kept(self, other, made):
        cycle = differing(other, made)
        assert Difference.objects.filter(cycle=cycle).exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM registry_message WHERE direction = 'in'")
            assert cursor.fetchone()[0] == 5  # two requests of the copy, totals, blocks, audit trail
