"""Each rule of reconciliation.sql, and of the tables, attacked: as the application's role and as the tables' owner."""

from contextlib import nullcontext

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from registry.models import Counterpart, Cycle, Difference, Message, Receipt
from tests.factories import exchange
from tests.integration.registry.test_identity_rules import refused_by, sql
from tests.integration.registry.test_table_rules import Again

pytestmark = pytest.mark.django_db
TABLES = {"message": "hash", "receipt": "body", "refusedmessage": "receipt", "difference": "theirs"}
REWRITES = ("UPDATE registry_{} SET {} = NULL", "DELETE FROM registry_{}")


@pytest.fixture
def world(holder):
    """A counterpart with a cycle that people examine, one that agreed, and a message that was refused."""
    made = exchange.counterpart(holder.registry, holder.people["keeper"], holder.people["second_keeper"])
    other = exchange.side(made)
    exchange.compared(other, made, "bad-signature")
    exchange.compared(other, made, "owner")
    return holder


class TestAppendOnly:
    @pytest.mark.parametrize("table", TABLES)
    @pytest.mark.parametrize("attack", REWRITES)
    def test_holds_against_the_owner(self, world, as_owner, table, attack):
        with as_owner(), refused_by("registry_exchange_is_append_only"):
            sql(attack.format(table, TABLES[table]))

    @pytest.mark.parametrize("table", TABLES)
    @pytest.mark.parametrize(
        "attack", ["UPDATE registry_{} SET {} = NULL", "DELETE FROM registry_{}", "TRUNCATE registry_{} CASCADE"]
    )
    def test_is_not_even_granted_to_the_application(self, world, table, attack):
        with pytest.raises(ProgrammingError, match="permission denied"):
            sql(attack.format(table, TABLES[table]))


FIXED = [
    ("registry_counterpart_is_fixed", "UPDATE registry_counterpart SET public_key = 'x'"),
    ("registry_counterpart_is_fixed", "UPDATE registry_counterpart SET code = 'OTHER'"),
    ("registry_counterpart_is_fixed", "UPDATE registry_counterpart SET confirmed_at = now()"),
    ("registry_counterpart_is_fixed", "DELETE FROM registry_counterpart"),
    ("registry_cycle_is_fixed", "UPDATE registry_cycle SET as_of = now()"),
    ("registry_cycle_is_fixed", "UPDATE registry_cycle SET theirs_sha256 = ours_sha256 WHERE state = 'manual'"),
    ("registry_cycle_is_fixed", "UPDATE registry_cycle SET ended_at = now() WHERE state = 'closed'"),
    ("registry_cycle_is_fixed", "DELETE FROM registry_cycle"),
    ("registry_differences_need_two_people", "UPDATE registry_cycle SET state = 'corrected' WHERE state = 'manual'"),
    ("registry_freeze_keeps_its_cause", "UPDATE registry_freeze SET cycle_id = NULL"),
]


class TestFixed:
    @pytest.mark.parametrize("who", ["application", "owner"])
    @pytest.mark.parametrize(("rule", "attack"), FIXED)
    def test_stays(self, world, as_owner, rule, attack, who):
        with as_owner() if who == "owner" else nullcontext(), refused_by(rule):
            sql(attack)

    def test_counterpart_that_was_stopped_stays_stopped(self, world):
        user = world.people["keeper"].pk
        sql("UPDATE registry_counterpart SET stopped_by_id = %s, stopped_at = now()", user)
        with refused_by("registry_counterpart_is_fixed"):
            sql("UPDATE registry_counterpart SET stopped_by_id = NULL, stopped_at = NULL")

    def test_cycle_with_differences_is_not_closed_by_one_person(self, world):
        user = world.people["keeper"].pk
        sql(
            "UPDATE registry_cycle SET state = 'corrected', corrected_by_id = %s, corrected_at = now(),"
            " correction = 'x' WHERE state = 'manual'", user,
        )  # fmt: skip
        with refused_by("registry_differences_need_two_people"):
            sql("UPDATE registry_cycle SET state = 'closed', ended_at = now() WHERE state = 'corrected'")
        with refused_by("registry_cycle_closed_by_second_person"):
            sql(
                "UPDATE registry_cycle SET state = 'closed', ended_at = now(), closed_by_id = %s, reason = 'x'"
                " WHERE state = 'corrected'", user,
            )  # fmt: skip

    def test_cycle_begins_at_its_beginning(self, world):
        with refused_by("registry_cycle_is_fixed"), transaction.atomic():
            Cycle.objects.create(
                counterpart=Counterpart.objects.get(), as_of=timezone.now(), started_at=timezone.now(), state="manual"
            )

    def test_cycle_goes_its_way(self, world, as_owner):
        with as_owner(), pytest.raises(Exception, match="Invalid transition"):
            sql("UPDATE registry_cycle SET state = 'totals_ok' WHERE state = 'manual'")

    def test_difference_is_not_slipped_in(self, world):
        cycle = Cycle.objects.get(state="closed")
        with refused_by("registry_difference_is_found_in_exchange"), transaction.atomic():
            Difference.objects.create(cycle=cycle, kind="owner", reference="x")


