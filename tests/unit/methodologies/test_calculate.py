"""Reductions per calendar year against known figures and against an independent calculation."""

from collections import defaultdict
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodologies.engine.calculate import by_year, fixed_values
from methodologies.engine.definition import DefinitionError
from methodologies.engine.reading import read


def definition(reference, project, monitored=("EG",), **fixed):
    return read(
        {
            "parameters": [
                *({"symbol": s, "name": s, "unit": "MWh", "kind": "monitored"} for s in monitored),
                *({"symbol": s, "name": s, "unit": "1", "kind": "fixed", "default": d} for s, d in fixed.items()),
            ],
            "reference": reference,
            "project": project,
        }
    )


def readings(year, symbol, *values):
    return [(year, symbol, Fraction(value)) for value in values]


SOLAR = definition("EG * EF", "0", EF="0.797")


class TestByYear:
    def test_solar_plant_of_twelve_months(self):
        months = [
            "612.5",
            "688.25",
            "851",
            "943.125",
            "1024.75",
            "1011",
            "998.5",
            "957.25",
            "874.125",
            "790",
            "651.5",
            "598.5",
        ]
        (result,) = by_year(SOLAR, readings=readings(2025, "EG", *months), fixed={})
        assert (result.reference, result.reductions) == (Fraction("7970.3985"), 7970)

    def test_freezer_with_a_ratio_of_efficiencies(self):
        # The design document of ID003 states 166.70 MWh, 135.70 t, 109.89 t and 25 t.
        freezer = definition(
            "EC * (COP_PJ / COP_RE) * EF", "EC * EF", ("EC",), COP_PJ="1.63", COP_RE="1.32", EF="0.814"
        )
        (result,) = by_year(freezer, readings=readings(2015, "EC", "135"), fixed={})
        assert round(float(result.reference), 2) == 135.70
        assert result.project == Fraction("109.89")
        assert result.reductions == 25

    def test_rounds_down_once_and_from_the_unrounded_difference(self):
        # 2.6 − 0.5 = 2.1: rounding either term first would give 1 or 3.
        plant = definition("EG", "PE", ("EG", "PE"))
        (result,) = by_year(plant, readings=[*readings(2024, "EG", "2.6"), *readings(2024, "PE", "0.5")], fixed={})
        assert result.reductions == 2

    def test_sums_all_meters_before_rounding(self):
        (result,) = by_year(definition("EG", "0"), readings=readings(2024, "EG", "0.5", "0.5", "0.9"), fixed={})
        assert result.reductions == 1

    def test_negative_year_gives_nothing_and_says_so(self):
        plant = definition("EG", "PE", ("EG", "PE"))
        data = [
            *readings(2024, "EG", "1"),
            *readings(2024, "PE", "5"),
            *readings(2025, "EG", "9"),
            *readings(2025, "PE", "5"),
        ]
        assert [(r.year, r.reductions, r.negative) for r in by_year(plant, readings=data, fixed={})] == [
            (2024, 0, True),
            (2025, 4, False),
        ]

    def test_a_year_of_nought_is_not_negative(self):
        (result,) = by_year(SOLAR, readings=readings(2024, "EG", "0"), fixed={})
        assert (result.reductions, result.negative) == (0, False)

    def test_keeps_what_it_calculated_with(self):
        (result,) = by_year(SOLAR, readings=readings(2024, "EG", "1.5", "2.5"), fixed={"EF": Fraction(1, 2)})
        assert dict(result.inputs) == {"EG": Fraction(4), "EF": Fraction(1, 2)}

    def test_names_the_year_that_cannot_be_calculated(self):
        ratio = definition("EG / PE", "0", ("EG", "PE"))
        data = [*readings(2024, "EG", "1"), *readings(2024, "PE", "0")]
        with pytest.raises(DefinitionError, match="2024: Division by nought"):
            by_year(ratio, readings=data, fixed={})

    @given(
        rows=st.lists(
            st.tuples(st.integers(2019, 2023), st.sampled_from(["A", "B"]), st.decimals(0, 10**7, places=6)),
            max_size=40,
        ),
        factor=st.decimals(0, 5, places=4),
        loss=st.decimals(0, 1, places=4),
    )
    def test_agrees_with_an_independent_calculation(self, rows, factor, loss):
        plant = definition("(A - B * LOSS) * EF", "B / 3 * EF + 0.25", ("A", "B"), EF=str(factor), LOSS=str(loss))
        years = {year for year, _symbol, _value in rows}
        complete = [(y, s, Fraction(v)) for y, s, v in rows] + [(y, s, Fraction(0)) for y in years for s in "AB"]
        total = defaultdict(Fraction)
        for year, symbol, value in complete:
            total[year, symbol] += value
        ef, lost = Fraction(factor), Fraction(loss)
        expected = []
        for year in sorted(years):
            a, b = total[year, "A"], total[year, "B"]
            difference = a * ef - b * lost * ef - b * ef / 3 - Fraction(1, 4)
            # integer division floors towards minus infinity, as the rule for a year above nought asks
            whole = max(0, difference.numerator // difference.denominator)
            expected.append((year, whole, difference < 0))
        results = by_year(plant, readings=complete, fixed={})
        assert [(r.year, r.reductions, r.negative) for r in results] == expected


class TestFixedValues:
    def test_prefers_the_projects_value_to_the_default(self):
        assert fixed_values(SOLAR, {"EF": Fraction(1, 4)}) == {"EF": Fraction(1, 4)}
        assert fixed_values(SOLAR, {}) == {"EF": Fraction("0.797")}

    def test_refuses_a_parameter_without_value_and_default(self):
        with pytest.raises(DefinitionError, match="EF: No value is fixed ex ante"):
            fixed_values(definition("EG * EF", "0", EF=""), {})
