"""The ledger's rules in PostgreSQL; reversible by ledger_undo.sql."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [
        migrations.RunSQL(
            sql=(SQL / "ledger.sql").read_text(encoding="utf-8"),
            reverse_sql=(SQL / "ledger_undo.sql").read_text(encoding="utf-8"),
        )
    ]
