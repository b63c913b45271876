"""The triggers that `pgtrigger.ignore` walked through go; each table gets its own that nobody can ignore."""

from django.db import migrations

DROP = r"""
DO $$
DECLARE
    old regprocedure;
BEGIN
    FOR old IN SELECT oid::regprocedure FROM pg_proc
                WHERE pronamespace = 'public'::regnamespace AND proname ~ '^_?pgtrigger_' LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', old);
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_a_delivery_has_one_index_of_its_event")]
    operations = [migrations.RunSQL(sql=DROP, reverse_sql=migrations.RunSQL.noop)]
