"""The ledger's rules in PostgreSQL, whole: a later change of sql/ledger.sql comes with a migration like this one."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = (SQL / "ledger_undo.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_credits_move_by_proposals")]
    operations = [
        migrations.RunSQL(sql=UNDO + (SQL / "ledger.sql").read_text(encoding="utf-8"), reverse_sql=UNDO)
    ]
