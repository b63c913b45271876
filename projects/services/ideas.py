"""Project idea notes: an early question to the Joint Committee (jcm.md 1.2)."""

from collections.abc import Mapping
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core import events, numbering
from core.findings import enforce
from core.models import User
from core.services import document_file
from methodologies.rules import r_pm_04
from parties.decision import DecisionReference
from parties.models import Organisation, Partnership
from parties.selectors import day_of
from parties.services import case_move, case_open
from parties.workflow import CaseKind, Stage
from projects import policies, rules
from projects.models import ProjectIdeaNote
from projects.rules import IdeaContent
from projects.workflow import IDEA_NOTE, IdeaNoteStatus

Files = Mapping[str, "UploadedFile[bytes]"]
# Where the case stands when the note is in a state.
STAGES: Mapping[str, str] = {
    IdeaNoteStatus.RETURNED: Stage.RETURNED,
    IdeaNoteStatus.CONSIDERED: Stage.CONSIDERATION,
    IdeaNoteStatus.NO_OBJECTION: Stage.DECIDED,
    IdeaNoteStatus.OBJECTED: Stage.DECIDED,
    IdeaNoteStatus.WITHDRAWN: Stage.WITHDRAWN,
}


@transaction.atomic
def idea_note_file(
    *,
    partnership: Partnership,
    proponent: Organisation,
    content: IdeaContent,
    actor: User,
    at: datetime,
    files: Files | None = None,
) -> ProjectIdeaNote:
    """File an idea note with the secretariat; it gets its number, for example MN_PIN003.

    `files` are renditions (access → file), `source` follows the actor. Raises NotPermitted for people of other
    organisations, or InvalidInput that names every field that is not right.
    """
    policies.check_can_propose_idea(actor, proponent, at=at)
    enforce(rules.r_pin_01(content))
    key = f"{partnership.code}_PIN"
    note = ProjectIdeaNote(
        number=f"{key}{numbering.allot(key, source=actor.record_source):03d}",
        partnership=partnership,
        proponent=proponent,
        source=actor.record_source,
        submitted_on=day_of(partnership, at),
    )
    _fill(note, content, files, actor=actor, at=at)
    note.case = case_open(
        partnership=partnership,
        kind=CaseKind.PIN,
        number=note.number,
        title=note.title,
        url=note.get_absolute_url(),
        organisation=proponent,
        actor=actor,
        at=at,
    )
    note.save()
    events.emit("idea_note.submitted", note, actor=actor, at=at)
    return note


@transaction.atomic
def idea_note_correct(
    *, note_id: int, content: IdeaContent, actor: User, at: datetime, files: Files | None = None
) -> ProjectIdeaNote:
    """Correct what the secretariat returned and submit it again; files replace those filed before.

    Raises NotPermitted, TransitionRefused, or InvalidInput that names every field that is not right.
    """
    note = idea_note_locked(note_id)
    policies.check_can_change_idea(actor, note, at=at)
    note.status, note.status_reason = IDEA_NOTE.next_state("submit", state=note.status), ""
    enforce(rules.r_pin_01(content))
    _fill(note, content, files, actor=actor, at=at)
    note.save()
    case_move(case_id=note.case_id, stage=Stage.SUBMITTED, title=note.title, actor=actor, at=at)
    events.emit("idea_note.submitted", note, actor=actor, at=at)
    return note


def _fill(note: ProjectIdeaNote, content: IdeaContent, files: Files | None, *, actor: User, at: datetime) -> None:
    for name, value in content.items():
        setattr(note, name, value)
    if files:
        note.document = document_file(title=note.title, files=files, actor=actor, at=at)


@transaction.atomic
def idea_note_accept(*, note_id: int, actor: User, at: datetime) -> ProjectIdeaNote:
    """Find an idea note complete, so that the Joint Committee considers it. Raises NotPermitted, TransitionRefused."""
    note = idea_note_locked(note_id)
    policies.check_can_consider(actor, note.partnership, at=at)
    target = IDEA_NOTE.next_state("accept", state=note.status)
    return _moved(note, target, "idea_note.considered", actor=actor, at=at)


@transaction.atomic
def idea_note_return(*, note_id: int, reason: str, actor: User, at: datetime) -> ProjectIdeaNote:
    """Send an incomplete idea note back. Raises NotPermitted, TransitionRefused, or InvalidInput without a reason."""
    note = idea_note_locked(note_id)
    policies.check_can_consider(actor, note.partnership, at=at)
    target = IDEA_NOTE.next_state("return", state=note.status)
    enforce(r_pm_04(reason))
    return _moved(note, target, "idea_note.returned", actor=actor, at=at, reason=reason)


@transaction.atomic
def idea_note_withdraw(*, note_id: int, actor: User, at: datetime) -> ProjectIdeaNote:
    """Take an idea note back before the Joint Committee answers. Raises NotPermitted or TransitionRefused."""
    note = idea_note_locked(note_id)
    policies.check_can_change_idea(actor, note, at=at)
    target = IDEA_NOTE.next_state("withdraw", state=note.status)
    return _moved(note, target, "idea_note.withdrawn", actor=actor, at=at)


@transaction.atomic
def idea_note_decide(*, note_id: int, objection: str, decision: DecisionReference, at: datetime) -> ProjectIdeaNote:
    """Carry out the Joint Committee's answer: no objection, or with reasons in `objection` an objection.

    Raises TransitionRefused.
    """
    note = idea_note_locked(note_id)
    verb, event = ("object", "idea_note.objected") if objection.strip() else ("agree", "idea_note.agreed")
    target = IDEA_NOTE.next_state(verb, state=note.status)
    note.decided_on, note.decision_number = decision.adopted_on, decision.number
    return _moved(note, target, event, actor=None, at=at, reason=objection)


def idea_note_locked(note_id: int) -> ProjectIdeaNote:
    """Return the idea note with its row locked."""
    related = ProjectIdeaNote.objects.select_related("partnership__host", "partnership__acquirer", "proponent")
    return related.select_for_update(of=("self",)).get(pk=note_id)


def _moved(
    note: ProjectIdeaNote, target: str, event: str, *, actor: User | None, at: datetime, reason: str = ""
) -> ProjectIdeaNote:
    note.status, note.status_reason = target, reason.strip()
    note.save()
    said = note.decision_number or note.status_reason
    case_move(case_id=note.case_id, stage=STAGES[target], reason=said, actor=actor, at=at)
    data = {"decision": note.decision_number} if note.decision_number else {}
    events.emit(event, note, actor=actor, at=at, data=data | ({"reason": note.status_reason} if reason else {}))
    return note
