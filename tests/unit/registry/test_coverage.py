"""How authorizations cover a leg, against every possible division."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.coverage import Part, Room, cover

AMOUNTS = st.integers(0, 3)
YEARS = (2021, 2022, 2023)


@st.composite
def rooms(draw):
    made = []
    for number in range(draw(st.integers(0, 3))):
        first = draw(st.sampled_from(YEARS))
        last = draw(st.sampled_from([year for year in YEARS if year >= first]))
        made.append(Room(number, first, last, draw(st.one_of(st.none(), AMOUNTS))))
    return made


def can_be_covered(needed: dict[int, int], given_rooms: list[Room]) -> bool:
    """Try every assignment of every tonne."""
    tonnes = [vintage for vintage, quantity in needed.items() for _ in range(quantity)]
    choices = [[room for room in given_rooms if room.first <= vintage <= room.last] for vintage in tonnes]
    for chosen in product(*choices):
        if all(room.left is None or chosen.count(room) <= room.left for room in given_rooms):
            return True
    return False


class TestCover:
    def test_takes_from_one_authorization_without_limit(self):
        assert cover({2021: 5, 2022: 6}, [Room(1, 2021, 2030, None)]) == [Part(1, 2021, 5), Part(1, 2022, 6)]

    def test_joins_several_authorizations(self):
        assert cover({2021: 5}, [Room(1, 2021, 2021, 3), Room(2, 2021, 2022, 3)]) == [
            Part(1, 2021, 3),
            Part(2, 2021, 2),
        ]

    def test_uses_a_limited_one_up_before_one_without_limit(self):
        assert cover({2021: 5}, [Room(1, 2021, 2022, None), Room(2, 2021, 2022, 5)]) == [Part(2, 2021, 5)]

    @pytest.mark.parametrize(
        "room", [Room(1, 2022, 2030, None), Room(1, 2013, 2020, None), Room(1, 2021, 2021, 4), Room(1, 2021, 2021, 0)]
    )
    def test_gives_nothing_where_a_tonne_is_left(self, room):
        assert cover({2021: 5}, [room]) is None

    @given(needed=st.fixed_dictionaries(dict.fromkeys(YEARS, st.integers(0, 2))), given_rooms=rooms())
    def test_covers_whenever_any_division_does(self, needed, given_rooms):
        parts = cover(needed, given_rooms)
        assert (parts is not None) == can_be_covered(needed, given_rooms)
        by_id = {room.authorization: room for room in given_rooms}
        for part in parts or []:
            assert by_id[part.authorization].first <= part.vintage <= by_id[part.authorization].last
        for vintage, quantity in needed.items():
            taken = sum(part.quantity for part in parts or [] if part.vintage == vintage)
            assert parts is None or taken == quantity
        for room in given_rooms:
            taken = sum(part.quantity for part in parts or [] if part.authorization == room.authorization)
            assert room.left is None or taken <= room.left
