"""The ledger's rules anew, and with them sql/identity.sql: what history refers to keeps its meaning."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = (SQL / "identity_undo.sql").read_text(encoding="utf-8") + (SQL / "ledger_undo.sql").read_text(encoding="utf-8")
DO = (SQL / "ledger.sql").read_text(encoding="utf-8") + (SQL / "identity.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_execution_writes_its_event")]
    operations = [migrations.RunSQL(sql=UNDO + DO, reverse_sql=UNDO)]
