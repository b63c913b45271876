"""Random ballots, and an oracle that says how each must end.

The oracle shares nothing with committee/ballot.py: its calendar is the C library's (TZ and localtime, no zoneinfo), and
it replays what people did as a story, in seconds since 1970, with sets of names.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import TZPATH

DAY = 86_400
# Whole hours, halves and quarters; clocks that are turned at night, at midnight, by half an hour, not at all; a zone
# that once left out a whole day.
ZONES = (
    "UTC", "Asia/Tokyo", "Asia/Ulaanbaatar", "Asia/Kathmandu", "Asia/Tehran", "Asia/Riyadh", "Asia/Beirut",
    "Africa/Cairo", "Europe/Kyiv", "America/Santiago", "America/Havana", "America/Sao_Paulo", "America/Costa_Rica",
    "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
)  # fmt: skip
HOLIDAYS = {(1, 1), (1, 2), (1, 3), (2, 11), (4, 29), (5, 3), (5, 4), (5, 5), (11, 3), (11, 23), (12, 25)}


# --- the oracle's calendar ----------------------------------------------------------------------------------------


@contextmanager
def clock_of(zone: str) -> Iterator[None]:
    """Let the C library tell the time of this zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = f":{next(path for folder in TZPATH if (path := Path(folder) / zone).exists())}"
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


def local_day(second: int) -> date:
    """Return the day on the wall, by the zone that is set."""
    told = time.localtime(second)
    return date(told.tm_year, told.tm_mon, told.tm_mday)


def first_second_after(day: date, near: int) -> int:
    """Return the first second whose day is later than this one; `near` is some second of about that day."""
    before = near - 2 * DAY
    while local_day(before + 10_800) <= day:
        before += 10_800
    after = before + 10_800
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if local_day(middle) <= day else (before, middle)
    return after


# --- what happens -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does: answers for a seat ("yes", "no"), or declares ("conflict", "clear")."""

    second: int
    who: str
    what: str
    seat: str = ""


@dataclass(frozen=True, slots=True)
class Errand:
    """`stand_in` may answer for `away`, from the first to the last day."""

    away: str
    stand_in: str
    first: date
    last: date


