"""Whose voice counts in a decision: seats, answers, declarations of conflicts, delegates."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from committee import ballot
from committee.models import Answer, Attendance, Decision, DecisionItem, Declaration, Delegation, Meeting
from committee.workflow import MeetingStatus
from core.models import User
from parties.clock import Calendar
from parties.models import Country, Partnership, Role, RoleAssignment
from parties.policies import COMMITTEE, Viewer
from parties.selectors import pack_in_force

BEGINNING, END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def ballot_of(decision: Decision) -> ballot.Ballot:
    """Return what the procedure needs to know of a decision."""
    answers = list(decision.answers.all())
    return ballot.Ballot(
        seats=tuple(ballot.Seat(a.member_id, co_chair=a.role == Role.CO_CHAIR) for a in answers),
        answers={
            a.member_id: ballot.Given(affirms=a.value == Answer.Value.AFFIRM, by=a.given_by_id)
            for a in answers
            if a.value and a.given_by_id
        },
        recused=frozenset(recused(decision).values_list("pk", flat=True)),
        proxies=proxies_at(decision.taken_in) if decision.taken_in else proxies_of(decision.partnership),
        closes_at=decision.closes_at,
    )


def recused(decision: Decision) -> QuerySet[User]:
    """Return who of those asked declared a conflict of interest in any item of the decision."""
    declared = Declaration.objects.filter(item__decision=decision, conflict=True)
    return User.objects.filter(pk__in=declared.values("member")).order_by("pk")


def chairs_without_delegate(decision: Decision, *, at: datetime) -> list[Answer]:
    """Return the co-chairs who declared a conflict, and for whom nobody may answer now: they need a delegate."""
    known = ballot_of(decision)
    chairs = decision.answers.filter(role=Role.CO_CHAIR, member__in=known.recused).select_related("member", "party")
    waiting = [chair for chair in chairs if known.affirms(ballot.Seat(chair.member_id, co_chair=True)) is None]
    return [c for c in waiting if not ballot.delegates(known.proxies, c.member_id, at=at) - known.recused]


def proxies_at(meeting: Meeting) -> tuple[ballot.Proxy, ...]:
    """Return who took whose seat at a meeting; the seat is taken for as long as its decisions last."""
    taken = meeting.attendances.filter(represented_by__isnull=False)
    return tuple(ballot.Proxy(row.member_id, row.represented_by_id or 0, BEGINNING, END) for row in taken)


def proxies_of(partnership: Partnership) -> tuple[ballot.Proxy, ...]:
    """Return who may answer for whom and when, past delegations included."""
    return tuple(_proxy(row) for row in Delegation.objects.filter(partnership=partnership))


def _proxy(row: Delegation) -> ballot.Proxy:
    begins, ends = ballot.span(row.starts_on, row.ends_on, Calendar(ZoneInfo(row.time_zone)))
    return ballot.Proxy(row.member_id, row.delegate_id, begins, min(ends, row.ended_at or ends))


def represented(viewer: User, *, at: datetime) -> Q:
    """Return the condition that an answer is asked of somebody for whom the person stands in now."""
    condition = Q(pk=None)
    for seat in Attendance.objects.filter(represented_by=viewer, meeting__status=MeetingStatus.OPEN):
        condition |= Q(member=seat.member_id, decision__taken_in=seat.meeting_id)
    for row in Delegation.objects.filter(delegate=viewer):
        proxy = _proxy(row)
        if proxy.begins <= at < proxy.ends:
            condition |= Q(
                member=row.member_id, decision__partnership=row.partnership_id, decision__taken_in__isnull=True
            )
    return condition


def undeclared(decision: Decision, person: User) -> QuerySet[DecisionItem]:
    """Return the items of the decision of which the person has not said whether there is a conflict of interest."""
    said = Declaration.objects.filter(item=OuterRef("pk"), member=person)
    return decision.items.filter(~Exists(said))


# By what the items about a record are found.
ABOUT: dict[str, tuple[str, ...]] = {
    "project": ("item__project", "item__issuance_request__report__project"),
    "methodologyversion": ("item__methodology_version",),
    "projectideanote": ("item__idea_note",),
    "designationapplication": ("item__designation_application",),
}


def declared_of(subject: Model, person: Viewer) -> QuerySet[Declaration]:
    """Return what the person declared of the items about this record."""
    about = Q(pk=None)
    for path in ABOUT[subject._meta.model_name or ""]:
        about |= Q(**{path: subject})
    return Declaration.objects.filter(about, member=person.pk)


def declarations_of(items: Iterable[DecisionItem], person: Viewer) -> dict[int, Declaration]:
    """Return what the person declared of these items, by item."""
    mine = Declaration.objects.filter(item__in=[item.pk for item in items], member=person.pk)
    return {declaration.item_id: declaration for declaration in mine}


def colleagues(partnership: Partnership, party: Country, person: User, *, at: datetime) -> QuerySet[User]:
    """Return who else sits on the committee for this side."""
    seated = RoleAssignment.objects.on(at.date()).committee().filter(partnership=partnership, party=party)
    return User.objects.filter(pk__in=seated.values("user")).exclude(pk=person.pk).order_by("name")


def signatories(decision: Decision) -> tuple[str, str]:
    """Return who affirmed for each side, Japan's first: the co-chair, or a delegate and for whom."""
    chairs = decision.answers.filter(role=Role.CO_CHAIR).select_related("member", "given_by")
    names = {chair.party_id: signature(chair) for chair in chairs}
    japan, host = (names[party.pk] for party in decision.partnership.parties)
    return japan, host


def signature(seat: Answer) -> str:
    """Return who spoke for this seat, and for whom."""
    if seat.by_delegate and seat.given_by is not None:
        return f"{seat.given_by.name} (for {seat.member.name})"
    return seat.member.name


def seats_of(partnership: Partnership, *, at: datetime) -> list[RoleAssignment]:
    """Return the seats of the committee: its co-chairs and members in office, each person once, Japan's side first."""
    seats = RoleAssignment.objects.on(at.date()).committee().filter(partnership=partnership, party__isnull=False)
    # A co-chair who is also a member has one seat, as co-chair.
    by_person = {seat.user_id: seat for seat in seats.select_related("user", "party").order_by("-role", "-pk")}
    return sorted(by_person.values(), key=lambda s: (s.party_id != partnership.acquirer_id, s.role, s.pk))


def quorum(meeting: Meeting) -> dict[Country, tuple[int, bool]]:
    """Return for each side how many seats are taken, and whether the co-chair's is; Japan's side first."""
    taken = list(meeting.attendances.all())
    return {
        party: (
            sum(row.party_id == party.pk for row in taken),
            any(row.party_id == party.pk and row.role == Role.CO_CHAIR for row in taken),
        )
        for party in meeting.partnership.parties
    }


def has_quorum(meeting: Meeting) -> bool:
    """Return whether both co-chairs' seats and enough seats of each side are taken, by the rule pack of the day."""
    needed = pack_in_force(meeting.partnership, meeting.starts_on).quorum
    return all(chair and count >= needed for count, chair in quorum(meeting).values())


def people_inside(partnership: Partnership, *, at: datetime) -> QuerySet[User]:
    """Return the people of the committee and its secretariat."""
    there = RoleAssignment.objects.on(at.date()).filter(partnership=partnership, role__in=COMMITTEE)
    return User.objects.filter(pk__in=there.values("user")).order_by("name")
