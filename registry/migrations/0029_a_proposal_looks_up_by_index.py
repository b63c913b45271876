"""The rules of a proposal look up by index too: a session's first plan is kept, whichever function made it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def text(name: str) -> str:
    """Return one of the SQL files."""
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("registry", "0028_the_log_names_no_holder")]
    operations = [
        migrations.RunSQL(sql=text("ledger_undo.sql") + text("ledger.sql"), reverse_sql=text("ledger_undo.sql")),
    ]
