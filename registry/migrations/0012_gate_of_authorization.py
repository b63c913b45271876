"""The rules of sql/authorizations.sql: a later change of it comes with a migration like this one."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = (SQL / "authorizations_undo.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("registry", "0011_legs_wait_for_authorization")]
    operations = [
        migrations.RunSQL(sql=UNDO + (SQL / "authorizations.sql").read_text(encoding="utf-8"), reverse_sql=UNDO)
    ]
