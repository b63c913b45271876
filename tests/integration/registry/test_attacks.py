"""Every rule that the database keeps, attacked: by raw SQL as the application, through the ORM as the tables' owner.

And each refusal reaches people as a sentence, in their language. A rule without an attack fails TestEveryRule.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Model
from django.utils import translation

from core.models import AppendOnly
from registry.errors import SENTENCES, LedgerRefused, explained
from tests.integration.registry.attacks import exchange, ledger, tables
from tests.integration.registry.attacks.hands import DENIED, Attack, Orm, Raw
from tests.integration.registry.attacks.world import World

pytestmark = pytest.mark.django_db
MODELS = list(apps.get_app_config("registry").get_models())
SQL = Path(__file__).parents[3] / "registry" / "sql"
RULES = {**tables.TABLES, **ledger.RULES, **exchange.RULES}
HISTORY = "registry_history_is_append_only"
LISTED = [
    (name, attack if isinstance(attack, Attack) else Attack(attack))
    for name, attacks in [*RULES.items(), (HISTORY, exchange.LOG_IS_APPEND_ONLY)]
    for attack in (attacks if isinstance(attacks, tuple) else (attacks,))
]
FIRST = dict(reversed(LISTED))
each = pytest.mark.parametrize(("rule", "attack"), LISTED, ids=[name for name, _attack in LISTED])


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Make the world once for all: each attack runs in a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def carry_out(act: Callable[[], None], *, alone: type[Model] | None = None) -> None:
    """Do it and let the rules that wait for the commit speak."""
    with transaction.atomic(), connection.cursor() as cursor:
        if alone:
            cursor.execute(f"ALTER TABLE {alone._meta.db_table} DISABLE TRIGGER USER")
        act()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refusal(act: Callable[[], None], *, alone: type[Model] | None = None) -> str:
    """Return the name of the rule that refuses."""
    try:
        carry_out(act, alone=alone)
    except IntegrityError as error:
        return str(error.__cause__.diag.constraint_name)
    except ProgrammingError as error:
        return DENIED if DENIED in str(error) else str(error)
    return "nobody"


def told(world: World, attack: Attack, as_owner, signed_in: psycopg.Connection) -> LedgerRefused:
    """Return what a person is told of the refusal."""
    with pytest.raises(LedgerRefused) as refused, explained():
        if attack.owner_may:
            with connection.wrap_database_errors, signed_in.transaction(), signed_in.cursor() as cursor:
                attack.act(world, Raw(cursor))
        else:
            with as_owner():
                carry_out(lambda: attack.act(world, Orm()), alone=attack.alone)
    return refused.value


class TestAttack:
    @each
    def test_by_raw_sql_of_the_application_is_refused(self, world, signed_in, rule, attack):
        if attack.owner_may:  # the tests' own session is the owner's, whatever role it acts as
            with pytest.raises(psycopg.IntegrityError) as refused, signed_in.cursor() as cursor:
                attack.act(world, Raw(cursor))
            assert refused.value.diag.constraint_name == rule
            return
        with connection.cursor() as cursor:
            assert refusal(lambda: attack.act(world, Raw(cursor))) == (attack.application or rule)

    @each
    def test_through_the_orm_by_the_owner_is_refused(self, world, as_owner, rule, attack):
        with as_owner():
            refused = refusal(lambda: attack.act(world, Orm()), alone=attack.alone)
        if attack.owner_may:
            assert refused != rule
        else:
            assert refused == rule

    @pytest.mark.parametrize("rule", FIRST)
    def test_is_told_in_a_sentence_of_the_readers_language(self, world, as_owner, signed_in, rule):
        refused = told(world, FIRST[rule], as_owner, signed_in)
        assert refused.constraint == rule
        with translation.override("en"):
            english = str(SENTENCES.get(rule, LedgerRefused.title))
            assert str(refused) == english
        with translation.override("ja"):
            assert str(told(world, FIRST[rule], as_owner, signed_in)) not in {"", english}


class TestAppendOnlyTables:
    @pytest.mark.parametrize("model", [model for model in apps.get_models() if issubclass(model, AppendOnly)])
    def test_take_no_rewriting_from_the_application(self, world, model):
        table, column = model._meta.db_table, model._meta.pk.column
        attacks = [f'UPDATE {table} SET "{column}" = "{column}"', f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"]
        if getattr(model, "written_by_trigger", False):
            attacks.append(f"INSERT INTO {table} SELECT * FROM {table}")
        with connection.cursor() as cursor:
            for attack in attacks:
                assert refusal(lambda attack=attack: cursor.execute(attack)) == DENIED


def rules() -> set[str]:
    """Return every rule: the tables' constraints, the columns that are unique by themselves, and what is written."""
    named = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    once = {
        f"{model._meta.db_table}_{field.column}_key"
        for model in MODELS
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key
    }
    return named | once | written()


def written() -> set[str]:
    """Return the rules of the SQL files."""
    texts = [file.read_text("utf-8") for file in SQL.glob("*.sql")]
    return {name for text in texts for name in re.findall(r"CONSTRAINT = '(\w+)'", text)}


class TestEveryRule:
    def test_is_attacked(self):
        assert RULES.keys() == rules()

    def test_that_is_written_in_sql_has_a_sentence_of_its_own(self):
        assert written() <= SENTENCES.keys() <= RULES.keys()
