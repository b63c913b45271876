"""The clock of a case, against days counted one by one."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parties.clock import Calendar, Turn, read

ZONES = ("Asia/Tokyo", "Asia/Ulaanbaatar", "America/Santiago", "America/Mexico_City", "Europe/Kyiv", "Pacific/Palau")


def calendar(zone: str, **other) -> Calendar:
    return Calendar(ZoneInfo(zone), **other)


def moment(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


class TestDeadline:
    @pytest.mark.parametrize(
        ("opened", "zone", "expected"),
        [
            # 10 days with the opening day: 2 November … 11 November, 24:00 in the zone.
            (datetime(2026, 11, 2, 3, 0, tzinfo=UTC), "Asia/Ulaanbaatar", datetime(2026, 11, 11, 16, 0, tzinfo=UTC)),
            # 20:00 UTC is already the next day in Tokyo.
            (datetime(2026, 11, 2, 20, 0, tzinfo=UTC), "Asia/Tokyo", datetime(2026, 11, 12, 15, 0, tzinfo=UTC)),
            # Clocks go back in Kyiv on 25 October 2026: the deadline is still midnight there.
            (datetime(2026, 10, 20, 9, 0, tzinfo=UTC), "Europe/Kyiv", datetime(2026, 10, 29, 22, 0, tzinfo=UTC)),
            # Clocks go forward in Santiago at 24:00 of 5 September 2026, so that midnight does not exist there.
            (datetime(2026, 8, 27, 15, 0, tzinfo=UTC), "America/Santiago", datetime(2026, 9, 6, 4, 0, tzinfo=UTC)),
        ],
    )
    def test_ends_at_midnight_of_the_zone(self, opened, zone, expected):
        assert calendar(zone).deadline(opened, days=10) == expected

    def test_is_a_day_later_where_the_opening_day_does_not_count(self):
        opened = moment("2026-11-02T09:00", "Asia/Tokyo")
        strict = calendar("Asia/Tokyo", opening_day_counts=False)
        assert strict.deadline(opened, days=10) == moment("2026-11-13T00:00", "Asia/Tokyo")

    def test_moves_over_holidays_only_where_these_extend(self):
        opened = moment("2026-11-14T09:00", "Asia/Tokyo")  # ten days end on 23 November, a holiday
        holidays = [date(2026, 11, 23), date(2026, 11, 24)]
        assert calendar("Asia/Tokyo").last_day(opened.date(), days=10) == date(2026, 11, 23)
        assert calendar("Asia/Tokyo", holidays=holidays).last_day(opened.date(), days=10) == date(2026, 11, 25)


class TestRead:
    def test_counts_the_opening_day(self):
        begun = moment("2026-11-02T23:59", "Asia/Tokyo")
        reading = read([Turn(begun, counting=True)], allowed=7, calendar=calendar("Asia/Tokyo"), at=begun)
        assert (reading.used, reading.left, reading.paused) == (1, 6, 0)

    def test_stands_still_while_paused_and_moves_the_deadline(self):
        def day(number: int) -> datetime:
            return moment(f"2026-11-{number:02d}T12:00", "Asia/Tokyo")

        clock = calendar("Asia/Tokyo")
        turns = [Turn(day(2), counting=True), Turn(day(4), counting=False)]
        still = read(turns, allowed=7, calendar=clock, at=day(20))
        assert (still.used, still.paused, still.left, still.due_at) == (3, 16, 4, None)
        turns.append(Turn(day(6), counting=True))
        going = read(turns, allowed=7, calendar=clock, at=day(7))
        assert (going.used, going.paused, going.left) == (4, 2, 3)
        assert going.due_at == moment("2026-11-11T00:00", "Asia/Tokyo")

    def test_is_negative_when_the_days_are_over(self):
        begun = moment("2026-11-02T12:00", "Asia/Tokyo")
        late = begun + timedelta(days=9)
        assert read([Turn(begun, counting=True)], allowed=7, calendar=calendar("Asia/Tokyo"), at=late).left == -3

    def test_has_no_deadline_where_no_rule_sets_days(self):
        begun = moment("2026-11-02T12:00", "Asia/Tokyo")
        reading = read([Turn(begun, counting=True)], allowed=None, calendar=calendar("Asia/Tokyo"), at=begun)
        assert (reading.allowed, reading.left, reading.due_at) == (None, None, None)

    @given(
        zone=st.sampled_from(ZONES),
        minutes=st.integers(0, 4 * 365 * 24 * 60),
        hours=st.lists(st.integers(0, 400), min_size=1, max_size=6),
        allowed=st.integers(0, 90),
        opening=st.booleans(),
    )
    def test_agrees_with_counting_days_one_by_one(self, zone, minutes, hours, allowed, opening):
        times = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)]
        for gap in hours:
            times.append(times[-1] + timedelta(hours=gap))
        turns = [Turn(at, counting=number % 2 == 0) for number, at in enumerate(times[:-1])]
        used = paused = 0
        today, last = times[0].astimezone(ZoneInfo(zone)).date(), times[-1].astimezone(ZoneInfo(zone)).date()
        while today < last:
            today += timedelta(days=1)
            # What held when this day began decides, a turn on the day itself only from tomorrow on.
            counting = [t.counting for t in turns if t.at.astimezone(ZoneInfo(zone)).date() < today][-1]
            used, paused = used + counting, paused + (not counting)
        reading = read(turns, allowed=allowed, calendar=calendar(zone, opening_day_counts=opening), at=times[-1])
        assert (reading.used, reading.paused) == (used + opening, paused)
        assert reading.left == allowed - used - opening
