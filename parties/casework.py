"""Which cases and public inputs a person may see, and what a case's page shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile, zip_longest

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from core.inbox import Item
from core.models import User
from parties import clock
from parties.models import (
    Case,
    CaseStage,
    ChecklistItem,
    Organisation,
    PublicCall,
    PublicInput,
    Role,
    RulePack,
)
from parties.packs import days_of
from parties.policies import INSIDE, Viewer, organisations_of
from parties.sections import heading_of
from parties.selectors.people import partnerships_of
from parties.workflow import OPEN_STAGES, InputStatus

RELATED = ("partnership__host", "partnership__acquirer", "rule_pack", "organisation", "submitted_by", "call")


@dataclass(frozen=True, slots=True)
class Passage:
    """A time that a case spent in one stage with its clock running or standing; `until_at` is None for the present."""

    row: CaseStage
    until_at: datetime | None
    missing: Sequence[ChecklistItem]

    @property
    def stands(self) -> bool:
        """Whether the clock stood still in it; at the end of a case there is no clock."""
        return not self.row.counting and self.row.stage in OPEN_STAGES


@dataclass(frozen=True, slots=True)
class Check:
    """One item of the checklist, and whether the secretariat found it."""

    item: ChecklistItem
    ticked: bool


@dataclass(frozen=True, slots=True)
class DryRun:
    """An open case, the last day of its stage, and what that day would be under another rule pack."""

    case: Case
    due_on: date | None
    due_then: date | None

    @property
    def differs(self) -> bool:
        """Whether the other pack would touch the deadline."""
        return self.due_on != self.due_then


def case_list(*, viewer: Viewer, at: datetime) -> QuerySet[Case]:
    """Return the public cases to everybody, and to insiders those of their committee or organisation."""
    cases = Case.objects.select_related(*RELATED)
    if not isinstance(viewer, User):
        return cases.filter(is_public=True)
    inside = partnerships_of(viewer, *INSIDE, at=at)
    submitters: Iterable[Organisation] = organisations_of(viewer, Role.PARTICIPANT, Role.TPE, at=at)
    return cases.filter(Q(is_public=True) | Q(partnership__in=inside) | Q(organisation__in=submitters))


def clock_of(case: Case, *, at: datetime) -> clock.Reading:
    """Return what the clock of the present stage shows: days used, paused and left."""
    rows = stage_rows(case)
    turns = [clock.Turn(row.from_at, row.counting) for row in rows]
    allowed = days_of(case.rule_pack, case.kind, case.stage)
    return clock.read(turns, allowed=allowed, calendar=case.rule_pack.calendar, at=at)


def whole_clock_of(case: Case, *, at: datetime) -> clock.Reading:
    """Return the days used and paused since the first submission, all stages together, until the end of the case."""
    turns = [clock.Turn(row.from_at, row.counting) for row in case.stages.order_by("pk")]
    end = at if case.is_open else case.stage_since
    return clock.read(turns, allowed=None, calendar=case.rule_pack.calendar, at=end)


def stage_rows(case: Case) -> list[CaseStage]:
    """Return the rows of the present stage, its beginning first: a stage that is entered again begins anew."""
    return _present(case, list(case.stages.order_by("pk")))


def _present(case: Case, rows: Sequence[CaseStage]) -> list[CaseStage]:
    present = takewhile(lambda row: row.stage == case.stage, reversed(rows))
    return list(present)[::-1]


def history_of(case: Case) -> list[Passage]:
    """Return the stages of a case in their order."""
    rows = list(case.stages.select_related("moved_by").order_by("pk"))
    known = {item.pk: item for item in case.rule_pack.checklist.all()} if any(row.missing for row in rows) else {}
    return [
        Passage(row, following.from_at if following else None, [known[pk] for pk in row.missing if pk in known])
        for row, following in zip_longest(rows, rows[1:])
    ]


def checklist_of(case: Case) -> list[Check]:
    """Return the checklist of the case's pack with what the secretariat ticked."""
    ticked = set(case.ticks.values_list("item_id", flat=True))
    return [
        Check(item, item.pk in ticked) for item in case.rule_pack.checklist.filter(kind=case.kind).order_by("order")
    ]


def dry_run(pack: RulePack, *, at: datetime) -> list[DryRun]:
    """Return every open case of the pack's partnership with its deadline, and the one it would have under the pack."""
    cases = Case.objects.filter(partnership=pack.partnership_id, stage__in=OPEN_STAGES).order_by("due_at", "number")
    calendar = pack.calendar  # holidays are asked for once
    found = []
    for case in cases.select_related("rule_pack").prefetch_related("stages"):
        turns = [clock.Turn(row.from_at, row.counting) for row in _present(case, list(case.stages.all()))]
        allowed = days_of(pack, case.kind, case.stage)
        then = clock.read(turns, allowed=allowed, calendar=calendar, at=at).due_at
        found.append(DryRun(case, case.due_on, then and calendar.day(then) - clock.DAY))
    return found


def call_of(case: Case) -> PublicCall | None:
    """Return the case's call for public inputs, or None where there is none."""
    return getattr(case, "call", None)


def inbox_items(*, viewer: Viewer, at: datetime) -> list[Item]:
    """Return the public inputs that the person's secretariat has to read."""
    if not isinstance(viewer, User):
        return []
    serving = partnerships_of(viewer, Role.SECRETARIAT, at=at)
    waiting = PublicInput.objects.filter(status=InputStatus.RECEIVED, call__case__partnership__in=serving)
    return [
        Item(
            title=f"{made.reference} {made.call.case.title}",
            url=f"{made.call.case.get_absolute_url()}#{made.reference}",
            kind=_("Read a public input"),
            waiting_since=made.confirmed_at,
        )
        for made in waiting.select_related("call__case").order_by("confirmed_at")
    ]


def inputs_public(case: Case, *, section: str = "") -> QuerySet[PublicInput]:
    """Return what everybody may read, all or what is about one section."""
    found = PublicInput.objects.filter(call__case=case, status=InputStatus.PUBLISHED)
    return (found.filter(section=section) if section else found).select_related("replied_by", "document", "call__case")


def sections_commented(case: Case) -> list[tuple[str, str, int]]:
    """Return the sections on which inputs are published: letter, heading, how many."""
    counted = inputs_public(case).exclude(section="").order_by("section").values_list("section")
    return [(letter, heading_of(case.kind, letter), n) for letter, n in counted.annotate(n=Count("pk"))]


def inputs_moderated(case: Case) -> QuerySet[PublicInput]:
    """Return what the secretariat has to read, or refused: never what nobody confirmed."""
    held = [InputStatus.RECEIVED, InputStatus.REFUSED]
    return PublicInput.objects.filter(call__case=case, status__in=held).select_related("moderated_by", "call__case")
