"""Where credits were at any moment, computed from the movements alone, never from the positions of today.

A credit is where the latest movement that took it went to. So the blocks of a moment are what each movement brought
into an account, less what left that account later: range arithmetic, in one statement.
"""

from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.datastructures import BaseTable

from registry.models import Account, CreditBlock, Series

# A part is named by the movement that brought it, so that parts sort as the ledger was written: 2^24 names for each.
# Grouping by series and account too lets PostgreSQL look at one account's movements only. It is told the accounts that
# issue, not how to find them: so it knows how few movements are issuances, and hashes them.
# Its parameters: the moment, twice, and the source accounts.
BLOCKS = """
SELECT stay.id * 16777216 + number AS id, stay.series_id, lower(part) AS first, upper(part) - 1 AS last,
       stay.to_account_id AS account_id, origin.leg_id
  FROM (
        SELECT came.id, came.series_id, came.first, came.last, came.to_account_id,
               coalesce(range_agg(int8range(went.first, went.last, '[]')) FILTER (WHERE went.id > 0), '{}') AS gone
          FROM registry_movement came
          JOIN registry_transaction arrival ON arrival.id = came.transaction_id AND arrival.at <= %s
          LEFT JOIN (
               registry_movement went
               JOIN registry_transaction departure ON departure.id = went.transaction_id AND departure.at <= %s
          ) ON went.series_id = came.series_id AND went.from_account_id = came.to_account_id AND went.id > came.id
               AND went.first <= came.last AND went.last >= came.first
         GROUP BY came.id, came.series_id, came.first, came.last, came.to_account_id
       ) stay
 CROSS JOIN LATERAL unnest(int8multirange(int8range(stay.first, stay.last, '[]')) - stay.gone)
       WITH ORDINALITY AS parts (part, number)
  JOIN registry_movement issued ON issued.series_id = stay.series_id
       AND issued.first <= stay.first AND issued.last >= stay.last AND issued.from_account_id = ANY(%s)
  JOIN registry_transaction origin ON origin.id = issued.transaction_id
"""


def end_of(day: date) -> datetime:
    """Return the last moment of the day, in UTC."""
    return datetime.combine(day, time.max, UTC)


def blocks_at(at: datetime) -> QuerySet[CreditBlock]:
    """Return the credit blocks as they were once everything recorded until `at` had happened.

    They are asked like the blocks of now; their primary keys are their own.
    """
    query = Query(CreditBlock)
    query.base_table_class = _source_of(at)  # Django's own way to name the first table
    return QuerySet(model=CreditBlock, query=query)


def block_list_at(at: datetime) -> QuerySet[CreditBlock]:
    """Return the blocks of a moment with what their rows show, in three queries."""
    series = Series.objects.select_related("registry__party", "project__partnership__host")
    return blocks_at(at).select_related("account", "leg").prefetch_related(Prefetch("series", series))


def _source_of(at: datetime) -> type[BaseTable]:
    """Return a table for FROM that is the statement above, asked for one moment."""
    sources = list(Account.objects.filter(kind=Account.Kind.SOURCE).values_list("pk", flat=True))

    class Blocks(BaseTable):
        def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, tuple[Any, ...]]:
            return f"({BLOCKS}) {self.table_alias or self.table_name}", (at, at, sources)

    return Blocks
