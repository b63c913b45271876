"""Decisions, ballots and those who speak for others: the rules of sql/.

A later change of a file comes with a migration like this one.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
FILES = ("decisions", "voices")


def text(name: str) -> str:
    """Return one of the SQL files."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("committee", "0001_initial")]
    operations = [
        migrations.RunSQL(sql=text(f"{name}_undo") + text(name), reverse_sql=text(f"{name}_undo")) for name in FILES
    ]
