"""What an account could move now: its credit blocks less what is reserved or frozen, oldest vintage first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce

from registry.models import Account, CreditBlock, Series

# One statement, so that blocks and reservations are of one moment. Whoever proposes holds the account's row lock;
# an execution that commits meanwhile only turns reserved credits into somebody else's.
FREE = """
WITH frozen AS (
    SELECT series_id, account_id, range_agg(int8range(first, last, '[]')) AS spans
      FROM registry_freeze WHERE registry_id = %(registry)s AND lifted_at IS NULL GROUP BY 1, 2
)
SELECT b.series_id, lower(free), upper(free) - 1
  FROM registry_creditblock b
  JOIN registry_series s ON s.id = b.series_id
  JOIN projects_project p ON p.id = s.project_id
  CROSS JOIN LATERAL (
        SELECT coalesce(range_agg(int8range(l.first, l.last, '[]')), '{}') AS taken
          FROM registry_proposalline l
         WHERE l.series_id = b.series_id AND l.reserved
           AND int8range(l.first, l.last, '[]') && int8range(b.first, b.last, '[]')
  ) reserved
  LEFT JOIN frozen ON frozen.series_id = b.series_id
  CROSS JOIN LATERAL unnest(
        int8multirange(int8range(b.first, b.last, '[]') * int8range(%(first)s, %(last)s, '[]'))
        - reserved.taken - coalesce(frozen.spans, '{}')
  ) AS free
 WHERE b.account_id = %(account)s
   AND NOT EXISTS (SELECT FROM frozen WHERE series_id IS NULL AND (account_id IS NULL OR account_id = %(account)s))
   AND (%(project)s::text IS NULL OR p.number = %(project)s)
   AND (%(vintage)s::int IS NULL OR s.vintage = %(vintage)s)
   AND (%(series)s::bigint IS NULL OR b.series_id = %(series)s)
   AND (%(first)s::bigint IS NULL OR b.last >= %(first)s)
   AND (%(last)s::bigint IS NULL OR b.first <= %(last)s)
 ORDER BY s.vintage, b.series_id, lower(free)
"""
# Freezes may overlap each other: each credit counts once.
FROZEN = """
SELECT series_id, lower(part), upper(part) - 1 FROM (
    SELECT b.series_id, s.vintage,
           range_agg(int8range(b.first, b.last, '[]') * int8range(f.first, f.last, '[]')) AS spans
      FROM registry_freeze f
      JOIN registry_creditblock b ON b.series_id = f.series_id AND b.account_id = %(account)s
       AND int8range(b.first, b.last, '[]') && int8range(f.first, f.last, '[]')
      JOIN registry_series s ON s.id = b.series_id
     WHERE f.registry_id = %(registry)s AND f.lifted_at IS NULL
     GROUP BY 1, 2
) stopped CROSS JOIN LATERAL unnest(spans) AS part
 ORDER BY vintage, series_id, lower(part)
"""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of credits of one series that can be moved."""

    series_id: int
    first: int
    last: int

    @property
    def quantity(self) -> int:
        """Whole tonnes."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which credits may be taken: of a project, a vintage, or one serial range; None leaves it open."""

    project: str | None = None
    vintage: int | None = None
    series_id: int | None = None
    first: int | None = None
    last: int | None = None


def free_spans(account: Account, wanted: Wanted) -> list[Span]:
    """Return what the account could move, first in first out: by vintage, then series, then serial number.

    Nothing, where the account or its registry is frozen.
    """
    values = {
        "account": account.pk,
        "registry": account.registry_id,
        "project": wanted.project,
        "vintage": wanted.vintage,
        "series": wanted.series_id,
        "first": wanted.first,
        "last": wanted.last,
    }
    return _spans(FREE, values)


def frozen_spans(account: Account) -> list[Span]:
    """Return which credits of the account are frozen by their serial numbers, in the same order."""
    return _spans(FROZEN, {"account": account.pk, "registry": account.registry_id})


def _spans(sql: str, values: Mapping[str, int | str | None]) -> list[Span]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Span(*row) for row in cursor.fetchall()]


def blocks_within(series: Series, first: int, last: int) -> QuerySet[CreditBlock]:
    """Return the blocks that hold a credit of the range: from the one that begins at or before its start.

    Blocks of a series never overlap, so that one is found by the index of their first numbers, however many there are.
    """
    blocks = CreditBlock.objects.filter(series=series)
    start = blocks.filter(first__lte=first).order_by("-first").values("first")[:1]
    return blocks.filter(first__gte=Coalesce(Subquery(start), first), first__lte=last, last__gte=first)


def take(spans: Iterable[Span], quantity: int) -> list[Span]:
    """Return spans that sum to `quantity`, the last one cut; fewer when there is not as much."""
    taken: list[Span] = []
    rest = quantity
    for span in spans:
        if rest <= 0:
            break
        part = Span(span.series_id, span.first, min(span.last, span.first + rest - 1))
        taken.append(part)
        rest -= part.quantity
    return taken
