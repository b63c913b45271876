"""Whole tonnes: one rounding rule, fair splitting."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.quantities import by_vintage, days_per_year, largest_remainder, whole_tonnes


class TestWholeTonnes:
    @pytest.mark.parametrize(
        ("exact", "whole"),
        [("25.81", 25), ("26", 26), ("25.999999999", 25), ("0.4", 0), ("-0.1", 0), ("-12", 0)],
    )
    def test_rounds_down_and_never_below_nought(self, exact, whole):
        assert whole_tonnes(Fraction(exact)) == whole


class TestLargestRemainder:
    @given(
        total=st.integers(0, 10**12),
        weights=st.dictionaries(st.integers(2013, 2060), st.integers(1, 366), min_size=1, max_size=20),
    )
    def test_parts_sum_to_the_whole_and_stray_less_than_a_tonne(self, total, weights):
        parts = largest_remainder(total, weights)
        assert sum(parts.values()) == total
        whole = sum(weights.values())
        assert all(abs(parts[key] - Fraction(total * weight, whole)) < 1 for key, weight in weights.items())

    def test_gives_the_tonne_left_over_to_the_largest_remainder(self):
        assert largest_remainder(10, {2019: 1, 2020: 2}) == {2019: 3, 2020: 7}

    def test_prefers_the_earlier_year_on_a_tie(self):
        assert largest_remainder(1, {2019: 1, 2020: 1}) == {2019: 1, 2020: 0}


class TestDaysPerYear:
    def test_counts_both_ends(self):
        assert days_per_year(date(2019, 12, 31), date(2020, 1, 1)) == {2019: 1, 2020: 1}

    def test_knows_leap_years(self):
        assert days_per_year(date(2020, 1, 1), date(2020, 12, 31)) == {2020: 366}

    def test_refuses_a_period_that_ends_before_it_starts(self):
        with pytest.raises(ValueError, match="ends before"):
            days_per_year(date(2020, 1, 2), date(2020, 1, 1))

    @given(start=st.dates(date(2013, 1, 1), date(2040, 1, 1)), length=st.integers(0, 5000))
    def test_sums_to_the_length_of_the_period(self, start, length):
        assert sum(days_per_year(start, start + timedelta(days=length)).values()) == length + 1


class TestByVintage:
    def test_splits_a_period_by_days(self):
        # 184 + 366 days: 100 t × 184/550 = 33.45, 100 t × 366/550 = 66.55
        assert by_vintage(100, start=date(2019, 7, 1), end=date(2020, 12, 31)) == {2019: 33, 2020: 67}

    def test_leaves_out_a_year_that_gets_nothing(self):
        assert by_vintage(1, start=date(2019, 12, 31), end=date(2020, 12, 31)) == {2020: 1}
