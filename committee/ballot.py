"""The electronic procedure as a pure function (jcm.md 2.2; docs/adr/0013).

A proposed decision is adopted when no member objected by the deadline and both co-chairs affirmed, or earlier when
everybody affirmed. Silence is consent for members, never for co-chairs. An objection stops it at once.

Who declared a conflict of interest has no voice: a member's seat is left out of the electorate, a co-chair's stays and
needs a delegate of the same side. What a person answered, for himself or for another, counts for nothing once that
person has declared a conflict.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

from parties.clock import Calendar


class Outcome(Enum):
    """What the answers amount to."""

    OPEN = "open"
    ADOPTED = "adopted"
    STOPPED = "stopped"


class Refusal(Enum):
    """Why a person may not answer for a seat now."""

    NOT_ASKED = "not asked"
    RECUSED = "recused"
    LEFT_OUT = "left out"
    CLOSED = "closed"
    TOO_LATE = "too late"


@dataclass(frozen=True, slots=True)
class Seat:
    """A place on the committee whose voice is asked: the person who holds it, and whether as co-chair."""

    holder: int
    co_chair: bool


@dataclass(frozen=True, slots=True)
class Given:
    """The answer for one seat: True affirms, False objects; given by its holder or by a delegate."""

    affirms: bool
    by: int


@dataclass(frozen=True, slots=True)
class Proxy:
    """A delegate may answer for the holder of a seat, from `begins` until just before `ends`."""

    holder: int
    delegate: int
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """What is known of one decision: seats, answers by holder, who declared a conflict, delegates, the deadline.

    A meeting has no deadline: the decision is adopted as soon as both co-chairs confirm it and nobody there objected.
    """

    seats: tuple[Seat, ...]
    answers: Mapping[int, Given] = field(default_factory=dict)
    recused: frozenset[int] = frozenset()
    proxies: tuple[Proxy, ...] = ()
    closes_at: datetime | None

    def seat_of(self, holder: int) -> Seat | None:
        """Return the seat of this person, where the person has one."""
        return next((seat for seat in self.seats if seat.holder == holder), None)

    def electorate(self) -> list[Seat]:
        """Return the seats whose voice counts: all but those of members who declared a conflict."""
        return [seat for seat in self.seats if seat.co_chair or seat.holder not in self.recused]

    def affirms(self, seat: Seat) -> bool | None:
        """Return the answer that counts for this seat; None is silence."""
        given = self.answers.get(seat.holder)
        return None if given is None or given.by in self.recused else given.affirms

    def over(self, at: datetime) -> bool:
        """Return whether the days of silence have passed."""
        return self.closes_at is not None and at >= self.closes_at


def deadline(opened_at: datetime, *, days: int, calendar: Calendar) -> datetime:
    """Return, in UTC, the end of the last of `days` days as the partnership counts them."""
    return calendar.deadline(opened_at, days=days)


def span(first: date, last: date, calendar: Calendar) -> tuple[datetime, datetime]:
    """Return, in UTC, when a period of whole days begins, and when it is over."""
    return calendar.end(first - timedelta(days=1)), calendar.end(last)


def outcome(ballot: Ballot, *, at: datetime) -> Outcome:
    """Return what the answers amount to at this time."""
    voices = [(seat.co_chair, ballot.affirms(seat)) for seat in ballot.electorate()]
    if any(affirms is False for _chair, affirms in voices):
        return Outcome.STOPPED
    if all(affirms for _chair, affirms in voices):
        return Outcome.ADOPTED
    if (ballot.over(at) or ballot.closes_at is None) and all(affirms for chair, affirms in voices if chair):
        return Outcome.ADOPTED
    return Outcome.OPEN


def refusal(ballot: Ballot, *, person: int, holder: int, at: datetime) -> Refusal | None:
    """Return why this person may not answer for the seat of `holder` now, or None."""
    seat = ballot.seat_of(holder)
    if seat is None or (person != holder and person not in delegates(ballot.proxies, holder, at=at)):
        return Refusal.NOT_ASKED
    if outcome(ballot, at=at) is not Outcome.OPEN:
        return Refusal.CLOSED
    if person in ballot.recused:
        return Refusal.RECUSED
    if not seat.co_chair and holder in ballot.recused:
        return Refusal.LEFT_OUT
    if not seat.co_chair and ballot.over(at):
        return Refusal.TOO_LATE
    return None


def delegates(proxies: Iterable[Proxy], holder: int, *, at: datetime) -> set[int]:
    """Return who may answer for this person now."""
    return {proxy.delegate for proxy in proxies if proxy.holder == holder and proxy.begins <= at < proxy.ends}
