"""The electronic procedure, against an oracle that is written in another way."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from committee.ballot import Outcome, Voice, deadline, outcome

CLOSES = datetime(2026, 11, 12, 15, 0, tzinfo=UTC)
BEFORE, AFTER = CLOSES - timedelta(seconds=1), CLOSES


def committee(chairs: list[bool | None], members: list[bool | None]) -> list[Voice]:
    return [Voice(co_chair=True, affirms=a) for a in chairs] + [Voice(co_chair=False, affirms=a) for a in members]


class TestOutcome:
    @pytest.mark.parametrize(
        ("chairs", "members", "at", "expected"),
        [
            ([True, True], [None, None], AFTER, Outcome.ADOPTED),
            ([True, True], [None, None], BEFORE, Outcome.OPEN),
            ([True, True], [True, True], BEFORE, Outcome.ADOPTED),
            ([True, None], [True, True], AFTER, Outcome.OPEN),
            ([None, None], [None, None], AFTER, Outcome.OPEN),
            ([True, True], [False, True], BEFORE, Outcome.STOPPED),
            ([False, None], [None, None], BEFORE, Outcome.STOPPED),
            ([True, True], [None, False], AFTER, Outcome.STOPPED),
        ],
    )
    def test_silence_is_consent_for_members_only(self, chairs, members, at, expected):
        assert outcome(committee(chairs, members), closes_at=CLOSES, at=at) is expected

    @given(
        chairs=st.lists(st.sampled_from([True, False, None]), min_size=2, max_size=2),
        members=st.lists(st.sampled_from([True, False, None]), max_size=8),
        seconds=st.integers(-1_000_000, 1_000_000),
    )
    def test_agrees_with_counting(self, chairs, members, seconds):
        at = CLOSES + timedelta(seconds=seconds)
        everybody = chairs + members
        if everybody.count(False):
            expected = Outcome.STOPPED
        elif everybody.count(True) == len(everybody) or (seconds >= 0 and chairs.count(True) == 2):
            expected = Outcome.ADOPTED
        else:
            expected = Outcome.OPEN
        assert outcome(committee(chairs, members), closes_at=CLOSES, at=at) is expected


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
        ],
    )
    def test_is_the_end_of_the_last_day_in_the_zone(self, opened, zone, expected):
        assert deadline(opened, days=10, time_zone=zone) == expected
