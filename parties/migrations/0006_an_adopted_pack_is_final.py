from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_settings_become_the_first_pack'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='partnership',
            name='parties_electronic_decision_takes_a_day',
        ),
        migrations.RemoveField(
            model_name='partnership',
            name='completeness_days',
        ),
        # The default is for the way back.
        migrations.AlterField(
            model_name='partnership',
            name='decision_time_zone',
            field=models.CharField(default='UTC', max_length=40),
        ),
        migrations.RemoveField(
            model_name='partnership',
            name='decision_time_zone',
        ),
        migrations.RemoveField(
            model_name='partnership',
            name='electronic_decision_days',
        ),
        migrations.RunSQL(
            sql=(SQL / "packs.sql").read_text(encoding="utf-8"),
            reverse_sql=(SQL / "packs_undo.sql").read_text(encoding="utf-8"),
        ),
    ]
