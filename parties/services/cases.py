"""Cases in one shape.

The record that a case is about keeps its own workflow, and tells its case where it stands:

    case = case_open(partnership=…, kind=CaseKind.PIN, number="MN_PIN003", title=…, url=…, organisation=…,
                     actor=user, at=at)                   # first submission: the rule pack of the day is kept
    case_move(case_id=record.case_id, stage=Stage.RETURNED, reason=reason, actor=user, at=at)   # incomplete
    case_move(case_id=record.case_id, stage=Stage.SUBMITTED, actor=user, at=at)         # again: a new clock
    case_move(case_id=record.case_id, stage=Stage.CONSIDERATION, actor=user, at=at)     # complete
    case_move(case_id=record.case_id, stage=Stage.DECIDED, reason="MN_JC004", actor=None, at=at)

Call them inside the transaction that moves the record, after its own policy and workflow; they check neither who acts
nor the record, only that the stage follows (parties/workflow.py CASE). A record from before there were cases has
`case_id` None, and case_move does nothing for it. A number is given where the kind has one (MN_PM003, MN_PIN003,
MN017); without one the case gets the next `{CC}_{letters}{nnn}`. `is_public` cases are shown to everybody
from their opening; methodologies become public when the call for public inputs opens or the committee has them.

Events (subject: the case): case.submitted (first and again; the submitter gets the acknowledgement by e-mail),
case.returned, case.called, case.considered, case.decided, case.withdrawn, case.paused, case.resumed, case.checked.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import events, numbering
from core.errors import InvalidInput, TransitionRefused
from core.models import User
from parties import clock
from parties.casework import stage_rows
from parties.models import Case, CaseStage, CaseTick, Organisation, Partnership, PublicCall
from parties.packs import days_of
from parties.policies import check_is_secretariat
from parties.selectors import pack_in_force
from parties.workflow import CASE, PAUSING_STAGES, STANDING_STAGES, CaseKind, Stage

EVENTS = {
    Stage.SUBMITTED: "case.submitted",
    Stage.VALIDATION: "case.submitted",
    Stage.RETURNED: "case.returned",
    Stage.PUBLIC_INPUTS: "case.called",
    Stage.CONSIDERATION: "case.considered",
    Stage.DECIDED: "case.decided",
    Stage.WITHDRAWN: "case.withdrawn",
}
# From these stages on everybody sees the case.
PUBLIC_FROM = {
    CaseKind.METHODOLOGY: (Stage.PUBLIC_INPUTS, Stage.CONSIDERATION),
    CaseKind.METHODOLOGY_REVISION: (Stage.PUBLIC_INPUTS, Stage.CONSIDERATION),
}
# The letters of a case's number where the record has no number of its own.
LETTERS = {
    CaseKind.METHODOLOGY: "PM",
    CaseKind.METHODOLOGY_REVISION: "PM",
    CaseKind.PIN: "PIN",
    CaseKind.PROJECT: "PR",
    CaseKind.POST_REGISTRATION_CHANGE: "PRC",
    CaseKind.ISSUANCE: "ISS",
    CaseKind.TPE_DESIGNATION: "TPE",
    CaseKind.RULE_ADOPTION: "RA",
    CaseKind.SPECIAL_MEASURE: "SM",
}


@transaction.atomic
def case_open(
    *,
    partnership: Partnership,
    kind: str,
    title: str,
    url: str,
    actor: User,
    at: datetime,
    number: str = "",
    organisation: Organisation | None = None,
    stage: str = Stage.SUBMITTED,
    is_public: bool = False,
) -> Case:
    """Open the case of a record that is submitted for the first time; `url` leads to the record.

    The case keeps the rule pack of this day. `source` follows the actor. Stages other than the check for completeness
    are for what needs none (what the secretariat itself proposes) and for designs that go to validation.
    """
    pack = pack_in_force(partnership, at.date())
    if not number:
        key = f"{partnership.code}_{LETTERS[CaseKind(kind)]}"
        number = f"{key}{numbering.allot(key, source=actor.record_source):03d}"
    case = Case.objects.create(
        partnership=partnership,
        kind=kind,
        number=number,
        title=title[:400],
        url=url,
        organisation=organisation,
        rule_pack=pack,
        stage=stage,
        stage_since=at,
        is_public=is_public,
        submitted_by=actor,
        submitted_at=at,
        source=actor.record_source,
    )
    return _entered(case, reason="", actor=actor, at=at)


@transaction.atomic
def case_move(
    *,
    case_id: int | None,
    stage: str,
    actor: User | None,
    at: datetime,
    reason: str = "",
    title: str = "",
    url: str = "",
) -> Case | None:
    """Bring a case to another stage; `title` and `url` replace what changed with it. None for a record without case.

    Raises TransitionRefused where the stage does not follow.
    """
    if case_id is None:
        return None
    case = _locked(case_id)
    if (case.stage, stage) not in CASE.edges():
        raise TransitionRefused(action=stage, state=case.stage)
    case.stage, case.stage_since = stage, at
    case.title, case.url = title[:400] or case.title, url or case.url
    if stage == Stage.WITHDRAWN:  # nobody is asked about what is taken back
        PublicCall.objects.filter(case=case, closed_at=None).update(closed_at=at)
    case.is_public = case.is_public or stage in PUBLIC_FROM.get(CaseKind(case.kind), ())
    return _entered(case, reason=reason, actor=actor, at=at)


def _entered(case: Case, *, reason: str, actor: User | None, at: datetime) -> Case:
    missing = _unticked(case) if case.stage == Stage.RETURNED else []
    counting = case.stage not in STANDING_STAGES
    _log(case, counting=counting, reason=reason, actor=actor, at=at, missing=missing)
    data = {"reason": reason} if reason else {}
    events.emit(EVENTS[Stage(case.stage)], case, actor=actor, at=at, data=data)
    return case


@transaction.atomic
def case_pause(*, case_id: int, reason: str, actor: User, at: datetime) -> Case:
    """Stop the clock of a stage, for example while an answer is awaited.

    Raises NotPermitted, TransitionRefused where it stands still or a call for public inputs closes on its day, or
    InvalidInput without a reason.
    """
    case = _locked(case_id)
    check_is_secretariat(actor, case.partnership, at=at)
    if case.stage not in PAUSING_STAGES or not _last(case).counting:
        raise TransitionRefused(action="pause", state=case.stage)
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say what is waited for.")})
    _log(case, counting=False, reason=reason.strip(), actor=actor, at=at)
    events.emit("case.paused", case, actor=actor, at=at, data={"reason": reason.strip()})
    return case


@transaction.atomic
def case_resume(*, case_id: int, actor: User, at: datetime) -> Case:
    """Let the clock of a stage go on. Raises NotPermitted, or TransitionRefused where it runs."""
    case = _locked(case_id)
    check_is_secretariat(actor, case.partnership, at=at)
    if case.stage in STANDING_STAGES or _last(case).counting:
        raise TransitionRefused(action="resume", state=case.stage)
    _log(case, counting=True, reason="", actor=actor, at=at)
    events.emit("case.resumed", case, actor=actor, at=at)
    return case


@transaction.atomic
def case_check(*, case_id: int, item_ids: Collection[int], actor: User, at: datetime) -> Case:
    """Tick what the secretariat found of the checklist, and untick the rest.

    Raises NotPermitted, TransitionRefused after the check, or InvalidInput for an item of another checklist.
    """
    case = _locked(case_id)
    check_is_secretariat(actor, case.partnership, at=at)
    if case.stage != Stage.SUBMITTED:
        raise TransitionRefused(action="check", state=case.stage)
    known = set(case.rule_pack.checklist.filter(kind=case.kind).values_list("pk", flat=True))
    if not known.issuperset(item_ids):
        raise InvalidInput(fields={"items": _("This item is not on the checklist of the case. Reload the page.")})
    kept = set(case.ticks.values_list("item_id", flat=True))
    case.ticks.exclude(item_id__in=item_ids).delete()
    CaseTick.objects.bulk_create(
        CaseTick(case=case, item_id=pk, ticked_by=actor, ticked_at=at) for pk in set(item_ids) - kept
    )
    events.emit("case.checked", case, actor=actor, at=at, data={"found": len(set(item_ids)), "of": len(known)})
    return case


def _locked(case_id: int) -> Case:
    cases = Case.objects.select_for_update(of=("self",))
    return cases.select_related("partnership__host", "partnership__acquirer", "rule_pack").get(pk=case_id)


def _last(case: Case) -> CaseStage:
    return case.stages.order_by("pk").reverse()[0]


def _unticked(case: Case) -> list[int]:
    """Return the items that are missing: none where the checklist was not used at all."""
    ticked = set(case.ticks.values_list("item_id", flat=True))
    items = case.rule_pack.checklist.filter(kind=case.kind).order_by("order").values_list("pk", flat=True)
    return [pk for pk in items if pk not in ticked] if ticked else []


def _log(
    case: Case,
    *,
    counting: bool,
    reason: str,
    actor: User | None,
    at: datetime,
    missing: Collection[int] = (),
) -> None:
    CaseStage.objects.create(
        case=case, stage=case.stage, from_at=at, counting=counting, moved_by=actor, reason=reason, missing=list(missing)
    )
    turns = [clock.Turn(row.from_at, row.counting) for row in stage_rows(case)]
    allowed = days_of(case.rule_pack, case.kind, case.stage)
    case.due_at = clock.read(turns, allowed=allowed, calendar=case.rule_pack.calendar, at=at).due_at
    case.save()
