"""Only a public record may lack something, and only the owner takes one over; trusts and applications stay."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = (SQL / "stays_undo.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0002_text_is_searched_by_trigrams'),
        ('registry', '0023_a_movement_reads_once'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='issuanceleg',
            constraint=models.CheckConstraint(condition=models.Q(('incomplete', False), ('source', 'public_record'), _connector='OR'), name='registry_only_a_public_leg_is_incomplete'),
        ),
        migrations.AddConstraint(
            model_name='issuancenotification',
            constraint=models.CheckConstraint(condition=models.Q(('incomplete', False), ('source', 'public_record'), _connector='OR'), name='registry_only_a_public_record_is_incomplete'),
        ),
        migrations.RunSQL(sql=UNDO + (SQL / "stays.sql").read_text(encoding="utf-8"), reverse_sql=UNDO),
    ]
