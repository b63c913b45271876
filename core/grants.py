"""What the application's database role may do, derived from the models after every migrate.

The owner's role makes tables; the application signs in with a second role that may read and write rows but neither
change the schema nor rewrite history: rows of AppendOnly models can be added and read, nothing else.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from psycopg import sql

from core.models import AppendOnly


def apply(*, using: str = "default", **_kwargs: Any) -> None:
    """Grant the application's role its rights on every table of the schema."""
    role = sql.Identifier(settings.APP_ROLE)
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.APP_ROLE])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}",
        ):
            cursor.execute(sql.SQL(statement).format(role))
        for model in apps.get_models():
            if issubclass(model, AppendOnly):
                _restrict(cursor, model._meta.db_table, getattr(model, "written_by_trigger", False), role)


def _restrict(cursor: Any, table: str, by_trigger: bool, role: sql.Identifier) -> None:  # noqa: FBT001
    rights = "INSERT, UPDATE, DELETE" if by_trigger else "UPDATE, DELETE"
    cursor.execute(sql.SQL("REVOKE {}, TRUNCATE ON {} FROM {}").format(sql.SQL(rights), sql.Identifier(table), role))
