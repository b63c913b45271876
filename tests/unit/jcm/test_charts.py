"""Charts: lengths and places follow from the numbers."""

import pytest

from jcm import charts


class TestBars:
    def test_the_longest_is_a_hundred(self) -> None:
        chart = charts.bars([("Viet Nam", 50), ("Palau", 5, "/countries/palau/")], label_heading="c", value_heading="n")
        assert [(bar.share, bar.href) for bar in chart.bars] == [(100.0, ""), (10.0, "/countries/palau/")]

    def test_nothing_at_all_is_drawn_without_fault(self) -> None:
        assert charts.bars([("Palau", 0)], label_heading="c", value_heading="n").bars[0].share == 0
        assert charts.bars([], label_heading="c", value_heading="n").bars == []


class TestNiceTicks:
    @pytest.mark.parametrize(
        ("highest", "ticks"),
        [
            (0, [0, 1]),
            (3, [0, 1, 2, 3]),
            (7, [0, 2, 4, 6, 8]),
            (43_012, [0, 20_000, 40_000, 60_000]),
            (129_320, [0, 50_000, 100_000, 150_000]),
        ],
    )
    def test_are_round_and_reach_the_top(self, highest: int, ticks: list[int]) -> None:
        assert charts.nice_ticks(highest) == ticks


class TestColumns:
    def test_segments_stack_without_gap(self) -> None:
        chart = charts.columns(["2024", "2025"], [("Japan", [30, 10]), ("Partner", [10, 0])], heading="Year")
        first, second, third = chart.segments
        assert second.y + second.height == pytest.approx(first.y, abs=0.11)
        assert first.y + first.height == chart.base
        assert (third.title, len(chart.segments)) == ("2025, Japan: 10", 3)
        assert chart.rows == [("2024", [30, 10], 40), ("2025", [10, 0], 10)]

    def test_many_years_are_not_all_named(self) -> None:
        years = [str(year) for year in range(2000, 2030)]
        chart = charts.columns(years, [("all", [1] * 30)], heading="Year")
        assert [name.label for name in chart.names] == years[::3]