def forged(**changed: object) -> Message:
    """Return a further message like the last one, but for some columns, not saved."""
    last = Message.objects.filter(direction="in").latest("sequence_no")
    header = last.header.replace(f'"sequence_no":{last.sequence_no}', f'"sequence_no":{last.sequence_no + 1}')
    header = header.replace(str(last.message_id), "00000000-0000-4000-8000-000000000000")
    before = last.envelope["prev_hash"]
    header = header.replace(before, last.hash)
    columns = {
        "counterpart": last.counterpart, "direction": "in", "sequence_no": last.sequence_no + 1, "type": last.type,
        "message_id": "00000000-0000-4000-8000-000000000000", "correlation_id": last.correlation_id, "header": header,
        "payload": last.payload, "hash": exchange.conformance.sha256(header), "at": timezone.now(),
    }  # fmt: skip
    return Message(**columns | changed)


class TestMessage:
    def test_follows_the_last_one(self, world):
        forged().save()  # a true header, though nobody signed it: signatures are the service's to check
        with refused_by("registry_messages_have_no_gap"), transaction.atomic():
            forged(sequence_no=90).save()
        header = forged().header
        broken = header.replace(forged().hash, "x").replace(Message.objects.latest("pk").hash, "0" * 64)
        with refused_by("registry_messages_have_no_gap"), transaction.atomic():
            forged(header=broken, hash=exchange.conformance.sha256(broken)).save()

    @pytest.mark.parametrize(
        "changed",
        [
            {"hash": "0" * 64}, {"payload": "{}"}, {"type": "SNAPSHOT_TOTALS"},
            {"message_id": "00000000-0000-4000-8000-000000000001"},
            {"correlation_id": "00000000-0000-4000-8000-000000000001"},
        ],
    )  # fmt: skip
    def test_is_what_its_header_says(self, world, changed):
        with refused_by("registry_message_is_its_header"), transaction.atomic():
            forged(**changed).save()

    def test_is_none_of_a_counterpart_out_of_use(self, world):
        message = forged()
        sql("UPDATE registry_counterpart SET stopped_by_id = %s, stopped_at = now()", world.people["keeper"].pk)
        with refused_by("registry_counterpart_is_in_use"), transaction.atomic():
            message.save()

    def test_has_a_receipt_of_its_own(self, world):
        message = forged()
        message.save()
        another = Receipt.objects.filter(message__direction="in").first()
        with refused_by("registry_receipt_is_for_its_message"), transaction.atomic():
            Receipt.objects.create(message=message, body=another.body, at=timezone.now())


# What each table's own constraint refuses, with its triggers gone.
ATTACKS = {
    "registry_counterpart_once": Again("counterpart"),
    "registry_counterpart_has_name": "UPDATE registry_counterpart SET code = 'small letters'",
    "registry_counterpart_confirmed_by_second_person": (
        "UPDATE registry_counterpart SET confirmed_by_id = entered_by_id"
    ),
    "registry_counterpart_stop_has_who_and_when": "UPDATE registry_counterpart SET stopped_at = now()",
    "registry_message_number_once": Again("message", message_id="gen_random_uuid()"),
    "registry_message_once": Again("message", sequence_no="900"),
    "registry_cycle_once": Again("cycle", id="gen_random_uuid()", state="'manual'", ended_at="NULL"),
    "registry_one_cycle_in_exchange": (
        "UPDATE registry_cycle SET state = 'initiated', ended_at = NULL, closed_by_id = NULL, reason = ''"
    ),
    "registry_correction_has_who_when_and_what": "UPDATE registry_cycle SET corrected_at = now()",
    "registry_cycle_closed_by_second_person": "UPDATE registry_cycle SET reason = 'x'",
    "registry_closed_cycle_has_time": "UPDATE registry_cycle SET ended_at = NULL WHERE state = 'closed'",
    "registry_freeze_by_person_or_comparison": "UPDATE registry_freeze SET cycle_id = NULL",
}


class TestConstraint:
    @pytest.mark.parametrize("name", ATTACKS)
    def test_holds_alone(self, world, as_owner, name):
        attack = str(ATTACKS[name])
        table = attack.replace("INSERT INTO ", "").replace("UPDATE ", "").split(" ", 1)[0]
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            with pytest.raises(IntegrityError) as refusal, transaction.atomic():
                cursor.execute(attack)
        assert refusal.value.__cause__.diag.constraint_name == name
