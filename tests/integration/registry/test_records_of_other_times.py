"""What the application signs in with cannot record other times: tried over a connection of its own, by raw SQL."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from psycopg.errors import CheckViolation

from registry.errors import SENTENCES
from registry.models import Transaction
from tests.factories.holders import holder

RULE = "registry_transaction_is_of_now"
pytestmark = pytest.mark.django_db(transaction=True)


def refused() -> "pytest.RaisesExc[CheckViolation]":
    assert RULE in SENTENCES
    return pytest.raises(CheckViolation, check=lambda error: error.diag.constraint_name == RULE)


@pytest.fixture
def waiting() -> str:
    """Return an approved transfer to an untrusted account, whose waiting time is not over."""
    with transaction.atomic():
        found = holder()
    proposal = found.approve(found.propose(100))
    assert proposal.execute_at > datetime.now(UTC) + timedelta(minutes=2)
    return str(proposal.pk)


EXECUTE = "SELECT entries[1] FROM registry_execute(%s, %s, '{}', '{}')"


def test_waiting_time_cannot_be_skipped_by_a_time_to_come(signed_in, waiting):
    with refused():
        signed_in.execute(EXECUTE, [[waiting], datetime.now(UTC) + timedelta(days=30)])


@pytest.mark.parametrize("table", ["issuancenotification", "issuanceleg"])
def test_what_a_committee_notified_cannot_be_forged_as_a_public_record(signed_in, waiting, table):
    columns = [field.column for field in apps.get_model("registry", table)._meta.concrete_fields if field.name != "id"]
    values = ["'public_record'" if name == "source" else f'"{name}"' for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    with refused():
        signed_in.execute(f"INSERT INTO registry_{table} ({names}) SELECT {', '.join(values)} FROM registry_{table}")


def test_what_happens_now_is_recorded(signed_in, waiting):
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE registry_proposal DISABLE TRIGGER USER")
        cursor.execute("UPDATE registry_proposal SET execute_at = %s WHERE id = %s", [now, waiting])
        cursor.execute("ALTER TABLE registry_proposal ENABLE TRIGGER USER")
    entry = signed_in.execute(EXECUTE, [[waiting], now]).fetchone()
    signed_in.commit()
    assert Transaction.objects.get(pk=entry[0]).proposal_id is not None
