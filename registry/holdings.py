"""What an account could move now: its credit blocks less what is reserved, oldest vintage first."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from registry.models import Account

# One statement, so that blocks and reservations are of one moment. Whoever proposes holds the account's row lock;
# an execution that commits meanwhile only turns reserved credits into somebody else's.
FREE = """
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
  CROSS JOIN LATERAL unnest(
        int8multirange(int8range(b.first, b.last, '[]') * int8range(%(first)s, %(last)s, '[]')) - reserved.taken
  ) AS free
 WHERE b.account_id = %(account)s
   AND (%(project)s::text IS NULL OR p.number = %(project)s)
   AND (%(vintage)s::int IS NULL OR s.vintage = %(vintage)s)
   AND (%(series)s::bigint IS NULL OR b.series_id = %(series)s)
 ORDER BY s.vintage, b.series_id, lower(free)
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
    """Return what the account could move, first in first out: by vintage, then series, then serial number."""
    values = {
        "account": account.pk,
        "project": wanted.project,
        "vintage": wanted.vintage,
        "series": wanted.series_id,
        "first": wanted.first,
        "last": wanted.last,
    }
    with connection.cursor() as cursor:
        cursor.execute(FREE, values)
        return [Span(*row) for row in cursor.fetchall()]


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
