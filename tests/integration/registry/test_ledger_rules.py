"""Each rule of ledger.sql attacked: as the application's role, and as the tables' owner by raw SQL."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from core.models import Source
from registry import services
from registry.errors import SENTENCES, LedgerRefused, explained
from registry.models import Account, CreditBlock, IssuanceLeg, LegLine, Movement, Registry, Series, Transaction
from registry.workflow import LegState
from tests.factories.ledger import NOON, leg, person, registered_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued():
    """Return a leg whose 40 credits are issued."""
    approved = leg(registered_project(), {2019: 40})
    services.credits_issue(leg_id=approved.pk, at=NOON)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # each attack is refused at once
    return approved


def refused_by(constraint: str):
    """Expect PostgreSQL to name this rule, and the rule to have a sentence for people."""
    assert constraint in SENTENCES
    return pytest.raises(IntegrityError, check=lambda error: error.__cause__.diag.constraint_name == constraint)


def sql(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


REWRITES = [
    "UPDATE registry_transaction SET at = now()",
    "DELETE FROM registry_transaction",
    "UPDATE registry_movement SET last = last + 1",
    "DELETE FROM registry_movement",
    "UPDATE registry_legline SET quantity = quantity + 1",
    "DELETE FROM registry_legline",
]
POSITIONS = [
    "UPDATE registry_creditblock SET last = last + 1000",
    "UPDATE registry_creditblock SET account_id = (SELECT min(id) FROM registry_account)",
    "DELETE FROM registry_creditblock",
    (
        "INSERT INTO registry_creditblock (series_id, first, last, account_id, leg_id) "
        "SELECT series_id, last + 1, last + 9, account_id, leg_id FROM registry_creditblock"
    ),
]


class TestHistory:
    @pytest.mark.parametrize("attack", [*REWRITES, *POSITIONS])
    def test_is_closed_to_the_application(self, issued, attack):
        with pytest.raises(ProgrammingError, match="permission denied"):
            sql(attack)

    @pytest.mark.parametrize("attack", REWRITES)
    def test_cannot_be_rewritten_by_the_owner(self, issued, as_owner, attack):
        with as_owner(), refused_by("registry_history_is_append_only"):
            sql(attack)

    @pytest.mark.parametrize("attack", POSITIONS)
    def test_positions_cannot_be_written_by_the_owner(self, issued, as_owner, attack):
        with as_owner(), refused_by("registry_blocks_follow_movements"):
            sql(attack)

    @pytest.mark.parametrize(
        "table", ["registry_transaction", "registry_movement", "registry_creditblock", "core_event"]
    )
    def test_cannot_be_emptied_by_the_application(self, issued, table):
        with pytest.raises(ProgrammingError, match="permission denied"):
            sql(f"TRUNCATE {table} CASCADE")


class TestNotifiedLeg:
    @pytest.mark.parametrize(
        "attack",
        [
            "UPDATE registry_issuanceleg SET notified = notified + 1",
            "UPDATE registry_issuanceleg SET source = 'public_record'",
            "UPDATE registry_issuanceleg SET registry_id = (SELECT min(id) FROM registry_registry)",
            "DELETE FROM registry_issuanceleg",
        ],
    )
    def test_cannot_be_changed(self, issued, as_owner, attack):
        with as_owner(), refused_by("registry_notified_leg_is_fixed"):
            sql(attack)

    def test_cannot_gain_a_line(self, issued):
        with refused_by("registry_leg_lines_sum_to_notified"), transaction.atomic():
            account = Account.objects.get(registry=issued.registry, kind=Account.Kind.GOVERNMENT)
            LegLine.objects.create(leg=issued, vintage=2020, account=account, quantity=1)

    def test_cannot_name_an_account_of_another_registry(self, issued):
        stranger = Account.objects.get(registry__party__iso2="MN", kind=Account.Kind.GOVERNMENT)
        with refused_by("registry_leg_stays_in_registry"), transaction.atomic():
            _defer()
            host_leg = leg(registered_project(), {2019: 5}, party="MN", state=LegState.NOTIFIED)
            japan_leg = IssuanceLeg.objects.create(
                notification=host_leg.notification, registry=issued.registry, notified=5
            )
            LegLine.objects.create(leg=japan_leg, vintage=2019, account=stranger, quantity=5)
            sql("SET CONSTRAINTS ALL IMMEDIATE")

    def test_cannot_be_called_issued_without_a_transaction(self, issued):
        approved = _leg_unchecked({2019: 5})
        with refused_by("registry_issued_leg_has_transaction"):
            sql("UPDATE registry_issuanceleg SET state = 'issued', issued_on = now() WHERE id = %s", approved.pk)

    def test_cannot_be_approved_by_its_proposer(self, issued):
        proposed = _leg_unchecked({2019: 5}, state=LegState.PROPOSED)
        with refused_by("registry_leg_approved_by_second_person"):
            sql(
                "UPDATE registry_issuanceleg SET state = 'approved', approved_by_id = proposed_by_id, "
                "approved_at = now() WHERE id = %s",
                proposed.pk,
            )

    def test_cannot_skip_a_state(self, issued):
        notified = _leg_unchecked({2019: 5}, state=LegState.NOTIFIED)
        with pytest.raises(ProgrammingError, match="Invalid transition"):
            sql("UPDATE registry_issuanceleg SET state = 'approved' WHERE id = %s", notified.pk)

    def test_cannot_be_issued_at_once_like_a_public_record(self, issued):
        notified = _leg_unchecked({2019: 5}, state=LegState.NOTIFIED)
        first, second = person("First"), person("Second")
        with refused_by("registry_leg_approved_by_second_person"):
            sql(
                "UPDATE registry_issuanceleg SET state = 'issued', issued_on = now(), proposed_by_id = %s, "
                "proposed_at = now(), approved_by_id = %s, approved_at = now() WHERE id = %s",
                first.pk,
                second.pk,
                notified.pk,
            )


def _leg_unchecked(amounts: dict[int, int], **options: str) -> IssuanceLeg:
    """Make a further leg while the deferred rules wait, then let them speak at once again."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        made = leg(registered_project(), amounts, **options)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return made


