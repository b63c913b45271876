"""The ledger's rules anew: fewer statements for a move, and none that reads a whole table."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def text(name: str) -> str:
    """Return one of the SQL files."""
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("registry", "0026_states_move_as_the_table_says")]
    operations = [
        migrations.RunSQL(
            sql=text("ledger_undo.sql") + text("ledger.sql") + text("stays_undo.sql") + text("stays.sql"),
            reverse_sql=text("stays_undo.sql") + text("ledger_undo.sql"),
        ),
    ]
