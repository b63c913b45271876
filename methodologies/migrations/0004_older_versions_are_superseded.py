"""Of several approved versions of a methodology the newest alone is valid."""

from django.db import migrations

SUPERSEDE = """
    UPDATE methodologies_methodologyversion older
       SET status = 'superseded', ended_on = coalesce(newer.approved_on, older.approved_on)
      FROM (SELECT id, lead(approved_on) OVER versions AS approved_on, lead(id) OVER versions AS next
              FROM methodologies_methodologyversion WHERE status = 'approved'
            WINDOW versions AS (PARTITION BY methodology_id ORDER BY string_to_array(version, '.')::int[])) newer
     WHERE newer.id = older.id AND newer.next IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("methodologies", "0003_versions_end")]
    operations = [migrations.RunSQL(sql=SUPERSEDE, reverse_sql=migrations.RunSQL.noop)]
