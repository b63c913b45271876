"""The ledger's rules anew: executing a proposal writes its event and deliveries too."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = (SQL / "ledger_undo.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [('registry', '0007_an_end_has_its_time'), ('core', '0001_initial')]
    operations = [
        migrations.RunSQL(sql=UNDO + (SQL / "ledger.sql").read_text(encoding="utf-8"), reverse_sql=UNDO)
    ]
