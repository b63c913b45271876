"""Days of a deadline, in one place: calendar days of one time zone, some of them standing still (jcm.md 1.11, 2.2).

Deadlines warn; nothing here refuses anything.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a rule pack counts days. `holidays` matter only where they extend a deadline."""

    zone: ZoneInfo
    opening_day_counts: bool = True
    holidays: Collection[date] = ()

    def day(self, moment: datetime) -> date:
        """Return the calendar day of a moment."""
        return moment.astimezone(self.zone).date()

    def end(self, day: date) -> datetime:
        """Return, in UTC, 24:00 of a day, which is 00:00 of the next one; on a day that ends at another hour too.

        In UTC, since Python compares two times of one zone by their clocks, and one that the clocks skip with nothing.
        """
        return datetime.combine(day + DAY, time.min, tzinfo=self.zone).astimezone(UTC)

    def last_day(self, opened: date, *, days: int) -> date:
        """Return the last of `days` calendar days; the first day after holidays where these extend."""
        last = opened + timedelta(days=days - 1 if self.opening_day_counts else days)
        while last in self.holidays:
            last += DAY
        return last

    def deadline(self, opened_at: datetime, *, days: int) -> datetime:
        """Return the end, 24:00 local time, of the last of `days` calendar days."""
        return self.end(self.last_day(self.day(opened_at), days=days))


@dataclass(frozen=True, slots=True)
class Turn:
    """From here on a case's clock runs, or stands still."""

    at: datetime
    counting: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock shows, in calendar days. `left` is negative once the deadline is over.

    `allowed`, `left` and `due_at` are None where no rule sets a number of days, and `due_at` while it stands still.
    """

    used: int
    paused: int
    allowed: int | None = None
    left: int | None = None
    due_at: datetime | None = None


def read(turns: Sequence[Turn], *, allowed: int | None, calendar: Calendar, at: datetime) -> Reading:
    """Return what a clock shows at `at` that started with the first of `turns`; at least one is needed.

    A day in which the clock was stopped counts as used, the day in which it went on does not; so the days used and
    the days paused are together the days that passed.
    """
    days = [calendar.day(turn.at) for turn in turns] + [max(calendar.day(at), calendar.day(turns[-1].at))]
    spans = [((end - start).days, turn.counting) for (start, end), turn in zip(pairwise(days), turns, strict=True)]
    used = sum(length for length, counting in spans if counting) + int(calendar.opening_day_counts)
    paused = sum(length for length, counting in spans if not counting)
    if allowed is None:
        return Reading(used=used, paused=paused)
    last = calendar.last_day(days[0], days=allowed + paused)
    return Reading(
        used=used,
        paused=paused,
        allowed=allowed,
        left=(last - days[-1]).days,
        due_at=calendar.end(last) if turns[-1].counting else None,
    )
