"""Letters about a case to whoever submitted it; by mail and on paper they say the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parties import clock
from parties.models import Case, CaseStage, ChecklistItem
from parties.packs import days_of
from parties.workflow import Stage


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of letter: its template in templates/mail, and how lists call it."""

    template: str
    title: Promise | str


RECEIVED = Kind("case_submitted", _("Acknowledgement of receipt"))
RETURNED = Kind("case_returned", _("Return as incomplete"))
DECIDED = Kind("case_decided", _("Notice of the decision"))
# A case that enters one of these stages is told to its submitter.
KINDS: Mapping[str, Kind] = {
    Stage.SUBMITTED: RECEIVED,
    Stage.VALIDATION: RECEIVED,
    Stage.RETURNED: RETURNED,
    Stage.DECIDED: DECIDED,
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What was written when a case entered a stage."""

    row: CaseStage
    kind: Kind


def letters_of(case: Case) -> list[Letter]:
    """Return the letters of a case in their order; nothing is written when a clock stops or goes on."""
    found, before = list[Letter](), ""
    for row in case.stages.order_by("pk"):
        if row.stage != before and row.stage in KINDS:
            found.append(Letter(row, KINDS[row.stage]))
        before = row.stage
    return found


def told(case: Case, row: CaseStage) -> dict[str, object]:
    """Return what the template of a letter needs: `due_on` is the last day of the stage as of its beginning."""
    return {
        "case": case,
        "person": case.submitted_by,
        "reason": row.reason,
        "missing": list(ChecklistItem.objects.filter(pk__in=row.missing).order_by("order")),
        "due_on": _due_on(case, row),
    }


def _due_on(case: Case, row: CaseStage) -> date | None:
    calendar, allowed = case.rule_pack.calendar, days_of(case.rule_pack, case.kind, row.stage)
    due_at = clock.read(
        [clock.Turn(row.from_at, row.counting)], allowed=allowed, calendar=calendar, at=row.from_at
    ).due_at
    return due_at and calendar.day(due_at) - clock.DAY
