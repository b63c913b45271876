"""The ledger's rules anew: the lines of a batch are carried out from the middle outwards."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = (SQL / "ledger_undo.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("registry", "0024_only_public_records_are_incomplete")]
    operations = [
        migrations.RunSQL(sql=UNDO + (SQL / "ledger.sql").read_text(encoding="utf-8"), reverse_sql=UNDO),
    ]
