"""Meetings: planned, opened with who is there, decided in, closed with their minutes (jcm.md 2.1)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from committee import ballot, policies, voices
from committee.errors import MeetingNotOpen, NoQuorum, NotAgreed
from committee.models import ActionItem, AgendaEntry, Answer, Attendance, Decision, DecisionItem, Meeting
from committee.services.ballots import decision_locked, settle
from committee.workflow import DECISION, MEETING, DecisionStatus, MeetingStatus
from core import events
from core.errors import InvalidInput, SamePerson, TransitionRefused
from core.models import User
from core.services import document_file
from parties.models import Country, Partnership, Role
from parties.selectors import pack_in_force


class Details(TypedDict):
    """What a meeting is planned with."""

    number: int
    place: str
    form: str
    host: Country
    starts_on: date
    ends_on: date


class Present(NamedTuple):
    """How a seat is taken: in the room or online, by its holder or by a delegate."""

    presence: str
    represented_by: int | None = None


@transaction.atomic
def meeting_plan(*, partnership: Partnership, details: Details, actor: User, at: datetime) -> Meeting:
    """Plan a meeting. Raises NotPermitted, or InvalidInput that names what is not right."""
    policies.check_can_prepare(actor, partnership, at=at)
    Partnership.objects.select_for_update().get(pk=partnership.pk)  # two meetings of one moment take two numbers
    _check(partnership, details)
    meeting = Meeting.objects.create(partnership=partnership, prepared_by=actor, source=actor.record_source, **details)
    events.emit("meeting.planned", meeting, actor=actor, at=at, data={"starts_on": meeting.starts_on.isoformat()})
    return meeting


@transaction.atomic
def meeting_change(*, meeting_id: int, details: Details, actor: User, at: datetime) -> Meeting:
    """Change a planned meeting. Raises NotPermitted, TransitionRefused or InvalidInput."""
    meeting = _locked(meeting_id, actor=actor, at=at)
    if meeting.status != MeetingStatus.PLANNED:
        raise TransitionRefused(action="change", state=meeting.status)
    _check(meeting.partnership, details, but=meeting)
    for name, value in details.items():
        setattr(meeting, name, value)
    return _saved(meeting, "meeting.changed", actor=actor, at=at)


def _check(partnership: Partnership, details: Details, *, but: Meeting | None = None) -> None:
    found: dict[str, str] = {}
    if details["ends_on"] < details["starts_on"]:
        found["ends_on"] = _("The last day is before the first.")
    if details["form"] != Meeting.Form.ONLINE and not details["place"].strip():
        found["place"] = _("Say where people meet.")
    if details["host"] not in partnership.parties:
        found["host"] = _("One of the two sides is the host.")
    same_number = Meeting.objects.filter(partnership=partnership, number=details["number"]).first()
    if same_number is not None and same_number != but:
        found["number"] = _("There is a meeting of this number already.")
    if found:
        raise InvalidInput(fields=found)


@transaction.atomic
def meeting_agenda(*, meeting_id: int, entries: Sequence[tuple[str, int | None]], actor: User, at: datetime) -> Meeting:
    """Set the agenda: titles in their order, each with the waiting item that it is about, or None.

    Raises NotPermitted, TransitionRefused, or InvalidInput for an item that does not wait for this committee.
    """
    meeting = _locked(meeting_id, actor=actor, at=at)
    if meeting.status not in (MeetingStatus.PLANNED, MeetingStatus.OPEN):
        raise TransitionRefused(action="change", state=meeting.status)
    asked = [pk for _title, pk in entries if pk]
    known = DecisionItem.objects.filter(partnership=meeting.partnership, pk__in=asked)
    items = {item.pk: item for item in known}
    if len(items) != len(asked):
        raise InvalidInput(fields={"items": _("Choose items that wait on the agenda.")})
    meeting.entries.all().delete()
    AgendaEntry.objects.bulk_create(
        AgendaEntry(meeting=meeting, position=position, title=title or str(items[pk or 0])[:300], item_id=pk)
        for position, (title, pk) in enumerate(entries, start=1)
    )
    return _saved(meeting, "meeting.agenda_set", actor=actor, at=at, entries=len(entries))


@transaction.atomic
def meeting_cancel(*, meeting_id: int, actor: User, at: datetime) -> Meeting:
    """Give up a planned meeting; its number stays used. Raises NotPermitted or TransitionRefused."""
    return _moved(_locked(meeting_id, actor=actor, at=at), "cancel", "meeting.cancelled", actor=actor, at=at)


@transaction.atomic
def meeting_open(*, meeting_id: int, actor: User, at: datetime) -> Meeting:
    """Begin a meeting. Raises NotPermitted, TransitionRefused, or InvalidInput before its first day."""
    meeting = _locked(meeting_id, actor=actor, at=at)
    target = MEETING.next_state("open", state=meeting.status)
    if pack_in_force(meeting.partnership, at.date()).calendar.day(at) < meeting.starts_on:
        raise InvalidInput(_("The meeting has not begun yet. Open it on its first day."))
    meeting.status = target
    return _saved(meeting, "meeting.opened", actor=actor, at=at)


@transaction.atomic
def attendance_record(*, meeting_id: int, present: Mapping[int, Present], actor: User, at: datetime) -> Meeting:
    """Record whose seats (by person) are taken, and how; it replaces what was recorded before.

    Raises NotPermitted, MeetingNotOpen, or InvalidInput for somebody without a seat or a delegate of another side.
    """
    meeting = _locked(meeting_id, actor=actor, at=at)
    if meeting.status != MeetingStatus.OPEN:
        raise MeetingNotOpen
    seats = {seat.user_id: seat for seat in voices.seats_of(meeting.partnership, at=at)}
    for member, there in present.items():
        delegate = seats.get(there.represented_by) if there.represented_by else None
        if member not in seats or (there.represented_by and delegate is None):
            raise InvalidInput(_("Only people who sit on the committee take its seats."))
        if delegate and (delegate.party_id != seats[member].party_id or delegate.user_id == member):
            raise InvalidInput(_("A delegate sits on the committee for the same side."))
    meeting.attendances.all().delete()
    Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting, member=seats[member].user, party=seats[member].party, role=seats[member].role,
            presence=there.presence, represented_by_id=there.represented_by,
        )
        for member, there in present.items()
    )  # fmt: skip
    return _saved(meeting, "meeting.attended", actor=actor, at=at, seats=len(present))


@transaction.atomic
def decision_table(*, decision_id: int, meeting_id: int, actor: User, at: datetime) -> Decision:
    """Put a prepared decision to a meeting: those who are there may object, both co-chairs confirm.

    Raises NotPermitted, TransitionRefused, MeetingNotOpen or NoQuorum.
    """
    meeting = _locked(meeting_id, actor=actor, at=at)
    decision = decision_locked(decision_id)
    if meeting.status != MeetingStatus.OPEN or meeting.partnership_id != decision.partnership_id:
        raise MeetingNotOpen
    if not voices.has_quorum(meeting):
        raise NoQuorum
    decision.status = DECISION.next_state("open", state=decision.status)
    Answer.objects.bulk_create(
        Answer(decision=decision, member_id=row.member_id, party_id=row.party_id, role=row.role)
        for row in meeting.attendances.all()
    )
    decision.mode, decision.taken_in, decision.opened_at = Decision.Mode.MEETING, meeting, at
    with translation.override("en"):  # the name in the record is in English
        decision.meeting = str(meeting)
    decision.save()
    events.emit("decision.tabled", decision, actor=actor, at=at, data={"meeting": decision.meeting})
    return decision


@transaction.atomic
def decision_record(*, decision_id: int, actor: User, at: datetime) -> Decision:
    """Record that the meeting adopted a decision by consensus, both co-chairs or their delegates being there.

    Another person of the secretariat than who prepared it does so. Raises NotPermitted, SamePerson, TransitionRefused,
    or NotAgreed.
    """
    decision = decision_locked(decision_id)
    policies.check_can_prepare(actor, decision.partnership, at=at)
    if actor.pk == decision.prepared_by_id:
        raise SamePerson
    if decision.status != DecisionStatus.OPEN or decision.taken_in is None:
        raise TransitionRefused(action="record", state=decision.status)
    stood_in = dict(decision.taken_in.attendances.values_list("member", "represented_by"))
    for chair in decision.answers.filter(role=Role.CO_CHAIR, value=""):
        chair.value, chair.answered_at = Answer.Value.AFFIRM, at
        chair.given_by_id = stood_in.get(chair.member_id) or chair.member_id
        chair.save(update_fields=["value", "answered_at", "given_by"])
    decision.recorded_by = actor
    if ballot.outcome(voices.ballot_of(decision), at=at) is not ballot.Outcome.ADOPTED:
        raise NotAgreed
    events.emit("decision.recorded", decision, actor=actor, at=at)
    return settle(decision, at=at)


@transaction.atomic
def meeting_close(*, meeting_id: int, actor: User, at: datetime) -> Meeting:
    """End a meeting. Raises NotPermitted, TransitionRefused, or InvalidInput while a decision is before it."""
    meeting = _locked(meeting_id, actor=actor, at=at)
    if meeting.decisions.filter(status=DecisionStatus.OPEN).exists():
        raise InvalidInput(_("A decision is still before the meeting. Let it be confirmed, or withdraw it."))
    return _moved(meeting, "close", "meeting.closed", actor=actor, at=at)


@transaction.atomic
def minutes_write(
    *, meeting_id: int, text: str, files: Mapping[str, "UploadedFile[bytes]"], actor: User, at: datetime
) -> Meeting:
    """Write the minutes, and file them as a document where files (access → file) are given.

    Raises NotPermitted, TransitionRefused before the meeting or after publication, or InvalidInput for a bad file.
    """
    meeting = _locked(meeting_id, actor=actor, at=at)
    if meeting.status not in (MeetingStatus.OPEN, MeetingStatus.CLOSED) or meeting.published_at:
        raise TransitionRefused(action="change", state="published" if meeting.published_at else meeting.status)
    meeting.minutes = text
    if files:
        meeting.document = document_file(title=str(meeting), files=files, actor=actor, at=at)
    return _saved(meeting, "meeting.minuted", actor=actor, at=at)


@transaction.atomic
def minutes_publish(*, meeting_id: int, actor: User, at: datetime) -> Meeting:
    """Let everybody read the minutes of a closed meeting. Raises NotPermitted, TransitionRefused or InvalidInput."""
    meeting = _locked(meeting_id, actor=actor, at=at)
    if meeting.status != MeetingStatus.CLOSED or meeting.published_at:
        raise TransitionRefused(action="publish", state="published" if meeting.published_at else meeting.status)
    if not meeting.minutes.strip():
        raise InvalidInput(_("Write the minutes first."))
    meeting.published_at = at
    return _saved(meeting, "meeting.minutes_published", actor=actor, at=at)


@transaction.atomic
def action_add(
    *, meeting_id: int, text: str, responsible: User, due_on: date | None, actor: User, at: datetime
) -> ActionItem:
    """Note what somebody of the committee or its secretariat is to do. Raises NotPermitted or InvalidInput."""
    meeting = _locked(meeting_id, actor=actor, at=at)
    if not voices.people_inside(meeting.partnership, at=at).filter(pk=responsible.pk).exists():
        raise InvalidInput(fields={"responsible": _("Choose somebody of the committee or its secretariat.")})
    action = ActionItem.objects.create(meeting=meeting, text=text, responsible=responsible, due_on=due_on)
    events.emit("action.added", action, actor=actor, at=at, data={"responsible": responsible.name})
    return action


@transaction.atomic
def action_done(*, action_id: int, actor: User, at: datetime) -> ActionItem:
    """Tick something off: by who is responsible, or by the secretariat. Raises NotPermitted or TransitionRefused."""
    action = ActionItem.objects.select_for_update(of=("self",)).select_related("meeting__partnership").get(pk=action_id)
    if actor.pk != action.responsible_id:
        policies.check_can_prepare(actor, action.meeting.partnership, at=at)
    if action.done_at is not None:
        raise TransitionRefused(action="tick", state="done")
    action.done_at, action.done_by = at, actor
    action.save(update_fields=["done_at", "done_by"])
    events.emit("action.done", action, actor=actor, at=at)
    return action


def _locked(meeting_id: int, *, actor: User, at: datetime) -> Meeting:
    related = Meeting.objects.select_related("partnership__host", "partnership__acquirer", "host")
    meeting = related.select_for_update(of=("self",)).get(pk=meeting_id)
    policies.check_can_prepare(actor, meeting.partnership, at=at)
    return meeting


def _moved(meeting: Meeting, verb: str, event: str, *, actor: User, at: datetime) -> Meeting:
    meeting.status = MEETING.next_state(verb, state=meeting.status)
    return _saved(meeting, event, actor=actor, at=at)


def _saved(meeting: Meeting, event: str, *, actor: User, at: datetime, **data: int) -> Meeting:
    meeting.save()
    events.emit(event, meeting, actor=actor, at=at, data=data)
    return meeting
