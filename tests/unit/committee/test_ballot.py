"""The electronic procedure by examples; test_ballot_against_an_oracle.py has the many."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from committee.ballot import Ballot, Given, Outcome, Seat, deadline, outcome
from parties.clock import Calendar

CLOSES = datetime(2026, 11, 12, 15, 0, tzinfo=UTC)
BEFORE, AFTER = CLOSES - timedelta(seconds=1), CLOSES


def committee(chairs: list[bool | None], members: list[bool | None]) -> Ballot:
    answers = dict(enumerate(chairs + members))
    return Ballot(
        seats=tuple(Seat(pk, co_chair=pk < len(chairs)) for pk in answers),
        answers={pk: Given(affirms=affirms, by=pk) for pk, affirms in answers.items() if affirms is not None},
        closes_at=CLOSES,
    )


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
        assert outcome(committee(chairs, members), at=at) is expected

    @pytest.mark.parametrize(
        ("chairs", "members", "expected"),
        [
            ([True, True], [None], Outcome.ADOPTED),
            ([True, None], [True], Outcome.OPEN),
            ([True, True], [False], Outcome.STOPPED),
        ],
    )
    def test_in_a_meeting_both_chairs_confirm_what_nobody_objects_to(self, chairs, members, expected):
        assert outcome(replace(committee(chairs, members), closes_at=None), at=BEFORE) is expected


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
        assert deadline(opened, days=10, calendar=Calendar(ZoneInfo(zone))) == expected
