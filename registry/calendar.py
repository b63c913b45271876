"""Working days of a registry: no weekend and no public holiday in any of the Parties concerned (issue of delays).

Holidays come from the `holidays` library. Friday and Saturday, or Saturday and Sunday, are the weekend as the
library knows it for the country.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

NOON = time(12, 0)


@lru_cache(maxsize=64)
def _calendar(code: str) -> holidays.HolidayBase:
    return holidays.country_holidays(code)


def is_working_day(day: date, countries: Collection[str]) -> bool:
    """Return whether `day` is a working day in every one of the countries (ISO 3166-1 alpha-2)."""
    return all(_calendar(code).is_working_day(day) for code in countries)


def nth_working_day(after: date, n: int, countries: Collection[str]) -> date:
    """Return the n-th working day after `after`, which itself does not count; n = 0 is `after`."""
    day = after
    for _ in range(n):
        day += timedelta(days=1)
        while not is_working_day(day, countries):
            day += timedelta(days=1)
    return day


def next_noon(at: datetime, countries: Collection[str], time_zone: str) -> datetime:
    """Return noon, local time, of the first working day after the day of `at`."""
    zone = ZoneInfo(time_zone)
    day = nth_working_day(at.astimezone(zone).date(), 1, countries)
    return datetime.combine(day, NOON, tzinfo=zone)
