"""Each rule of identity.sql attacked: as the application's role, and as the tables' owner by raw SQL."""

from contextlib import nullcontext

import pytest
from django.db import IntegrityError, connection, transaction

from registry.errors import SENTENCES
from registry.models import Freeze, Movement, Proposal, Transaction
from tests.factories.ledger import NOON
from tests.integration.registry.test_proposals import Desk

pytestmark = pytest.mark.django_db
ALL = "registry_identity_is_fixed"
# What would let credits out of a retirement account, into another registry, to another holder, to another meaning.
REWRITES = [
    "UPDATE registry_account SET kind = 'entity', holder_id = (SELECT min(id) FROM parties_organisation)",
    "UPDATE registry_account a SET registry_id = (SELECT min(id) FROM registry_registry WHERE id <> a.registry_id)",
    "UPDATE registry_account SET holder_id = (SELECT max(id) FROM parties_organisation)",
    "UPDATE registry_account SET number = number || '9'",
    "DELETE FROM registry_account WHERE kind = 'administrative'",
    "UPDATE registry_series SET vintage = 2025 WHERE vintage = 2019",
    "DELETE FROM registry_series",
    "UPDATE registry_registry SET party_id = (SELECT max(id) FROM parties_country)",
    "UPDATE registry_issuancenotification SET decision_number = 'Another'",
    "UPDATE registry_issuancenotification SET signatory_host = 'Somebody else'",
    "UPDATE registry_issuancenotification SET project_id = project_id + 1",
    "DELETE FROM registry_issuancenotification",
    "UPDATE registry_issuanceleg SET proposed_by_id = approved_by_id, approved_by_id = proposed_by_id",
    "UPDATE registry_issuanceleg SET issued_on = '2020-01-01'",
    "UPDATE registry_freeze SET account_id = NULL",
    "UPDATE registry_freeze SET frozen_at = now()",
    "DELETE FROM registry_freeze",
]


def refused_by(constraint: str):
    """Expect PostgreSQL to name this rule, and the rule to have a sentence for people."""
    assert constraint in SENTENCES
    return pytest.raises(IntegrityError, check=lambda error: error.__cause__.diag.constraint_name == constraint)


def sql(statement: str, *values: object) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def commit_now() -> None:
    """Let the rules that wait for the commit speak, and then wait again, as an attacker could."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.done(desk.propose(10, kind="retirement"))
    Freeze.objects.create(
        registry=desk.registry, account=desk.other, reason="Suspected theft", frozen_by=desk.approver, frozen_at=NOON
    )
    commit_now()
    return desk


class TestIdentity:
    @pytest.mark.parametrize("who", ["application", "owner"])
    @pytest.mark.parametrize("attack", REWRITES)
    def test_is_fixed(self, desk, as_owner, attack, who):
        with as_owner() if who == "owner" else nullcontext(), refused_by(ALL):
            sql(attack)

    def test_of_a_lifted_freeze_is_fixed(self, desk):
        lifted = "UPDATE registry_freeze SET lift_proposed_by_id = %s, lift_proposed_at = now(), lifted_by_id = %s, "
        assert sql(lifted + "lifted_at = now()", desk.proposer.pk, desk.approver.pk) == 1
        with refused_by(ALL):
            sql("UPDATE registry_freeze SET lifted_by_id = NULL, lifted_at = NULL")


class TestComparedTransaction:
    """Its database transaction is still open, and the rules that wait for the commit were already called."""

    def test_of_an_issuance_cannot_be_added_to(self, desk):
        entry = Transaction.objects.get(kind="issuance")
        done = entry.movements.order_by("series__vintage").last()
        with refused_by("registry_no_late_movements"), transaction.atomic():
            Movement.objects.create(
                transaction=entry, series=done.series, first=done.last + 1, last=done.last + 10**9,
                from_account=done.from_account, to_account=done.to_account,
            )  # fmt: skip

    def test_of_a_proposal_cannot_be_added_to(self, desk):
        entry = Transaction.objects.get(kind="retirement")
        done = entry.movements.get()
        with refused_by("registry_no_late_movements"), transaction.atomic():
            Movement.objects.create(
                transaction=entry, series=done.series, first=done.last + 1, last=done.last + 5,
                from_account=desk.account, to_account=done.to_account,
            )  # fmt: skip


class TestProposal:
    def test_cannot_be_called_completed_without_a_transaction(self, desk):
        proposal = desk.approve(desk.propose(10, kind="retirement"))
        with refused_by("registry_completed_proposal_has_transaction"), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(state="completed")


class TestClosedAccount:
    def test_is_empty(self, desk):
        with refused_by("registry_closed_account_is_empty"):
            sql("UPDATE registry_account SET state = 'closed' WHERE id = %s", desk.account.pk)

    def test_may_be_one_that_never_held_anything(self, desk):
        assert sql("UPDATE registry_account SET state = 'closed' WHERE id = %s", desk.other.pk) == 1
