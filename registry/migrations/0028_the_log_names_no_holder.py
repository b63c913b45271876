"""Holders' accounts get a name of their own in the public log; those that it has named by number already keep that."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


def text(name: str) -> str:
    """Return one of the SQL files."""
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("registry", "0027_a_move_looks_up_by_index")]
    operations = [
        migrations.AddField(
            model_name="account",
            name="log_name",
            field=models.CharField(
                db_index=True, default="", editable=False, max_length=24, verbose_name="name in the public log"
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(sql="UPDATE registry_account SET log_name = number", reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(
            sql=text("names.sql") + text("ledger_undo.sql") + text("ledger.sql"),
            reverse_sql=text("names_undo.sql") + text("ledger_undo.sql"),
        ),
    ]
