"""The ledger's rules anew: credits leave an account one transaction after the other."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = (SQL / "ledger_undo.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("registry", "0014_accounts_are_applied_for")]
    operations = [
        migrations.RunSQL(sql=UNDO + (SQL / "ledger.sql").read_text(encoding="utf-8"), reverse_sql=UNDO)
    ]
