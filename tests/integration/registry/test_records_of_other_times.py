"""What the application signs in with cannot record other times: tried over a connection of its own, by raw SQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from psycopg.errors import CheckViolation

from registry.errors import SENTENCES
from registry.models import Transaction
from tests.factories.holders import holder

RULE = "registry_transaction_is_of_now"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def application() -> Iterator[psycopg.Connection]:
    """Return a connection that is signed in as the application, as the web server's is."""
    where = connection.settings_dict
    try:
        signed_in = psycopg.connect(
            host=where["HOST"], port=where["PORT"] or None, dbname=where["NAME"], user=settings.APP_ROLE
        )
    except psycopg.OperationalError:
        pytest.skip("the application's role cannot sign in to this server without a password")
    with signed_in:
        yield signed_in


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


EXECUTE = "SELECT entry FROM registry_execute(%s, %s, '{}', '{}')"


def test_waiting_time_cannot_be_skipped_by_a_time_to_come(application, waiting):
    with refused():
        application.execute(EXECUTE, [waiting, datetime.now(UTC) + timedelta(days=30)])


def test_credits_cannot_be_issued_as_a_public_record(application, waiting):
    with refused():
        application.execute(
            "INSERT INTO registry_transaction (id, registry_id, kind, idempotency_key, proposal_id, at, source) "
            "SELECT gen_random_uuid(), registry_id, kind, 'forged', id, now(), 'public_record' FROM registry_proposal "
            "WHERE id = %s",
            [waiting],
        )


def test_what_happens_now_is_recorded(application, waiting):
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE registry_proposal DISABLE TRIGGER USER")
        cursor.execute("UPDATE registry_proposal SET execute_at = %s WHERE id = %s", [now, waiting])
        cursor.execute("ALTER TABLE registry_proposal ENABLE TRIGGER USER")
    entry = application.execute(EXECUTE, [waiting, now]).fetchone()
    application.commit()
    assert Transaction.objects.get(pk=entry[0]).proposal_id is not None
