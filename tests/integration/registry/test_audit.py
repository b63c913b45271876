"""The audit finds each breach of an invariant, made here by the tables' owner with the rules switched off."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection

from registry.audit import CHECKS, audit
from tests.integration.registry.test_proposals import Desk

pytestmark = pytest.mark.django_db
TABLES = ("creditblock", "movement", "transaction", "legline", "issuanceleg", "proposal", "proposalline", "logleaf",
          "account", "series", "issuancenotification", "freeze")  # fmt: skip
MOVED = "(SELECT transaction_id FROM registry_movement ORDER BY id DESC LIMIT 1)"
RETIREMENT = "(SELECT id FROM registry_account WHERE kind = 'retirement' ORDER BY number LIMIT 1)"
FREEZE = """
INSERT INTO registry_freeze (registry_id, reason, frozen_by_id, frozen_at)
SELECT registry_id, 'x', proposed_by_id, at - interval '1 hour' FROM registry_transaction WHERE kind = 'transfer'
"""
SECOND_EVENT = """
INSERT INTO core_event (id, name, subject_type, subject_id, subject_label, at, data)
SELECT gen_random_uuid(), name, subject_type, subject_id, '', at, '{}' FROM core_event WHERE name = 'credits.moved'
"""

# (what the owner does, the invariants that are then broken, among others)
BREACHES = [
    ("UPDATE registry_creditblock SET last = last + 7 WHERE first = 1 AND last = 50", {2, 3, 9}),
    ("UPDATE registry_creditblock SET last = last + 90 WHERE first = 1 AND last = 10", {1, 2}),
    ("DELETE FROM registry_creditblock WHERE first = 11", {2, 3, 9}),
    ("UPDATE registry_creditblock SET account_id = (SELECT max(id) FROM registry_account)", {9}),
    (f"UPDATE registry_movement SET from_account_id = {RETIREMENT} WHERE transaction_id = {MOVED}", {4, 6, 9, 12}),
    ("UPDATE registry_movement SET first = first + 1 WHERE first = 1 AND last = 100", {1, 2, 6, 12}),
    ("UPDATE registry_issuanceleg SET notified = notified + 1", {6}),
    ("UPDATE registry_legline SET quantity = quantity + 1", {6}),
    ("UPDATE registry_series SET registry_id = (SELECT max(id) FROM registry_registry)", {7}),
    ("UPDATE registry_account SET state = 'closed' WHERE kind = 'entity'", {7}),
    ("UPDATE registry_transaction SET approved_by_id = (SELECT min(id) FROM core_user) WHERE kind = 'issuance'", {8}),
    ("UPDATE registry_proposal SET execute_at = execute_at + interval '1 day' WHERE state = 'completed'", {8}),
    ("UPDATE registry_series SET vintage = 2021 WHERE vintage = 2020", {6, 12}),
    ("UPDATE registry_legline SET vintage = 2021 WHERE vintage = 2020", {11}),
    ("UPDATE registry_logleaf SET body = replace(body, 'transfer', 'Transfer')", {12}),
    ("DELETE FROM registry_logleaf", {12}),
    ("UPDATE registry_transaction SET at = at + interval '1 second'", {12}),
    ("UPDATE registry_proposal SET state = 'completed' WHERE state = 'approved'", {13}),
    ("UPDATE registry_proposalline SET reserved = NOT reserved", {13}),
    (FREEZE, {14}),
    (SECOND_EVENT, {13}),
]


@pytest.fixture
def desk() -> Desk:
    """Return a desk with something issued, transferred, retired, cancelled, rejected and waiting."""
    desk = Desk()
    desk.done(desk.propose(10))
    desk.done(desk.propose(7, kind="retirement"))
    desk.done(desk.propose(5, kind="cancellation"))
    desk.approve(desk.propose(3, kind="cancellation"))
    desk.propose(2)
    return desk


@contextmanager
def without_rules() -> Iterator[None]:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE registry_{table} DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    yield


class TestAudit:
    def test_finds_nothing_in_a_whole_ledger(self, desk):
        assert audit() == []

    @pytest.mark.parametrize(("breach", "invariants"), BREACHES)
    def test_finds(self, desk, as_owner, breach, invariants):
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with without_rules():
                if "last + 90" in breach:  # what PostgreSQL itself would not have either
                    cursor.execute("ALTER TABLE registry_creditblock DROP CONSTRAINT registry_serials_never_overlap")
                cursor.execute(breach)
                assert cursor.rowcount
            assert invariants <= {finding.invariant for finding in audit()}

    def test_asks_for_every_invariant_but_the_tenth(self):
        assert {check.invariant for check in CHECKS} == {*range(1, 15)} - {10}


class TestCommand:
    def test_says_that_all_is_well(self, desk, capsys):
        call_command("audit_ledger")
        assert capsys.readouterr().out == f"{len(CHECKS)} checks, 0 findings\n"

    def test_ends_with_an_exit_code_where_it_finds_something(self, desk, as_owner, capsys):
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with without_rules():
                cursor.execute("DELETE FROM registry_logleaf")
        with pytest.raises(SystemExit):
            call_command("audit_ledger", "--json")
        found = json.loads(capsys.readouterr().out)["findings"]
        assert {finding["told"] for finding in found} == {"no leaf"}
