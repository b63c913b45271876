"""A workflow's table as a rule of PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Model


class LegalMoves(BaseConstraint):
    """A row's state changes only along the edges (from, to) of its workflow, whoever changes it.

    A trigger, since a check sees one version of a row; without a way to ignore it. Its refusal is an IntegrityError
    that carries the name. A row may be inserted in any state: imports need that.
    """

    def __init__(self, *, name: str, field: str, edges: Sequence[tuple[str, str]]) -> None:
        self.field = field
        self.edges = [tuple(edge) for edge in edges]
        super().__init__(name=name)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field, "edges": self.edges}

    def __eq__(self, other: object) -> bool:
        if isinstance(other, LegalMoves):
            return (self.name, self.field, self.edges) == (other.name, other.field, other.edges)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> None:  # type: ignore[override]
        """Follow the table instead of being part of it."""
        assert schema_editor is not None
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model: type[Model] | None, _schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None
        column = model._meta.get_field(self.field).column  # type: ignore[union-attr]
        table = model._meta.db_table
        moves = ", ".join(f"'{a}:{b}'" for a, b in self.edges)
        return f"""
            CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.{column} <> OLD.{column} AND OLD.{column} || ':' || NEW.{column} NOT IN ({moves}) THEN
                    RAISE EXCEPTION '{table} does not go from "%" to "%"', OLD.{column}, NEW.{column}
                        USING ERRCODE = 'check_violation', CONSTRAINT = '{self.name}';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER {self.name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {self.name}()
            """

    def remove_sql(self, _model: type[Model] | None, _schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        return f"DROP FUNCTION {self.name}() CASCADE"

    def validate(self, *_args: Any, **_kwargs: Any) -> None:
        """Say nothing of a form: services ask the workflow, and PostgreSQL has the last word."""