class TestMovement:
    """An attacker who holds the application's role and writes rows directly."""

    def attack(self, approved: IssuanceLeg, *, first: int = 1, quantity: int = 40, registry=None, **changes: object):
        registry = registry or approved.registry
        series, _ = Series.objects.get_or_create(registry=registry, project=approved.notification.project, vintage=2019)
        entry = Transaction.objects.create(
            registry=registry,
            kind=Transaction.Kind.ISSUANCE,
            idempotency_key=f"attack:{approved.pk}",
            leg=approved,
            at=NOON,
            proposed_by=approved.proposed_by,
            approved_by=approved.approved_by,
            source=approved.source,
        )
        values = {
            "from_account": Account.objects.get(registry=registry, kind=Account.Kind.SOURCE),
            "to_account": Account.objects.get(registry=registry, kind=Account.Kind.GOVERNMENT),
            **changes,
        }
        Movement.objects.create(transaction=entry, series=series, first=first, last=first + quantity - 1, **values)
        return entry

    @pytest.fixture
    def approved(self):
        return leg(registered_project(), {2019: 40})

    def check(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    @pytest.mark.parametrize("quantity", [39, 41, 4000])
    def test_cannot_issue_another_amount(self, approved, quantity):
        with refused_by("registry_issuance_matches_leg"), transaction.atomic():
            self.attack(approved, quantity=quantity)
            self.check()

    def test_cannot_issue_while_the_leg_does_not_say_so(self, approved):
        with refused_by("registry_issuance_has_approved_leg"), transaction.atomic():
            self.attack(approved)
            self.check()

    @pytest.mark.parametrize("first", [2, 41, 1_000_000])
    def test_cannot_leave_a_gap(self, approved, first):
        with refused_by("registry_serials_have_no_gap"), transaction.atomic():
            self.attack(approved, first=first)

    def test_cannot_reuse_serials(self, issued):
        _defer()
        again = leg(issued.notification.project, {2019: 40})
        with refused_by("registry_serials_have_no_gap"), transaction.atomic():
            self.attack(again)

    def test_cannot_reach_another_registry(self, approved):
        stranger = Account.objects.get(registry__party__iso2="MN", kind=Account.Kind.GOVERNMENT)
        with refused_by("registry_nothing_moves_between_registries"), transaction.atomic():
            self.attack(approved, to_account=stranger)

    def test_cannot_come_from_a_holding_account(self, approved):
        holding = Account.objects.get(registry=approved.registry, kind=Account.Kind.GOVERNMENT)
        source = Account.objects.get(registry=approved.registry, kind=Account.Kind.SOURCE)
        with refused_by("registry_issuance_comes_from_source"), transaction.atomic():
            self.attack(approved, from_account=holding, to_account=source)

    def test_cannot_be_issued_by_a_registry_that_was_not_notified(self, approved):
        other = Registry.objects.get(party__iso2="MN")
        with pytest.raises(IntegrityError), transaction.atomic():
            self.attack(approved, registry=other)
            self.check()

    def test_cannot_be_recorded_without_two_people(self, approved):
        with refused_by("registry_transaction_by_two_people"), transaction.atomic():
            approved.approved_by = approved.proposed_by
            self.attack(approved)

    def test_cannot_pretend_to_be_a_public_record(self, approved):
        approved.source, approved.approved_by = Source.PUBLIC_RECORD, None
        with refused_by("registry_issuance_has_approved_leg"), transaction.atomic():
            self.attack(approved)
            self.check()

    def test_cannot_issue_one_leg_twice(self, issued):
        _defer()
        with pytest.raises(IntegrityError, match="leg_id"), transaction.atomic():
            self.attack(issued, first=41)


def _defer() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.django_db(transaction=True)
class TestFinishedTransaction:
    def test_cannot_be_added_to(self):
        with transaction.atomic():
            approved = leg(registered_project(), {2019: 40})
        entry = services.credits_issue(leg_id=approved.pk, at=NOON)
        done = entry.movements.get()
        with refused_by("registry_no_late_movements"):
            Movement.objects.create(
                transaction=entry,
                series=done.series,
                first=41,
                last=50,
                from_account=done.from_account,
                to_account=done.to_account,
            )
        assert CreditBlock.objects.get().last == 40


class TestOverlap:
    def test_is_refused_even_with_every_trigger_of_movements_gone(self, issued, as_owner):
        """The exclusion constraint alone keeps two credits from having one number."""
        with as_owner():
            sql("ALTER TABLE registry_creditblock DISABLE TRIGGER registry_position_only_follows")
            with refused_by("registry_serials_never_overlap"):
                sql(
                    "INSERT INTO registry_creditblock (series_id, first, last, account_id, leg_id) "
                    "SELECT series_id, last, last + 5, account_id, leg_id FROM registry_creditblock"
                )
            sql("ALTER TABLE registry_creditblock ENABLE TRIGGER registry_position_only_follows")


class TestExplained:
    def test_turns_a_rule_into_its_sentence(self, issued):
        with pytest.raises(LedgerRefused) as refusal, explained(), transaction.atomic():
            account = Account.objects.get(registry=issued.registry, kind=Account.Kind.GOVERNMENT)
            LegLine.objects.create(leg=issued, vintage=2020, account=account, quantity=1)
        assert str(refusal.value) == "The amounts by vintage do not sum to the notified amount."
