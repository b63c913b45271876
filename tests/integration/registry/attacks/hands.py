"""How an attack on the tables is written once and carried out twice: by raw SQL, and through the ORM.

An attack is a function of the world and a hand. `change`, `again` and `remove` make the ones that are one statement.
"""

import uuid
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, models
from django.db.models import Func, Value
from django.db.models.expressions import DatabaseDefault

from registry.models import Proposal
from tests.integration.registry.attacks.world import World

DENIED = "permission denied"


class Hand(Protocol):
    """Writes rows."""

    def insert(self, row: models.Model) -> None: ...
    def update(self, row: models.Model, **values: Any) -> None: ...
    def delete(self, row: models.Model) -> None: ...
    def execute(self, proposal: Proposal, at: datetime) -> None: ...


class Orm:
    """Writes through Django's models."""

    def insert(self, row: models.Model) -> None:
        row.save(force_insert=True)

    def update(self, row: models.Model, **values: Any) -> None:
        type(row)._base_manager.filter(pk=row.pk).update(**values)

    def delete(self, row: models.Model) -> None:
        # Not delete(), which asks in Python what refers to the row before it asks the database.
        type(row)._base_manager.filter(pk=row.pk)._raw_delete("default")

    def execute(self, proposal: Proposal, at: datetime) -> None:
        none = Func(Value("{}"), function="", template="(%(expressions)s)::text[]")
        this = Func(Value(proposal.pk), function="ARRAY", template="%(function)s[%(expressions)s]")
        call = Func(this, Value(at), none, none, function="registry_execute", output_field=models.TextField())
        list(Proposal.objects.filter(pk=proposal.pk).values_list(call))


class Raw:
    """Writes SQL with a cursor's `execute`."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def insert(self, row: models.Model) -> None:
        columns, values = [], []
        for field in row._meta.concrete_fields:
            value = getattr(row, field.attname)
            if isinstance(value, DatabaseDefault) or (field.primary_key and value is None):
                continue
            columns.append(f'"{field.column}"')
            values.append(field.get_db_prep_save(value, connection))
        table, key = row._meta.db_table, row._meta.pk.column
        marks = ", ".join(["%s"] * len(values))
        self.cursor.execute(f'INSERT INTO {table} ({", ".join(columns)}) VALUES ({marks}) RETURNING "{key}"', values)
        row.pk = self.cursor.fetchone()[0]

    def update(self, row: models.Model, **values: Any) -> None:
        fields = [row._meta.get_field(name) for name in values]
        told = [
            field.get_db_prep_save(getattr(value, "pk", value), connection)
            for field, value in zip(fields, values.values(), strict=True)
        ]
        marks = ", ".join(f'"{field.column}" = %s' for field in fields)
        self.cursor.execute(f"UPDATE {row._meta.db_table} SET {marks} WHERE {self._key(row)} = %s", [*told, row.pk])

    def delete(self, row: models.Model) -> None:
        self.cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE {self._key(row)} = %s", [row.pk])

    def execute(self, proposal: Proposal, at: datetime) -> None:
        self.cursor.execute("SELECT registry_execute(%s, %s, '{}', '{}')", [[proposal.pk], at])

    def _key(self, row: models.Model) -> str:
        return f'"{row._meta.pk.column}"'


Act = Callable[[World, Hand], None]
Where = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Attack:
    """What is tried, and what refuses it.

    The rule itself refuses the application, or where that is said what stands before it: `application` is DENIED or
    another rule's name. The owner meets the rule itself, for a table's constraint behind a trigger with the triggers
    of the table `alone` gone. `owner_may` is a rule that is not for the owner.
    """

    act: Act
    application: str = ""
    alone: type[models.Model] | None = None
    owner_may: bool = False


def told(row: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values, those that depend on the row worked out."""
    return {name: value(row) if callable(value) else value for name, value in values.items()}


def found(model: type[models.Model], where: Where) -> Any:
    """Return the last row of a table that is so."""
    row = model._base_manager.filter(**where).order_by("pk").last()
    assert row is not None, (model, where)
    return row


def change(model: type[models.Model], where: Where | None = None, /, **values: Any) -> Act:
    """Change columns of a row."""

    def act(_world: World, hand: Hand) -> None:
        row = found(model, where or {})
        hand.update(row, **told(row, values))

    return act


def again(model: type[models.Model], where: Where | None = None, /, **values: Any) -> Act:
    """Write a row once more, but for some columns."""

    def act(_world: World, hand: Hand) -> None:
        row = found(model, where or {})
        hand.insert(twin(row, **told(row, values)))

    return act


def twin(row: Any, /, **values: Any) -> Any:
    """Return a new row like another one, but for some columns."""
    made, key = copy(row), row._meta.pk
    made._state = copy(row._state)
    made._state.adding = True
    if not key.is_relation:
        made.pk = uuid.uuid4() if isinstance(key, models.UUIDField) else None
    for name, value in values.items():
        setattr(made, name, value)
    return made


def remove(model: type[models.Model], where: Where | None = None, /) -> Act:
    """Delete a row."""

    def act(_world: World, hand: Hand) -> None:
        hand.delete(found(model, where or {}))

    return act
