"""Which tables keep what their rows said before and after, derived from the models after every migrate.

All tables of people and cases do. What is only ever added to (AppendOnly) needs no history beside itself, and a model
that says `keeps_changes = False` tells why.
"""

from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import Model
from psycopg import sql

from core.models import AppendOnly

APPS = ("core", "parties", "methodologies", "projects", "registry", "committee", "article6")


def kept() -> list[type[Model]]:
    """Return the models whose rows' changes are kept."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in APPS and not issubclass(model, AppendOnly) and getattr(model, "keeps_changes", True)
    ]


def apply(*, using: str = "default", **_kwargs: Any) -> None:
    """Put the trigger on every such table, and take it from those that no longer need it."""
    wanted = {model._meta.db_table: model for model in kept()}
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'core_row_changed' AND NOT tgisinternal"
        )
        present = {table for (table,) in cursor.fetchall()}
        for table in present - wanted.keys():
            cursor.execute(sql.SQL("DROP TRIGGER core_row_changed ON {}").format(sql.Identifier(table)))
        for table in wanted.keys() - present:
            _watch(cursor, wanted[table])


def _watch(cursor: Any, model: type[Model]) -> None:
    assert model._meta.pk is not None
    arguments = [model._meta.pk.column, *getattr(model, "hidden_from_changes", ())]
    cursor.execute(
        sql.SQL(
            "CREATE TRIGGER core_row_changed AFTER INSERT OR UPDATE OR DELETE ON {} "
            "FOR EACH ROW EXECUTE FUNCTION core_row_changed({})"
        ).format(sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Literal, arguments)))
    )