@dataclass(slots=True)
class Tale:
    """One ballot: the committee, the delegates, and what people do, in order of time."""

    zone: str
    opened: int
    days: int
    closes: int
    chairs: tuple[str, str]
    members: tuple[str, ...]
    opening_day_counts: bool = True
    holidays_extend: bool = False
    errands: list[Errand] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody on the committee."""
        return (*self.chairs, *self.members)


@dataclass(frozen=True, slots=True)
class End:
    """How a ballot ended ("adopted", "stopped", "open"), in which second, and which deeds were not taken."""

    how: str
    second: int | None
    refused: tuple[int, ...]


def side(person: str) -> str:
    """Return the side on which somebody sits: the first letter of the name."""
    return person[0]


def tell(dice: random.Random, *, most_members: int = 4) -> Tale:
    """Make up a ballot."""
    zone = dice.choice(ZONES)
    days = dice.choice((1, 2, 3, 7, 10, 10, 10, 14))
    with clock_of(zone):
        opened = _opening(dice, days)
        counts, extends = dice.random() < 0.8, dice.random() < 0.2
        last = local_day(opened) + timedelta(days=days - 1 if counts else days)
        while extends and (last.month, last.day) in HOLIDAYS:
            last += timedelta(days=1)
        closes = first_second_after(last, opened + (last - local_day(opened)).days * DAY + DAY)
        members = tuple(f"{s}{n}" for s in "jh" for n in range(dice.randint(0, most_members)))
        tale = Tale(zone, opened, days, closes, ("jchair", "hchair"), members, counts, extends)
        tale.errands = _errands(dice, tale)
        edges = [second for errand in tale.errands for second in _span(errand, opened)]
    tale.deeds = _deeds(dice, tale, edges)
    return tale


def _opening(dice: random.Random, days: int) -> int:
    """Open at any time between 2010 and 2035, often so that clocks are turned, or the last day is a holiday."""
    second = dice.randrange(1_262_304_000, 2_051_222_400)
    kind = dice.random()
    if kind < 0.4:
        moved = [s for s in range(second, second + 400 * DAY, DAY) if _offset(s) != _offset(s + DAY)]
        if moved:
            second = moved[0] - dice.randrange(-1, days + 1) * DAY + dice.randrange(DAY)
    elif kind < 0.7:
        while not _is_holiday(local_day(second) + timedelta(days=days - 1)):
            second += DAY
    if dice.random() < 0.3:  # in the last or the first minutes of a day
        second = first_second_after(local_day(second), second) + dice.randrange(-90, 90)
    return second


def _offset(second: int) -> int:
    return time.localtime(second).tm_gmtoff


def _is_holiday(day: date) -> bool:
    return (day.month, day.day) in HOLIDAYS or day.weekday() == 6


def _errands(dice: random.Random, tale: Tale) -> list[Errand]:
    found = []
    for away in tale.people:
        others = [p for p in tale.people if p != away and side(p) == side(away)]
        if others and dice.random() < 0.35:
            first = local_day(tale.opened) + timedelta(days=dice.randint(-3, tale.days + 1))
            found.append(Errand(away, dice.choice(others), first, first + timedelta(days=dice.randint(0, tale.days))))
    return found


def _span(errand: Errand, near: int) -> tuple[int, int]:
    """Return the first second of an errand, and the first after it."""
    today = local_day(near)
    begins = first_second_after(errand.first - timedelta(days=1), near + (errand.first - today).days * DAY)
    return begins, first_second_after(errand.last, near + (errand.last - today).days * DAY)


def _deeds(dice: random.Random, tale: Tale, edges: list[int]) -> list[Deed]:
    """Let people do this and that; many agree, since a single objection ends the tale."""
    mood = dice.choice(("calm", "calm", "keen", "cross"))
    edges = [second for second in (*edges, tale.closes) if second > tale.opened]
    deeds = []
    for _ in range(dice.randint(0, 4 * len(tale.people))):
        second = dice.randrange(tale.opened, tale.closes + 2 * DAY)
        if dice.random() < 0.25:
            second = max(tale.opened, dice.choice(edges) + dice.choice((-1, 0, 1)))
        deeds.append(_deed(dice, tale, mood, second))
    if mood == "keen":  # everybody agrees, in some order, before or after the deadline
        deeds += [Deed(dice.randrange(tale.opened, tale.closes + DAY), p, "yes", p) for p in tale.people]
    return sorted(deeds, key=lambda deed: deed.second)


def _deed(dice: random.Random, tale: Tale, mood: str, second: int) -> Deed:
    who = dice.choice(tale.people)
    if dice.random() < 0.12:
        return Deed(second, who, dice.choice(("conflict", "conflict", "clear")))
    seat = who
    if dice.random() < 0.5:  # for another, mostly where there is an errand
        theirs = [errand.away for errand in tale.errands if errand.stand_in == who]
        seat = dice.choice(theirs) if theirs else dice.choice(tale.people)
    against = {"calm": 0.04, "keen": 0.0, "cross": 0.3}[mood]
    return Deed(second, who, "no" if dice.random() < against else "yes", seat)


# --- how it must end ----------------------------------------------------------------------------------------------


def judge(tale: Tale) -> End:
    """Replay the tale by the rules as they are written down in docs/adr/0013."""
    with clock_of(tale.zone):
        spans = [(errand.away, errand.stand_in, *_span(errand, tale.opened)) for errand in tale.errands]
    said: dict[str, tuple[str, str]] = {}
    tainted: set[str] = set()
    refused: list[int] = []
    for number, deed in enumerate(tale.deeds):
        if deed.second >= tale.closes and _consented(tale, said, tainted):
            return End("adopted", tale.closes, tuple(refused))
        if deed.what in ("conflict", "clear"):
            tainted = tainted | {deed.who} if deed.what == "conflict" else tainted - {deed.who}
        elif _may_speak(tale, deed, spans, tainted):
            said[deed.seat] = (deed.what, deed.who)
        else:
            refused.append(number)
            continue
        end = _after(tale, deed.second, said, tainted)
        if end:
            return End(end, deed.second, tuple(refused))
    if _consented(tale, said, tainted):
        return End("adopted", tale.closes, tuple(refused))
    return End("open", None, tuple(refused))


def _may_speak(tale: Tale, deed: Deed, spans: list[tuple[str, str, int, int]], tainted: set[str]) -> bool:
    sent = any((deed.seat, deed.who) == pair[:2] and pair[2] <= deed.second < pair[3] for pair in spans)
    if deed.who in tainted or not (deed.who == deed.seat or sent):
        return False
    if deed.seat in tale.chairs:
        return True
    return deed.seat not in tainted and deed.second < tale.closes


def _clean(said: dict[str, tuple[str, str]], tainted: set[str], word: str) -> set[str]:
    """Return the seats for which this word was said by somebody without a conflict."""
    return {seat for seat, (spoken, mouth) in said.items() if spoken == word and mouth not in tainted}


def _consented(tale: Tale, said: dict[str, tuple[str, str]], tainted: set[str]) -> bool:
    """Whether the silence of the members adopts: both chairs agreed, nobody who counts objected."""
    return set(tale.chairs) <= _clean(said, tainted, "yes") and not _objected(tale, said, tainted)


def _objected(tale: Tale, said: dict[str, tuple[str, str]], tainted: set[str]) -> bool:
    left_out = set(tale.members) & tainted
    return bool(_clean(said, tainted, "no") - left_out)


def _after(tale: Tale, second: int, said: dict[str, tuple[str, str]], tainted: set[str]) -> str:
    if _objected(tale, said, tainted):
        return "stopped"
    counted = set(tale.people) - (set(tale.members) & tainted)
    if counted <= _clean(said, tainted, "yes"):
        return "adopted"
    return "adopted" if second >= tale.closes and _consented(tale, said, tainted) else ""
