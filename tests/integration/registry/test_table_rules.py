"""Each constraint of the ledger's tables holds alone, with every trigger of the table gone: raw SQL by their owner.

And no rule is left out: each that the SQL or a model names is attacked in some test of this folder.
"""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from registry.errors import SENTENCES, LedgerRefused, explained
from registry.holdings import Wanted
from registry.models import Account, CreditBlock, Freeze, Movement, Proposal, Transaction, TrustedAccount
from tests.factories.ledger import NOON
from tests.integration.registry.test_identity_rules import refused_by, sql
from tests.integration.registry.test_proposals import Desk

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
SQL = HERE.parents[2] / "registry" / "sql"


class Again(dict[str, str]):
    """An attack that writes the last row of a table once more, but for some columns."""

    def __init__(self, table: str, **changes: str) -> None:
        super().__init__(changes)
        self.table = table

    def __str__(self) -> str:
        with connection.cursor() as cursor:
            described = connection.introspection.get_table_description(cursor, f"registry_{self.table}")
        columns = [f'"{column.name}"' for column in described if column.name != "id" or "id" in self]
        values = ", ".join(self.get(column.strip('"'), column) for column in columns)
        table = f"registry_{self.table}"
        return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} ORDER BY id DESC LIMIT 1"


# What each table's own constraint refuses. An attack on a table is carried out with the table's triggers gone.
ATTACKS = {
    "registry_one_account_of_each_government_kind": Again("account", kind="'retirement'", number="'X'"),
    "registry_entity_account_has_holder": "UPDATE registry_account SET holder_id = NULL WHERE kind = 'entity'",
    "registry_government_accounts_are_open": "UPDATE registry_account SET state = 'suspended' WHERE kind = 'source'",
    "registry_representative_once": Again("accountrepresentative"),
    "registry_representative_ends_after_start": "UPDATE registry_accountrepresentative SET valid_until = '2000-01-01'",
    "registry_trusted_once": Again("trustedaccount"),
    "registry_trusts_another": "UPDATE registry_trustedaccount SET destination_id = account_id",
    "registry_notification_has_decision_and_two_signatories": (
        "UPDATE registry_issuancenotification SET signatory_host = signatory_acquirer"
    ),
    "registry_one_leg_per_party": Again("issuanceleg"),
    "registry_leg_proposal_has_who_and_when": "UPDATE registry_issuanceleg SET proposed_at = NULL",
    "registry_leg_approval_has_who_and_when": "UPDATE registry_issuanceleg SET approved_at = NULL",
    "registry_leg_approved_by_second_person": "UPDATE registry_issuanceleg SET approved_by_id = proposed_by_id",
    "registry_issued_leg_has_date": "UPDATE registry_issuanceleg SET issued_on = NULL",
    "registry_only_zero_leg_closes": "UPDATE registry_issuanceleg SET state = 'closed'",
    "registry_line_once": Again("legline"),
    "registry_line_is_positive": "UPDATE registry_legline SET quantity = 0",
    "registry_transaction_by_two_people": "UPDATE registry_transaction SET approved_by_id = proposed_by_id",
    "registry_transaction_has_its_cause": "UPDATE registry_transaction SET kind = 'transfer' WHERE kind = 'issuance'",
    "registry_transaction_key_once": "UPDATE registry_transaction SET idempotency_key = 'same'",
    "registry_movement_has_a_range": "UPDATE registry_movement SET last = first - 1",
    "registry_movement_goes_elsewhere": "UPDATE registry_movement SET to_account_id = from_account_id",
    "registry_block_starts_once": Again("creditblock", last="last"),
    "registry_serials_never_overlap": Again("creditblock", first="first + 1"),
    "registry_series_once": Again("series"),
    "registry_vintage_is_a_year": "UPDATE registry_series SET vintage = 2012",
    "registry_proposal_key_once": Again("proposal", id="gen_random_uuid()"),
    "registry_approval_has_who_when_and_time": "UPDATE registry_proposal SET execute_at = now()",
    "registry_proposal_approved_by_second_person": "UPDATE registry_proposal SET approved_by_id = proposed_by_id",
    "registry_end_has_its_time": "UPDATE registry_proposal SET ended_by_id = proposed_by_id, ended_at = NULL",
    "registry_correction_has_decision": "UPDATE registry_proposal SET kind = 'correction'",
    "registry_line_has_a_range": "UPDATE registry_proposalline SET first = 0",
    "registry_credits_reserved_once": Again("proposalline", first="first"),
    "registry_freeze_names_what": "UPDATE registry_freeze SET first = 1",
    "registry_lift_proposal_has_who_and_when": "UPDATE registry_freeze SET lift_proposed_at = now()",
    "registry_freeze_lifted_by_two": (
        "UPDATE registry_freeze SET lift_proposed_by_id = frozen_by_id, lift_proposed_at = now(), "
        "lifted_by_id = frozen_by_id, lifted_at = now()"
    ),
    "registry_freeze_has_reason": "UPDATE registry_freeze SET reason = ''",
}


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.done(desk.propose(10, kind="retirement"))
    desk.propose(5)
    Freeze.objects.create(
        registry=desk.registry, account=desk.other, reason="Drill", frozen_by=desk.approver, frozen_at=NOON
    )
    TrustedAccount.objects.create(
        account=desk.account, destination=desk.other, added_by=desk.approver, added_at=NOON, effective_from=NOON.date()
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return desk


class TestConstraint:
    @pytest.mark.parametrize("name", ATTACKS)
    def test_holds_alone(self, desk, as_owner, name):
        attack = str(ATTACKS[name])
        with as_owner(), connection.cursor() as cursor:
            table = re.search(r"registry_\w+", attack)
            assert table
            cursor.execute(f"ALTER TABLE {table[0]} DISABLE TRIGGER USER")
            with pytest.raises(IntegrityError) as refusal, transaction.atomic():
                cursor.execute(attack)
        assert refusal.value.__cause__.diag.constraint_name == name

    def test_has_a_sentence_even_where_nobody_should_meet_it(self, desk):
        with pytest.raises(LedgerRefused) as refusal, explained(), transaction.atomic():
            Freeze.objects.create(registry=desk.registry, reason="", frozen_by=desk.approver, frozen_at=NOON)
        assert str(refusal.value) == "The ledger refused this; nothing was recorded."


def rules_of_sql() -> set[str]:
    return {name for file in SQL.glob("*.sql") for name in re.findall(r"CONSTRAINT = '(\w+)'", file.read_text("utf-8"))}


def rules_of_models() -> set[str]:
    ledger = {f"registry.models.{name}" for name in ("accounts", "issuance", "ledger", "proposals")}
    models = [model for model in apps.get_app_config("registry").get_models() if model.__module__ in ledger]
    return {constraint.name for model in models for constraint in model._meta.constraints}


class TestEveryRule:
    def test_of_the_sql_files_has_a_sentence(self):
        assert rules_of_sql() - SENTENCES.keys() == set()

    def test_is_attacked(self):
        attacked = " ".join(file.read_text("utf-8") for file in HERE.glob("test_*.py"))
        assert {name for name in rules_of_sql() | rules_of_models() if name not in attacked} == set()


class Forged:
    """A transaction written row by row by somebody who has the application's role."""

    def __init__(self, desk: Desk, kind: str, target: Account, *, first: int = 11, freeze: bool = False) -> None:
        proposal = desk.approve(desk.propose(5, kind=kind, wanted=Wanted(first=first, last=first + 4)))
        if freeze:
            Freeze.objects.create(registry=desk.registry, reason="Drill", frozen_by=desk.approver, frozen_at=NOON)
        block = CreditBlock.objects.filter(series=proposal.lines.get().series, account=desk.account).get()
        self.entry = Transaction.objects.create(
            registry=desk.registry, kind=kind, idempotency_key="forged", proposal=proposal, at=proposal.execute_at,
            proposed_by=desk.proposer, approved_by=desk.approver,
        )  # fmt: skip
        Movement.objects.create(
            transaction=self.entry, series=block.series, first=first, last=first + 3, from_account=desk.account,
            to_account=target,
        )  # fmt: skip
        Proposal.objects.filter(pk=proposal.pk).update(state="completed")


class TestForgedTransaction:
    """What is left of the attacks on ledger.sql."""

    def test_moves_what_its_proposal_says(self):
        desk = Desk()
        with refused_by("registry_transaction_matches_proposal"), transaction.atomic():
            Forged(desk, "transfer", desk.other)
            sql("SET CONSTRAINTS ALL IMMEDIATE")

    def test_of_a_transfer_does_not_retire(self):
        desk = Desk()
        retirement = Account.objects.get(registry=desk.registry, kind="retirement")
        with refused_by("registry_kind_goes_to_its_account"), transaction.atomic():
            Forged(desk, "transfer", retirement)

    def test_of_a_retirement_does_not_transfer(self):
        desk = Desk()
        with refused_by("registry_kind_goes_to_its_account"), transaction.atomic():
            Forged(desk, "retirement", desk.other)

    def test_waits_for_its_time(self):
        desk = Desk()
        proposal = desk.approve(desk.propose(5))
        with refused_by("registry_only_approved_is_executed"):
            sql("SELECT registry_execute(%s, %s, '{}', '{}')", proposal.pk, NOON)

    def test_does_not_touch_what_is_frozen(self):
        desk = Desk()
        with refused_by("registry_frozen_does_not_move"), transaction.atomic():
            Forged(desk, "transfer", desk.other, freeze=True)

    def test_does_not_touch_a_suspended_account(self):
        desk = Desk()
        Account.objects.filter(pk=desk.other.pk).update(state="suspended")
        with refused_by("registry_accounts_are_open"), transaction.atomic():
            Forged(desk, "transfer", desk.other)


class TestProposal:
    @pytest.mark.parametrize(
        ("attack", "rule"),
        [
            ("UPDATE registry_proposalline SET last = last + 1", "registry_proposal_is_fixed"),
            ("UPDATE registry_proposal SET proposed_at = now()", "registry_proposal_is_fixed"),
            ("DELETE FROM registry_proposalline", "registry_proposal_is_fixed"),
            ("UPDATE registry_proposalline SET reserved = false", "registry_reserved_while_open"),
        ],
    )
    def test_is_not_rewritten(self, attack, rule):
        Desk().propose(5)
        with refused_by(rule):
            sql(attack)
