"""Movements without foreign keys: the trigger compares what they name, and what they name cannot be deleted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0021_a_move_pays_for_few_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='movement',
            name='from_account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='movements_out', to='registry.account'),
        ),
        migrations.AlterField(
            model_name='movement',
            name='series',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='registry.series'),
        ),
        migrations.AlterField(
            model_name='movement',
            name='to_account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='movements_in', to='registry.account'),
        ),
    ]
