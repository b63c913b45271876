"""The board: open cases of the partnerships that a person works for, and how long the stages take."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from core.models import Source
from parties.models import Case, Partnership
from parties.policies import INSIDE, Viewer
from parties.selectors.people import partnerships_of
from parties.workflow import OPEN_STAGES, CaseKind, Stage


def open_cases(viewer: Viewer, *, at: datetime) -> QuerySet[Case]:
    """Return the open cases of the person's partnerships."""
    inside = partnerships_of(viewer, *INSIDE, at=at)
    cases = Case.objects.filter(partnership__in=inside.values("pk"), stage__in=OPEN_STAGES)
    return cases.select_related("partnership__host", "organisation")


def board_url(**asked: str) -> str:
    """Return the address of the board's list, filtered: `board_url(kind=CaseKind.PIN, stage=Stage.SUBMITTED)`."""
    return f"{reverse('parties:board')}?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class Cell:
    """How many cases of one partnership are in one stage, and how many of them are late."""

    stage: str
    count: int
    overdue: int


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One partnership's cells, in the order of the stages."""

    partnership: Partnership
    cells: list[Cell]


def board(viewer: Viewer, *, at: datetime) -> list[BoardRow]:
    """Return the board, in two queries: the person's partnerships, and the counts."""
    partnerships = list(partnerships_of(viewer, *INSIDE, at=at))
    late = Count("pk", filter=Q(due_at__lt=at))
    counts = {
        (key, stage): (count, overdue)
        for key, stage, count, overdue in Case.objects.filter(partnership__in=partnerships, stage__in=OPEN_STAGES)
        .order_by()
        .values_list("partnership", "stage")
        .annotate(count=Count("pk"), overdue=late)
    }
    return [
        BoardRow(each, [Cell(stage, *counts.get((each.pk, stage), (0, 0))) for stage in OPEN_STAGES])
        for each in partnerships
    ]


@dataclass(frozen=True, slots=True)
class StageTime:
    """How long cases of one kind stayed in one stage: whole days at the middle and at the ninth of ten."""

    kind: str
    stage: str
    cases: int
    median: Decimal
    ninth: Decimal

    @property
    def kind_label(self) -> str:
        """The kind in the reader's language."""
        return str(CaseKind(self.kind).label)

    @property
    def stage_label(self) -> str:
        """The stage in the reader's language."""
        return str(Stage(self.stage).label)


# A case may be in a stage more than once, and its clock may stop in between: what counts is the time altogether.
STAGE_TIMES = """
    WITH spans AS (
        SELECT c.kind, s.case_id, s.stage, s.from_at,
               lead(s.from_at) OVER (PARTITION BY s.case_id ORDER BY s.id) AS until_at
          FROM parties_casestage s JOIN parties_case c ON c.id = s.case_id
         WHERE (c.source <> %(demonstration)s) = EXISTS (
                   SELECT FROM parties_case real WHERE real.source <> %(demonstration)s)
           AND (%(partnership)s::bigint IS NULL OR c.partnership_id = %(partnership)s)
    ), times AS (
        SELECT kind, stage, case_id, extract(epoch FROM sum(until_at - from_at)) / 86400 AS days
          FROM spans WHERE until_at IS NOT NULL AND stage = ANY (%(stages)s) GROUP BY kind, stage, case_id
    )
    SELECT kind, stage, count(*), round(percentile_cont(0.5) WITHIN GROUP (ORDER BY days)::numeric, 1),
           round(percentile_cont(0.9) WITHIN GROUP (ORDER BY days)::numeric, 1)
      FROM times GROUP BY kind, stage
"""


def stage_times(partnership: Partnership | None = None) -> list[StageTime]:
    """Return how long the stages that ended took, of all partnerships or of one, by kind and in the order of stages.

    Demonstration cases count as long as there are no others.
    """
    given = {
        "demonstration": Source.DEMONSTRATION,
        "partnership": partnership.pk if partnership else None,
        "stages": list(OPEN_STAGES),
    }
    with connection.cursor() as cursor:
        cursor.execute(STAGE_TIMES, given)
        found = [StageTime(*row) for row in cursor.fetchall()]
    return sorted(found, key=_place)


def _place(time: StageTime) -> tuple[int, int]:
    kinds: Iterable[str] = CaseKind.values
    return list(kinds).index(time.kind), list(OPEN_STAGES).index(Stage(time.stage))
