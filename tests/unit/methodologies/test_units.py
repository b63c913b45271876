"""Units of equations: what fits, and the term that is named when it does not."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodologies.engine.expression import ExpressionError, parse
from methodologies.engine.units import check, unit

UNITS = {
    "EG": "MWh", "EF": "tCO2/MWh", "W": "W", "MP": "h", "D": "day", "CAP": "MW", "K": "1/year", "M": "t", "T": "°C",
    "COP": "1", "SHARE": "%", "V": "m3", "Q": "kWh",
}  # fmt: skip


class TestCheck:
    @pytest.mark.parametrize(
        "text",
        [
            "EG * EF",
            "0",
            "-EG * EF",
            "EG * EF - 0",
            "W * MP * 0.000001 [MWh/W/h] * EF",
            "(EG - CAP * 24 [h/day] * D) * EF",
            "history(EG * exp(-K * AGE)) * EF",
            "EG ^ 2 / EG * EF",
            "EG * EF * (T + 1.5 [°C]) / T",
            "EG * EF * SHARE / 1 [%]",
            "min(EG, 3 [MWh]) * EF",
            "if(T > 30 [°C], EG, 2 [MWh]) * EF",
            "EG * EF * COP ^ 0.5 * sqrt(COP) * ln(COP)",
            "(Q * 0.001 [MWh/kWh] + EG) * EF",
        ],
    )
    def test_takes_what_comes_to_emissions(self, text):
        check(parse(text), UNITS)

    @pytest.mark.parametrize(
        ("text", "term", "words"),
        [
            ("EG", "EG", "MWh instead of tCO2eq"),
            ("M * 1", "M * 1", "t instead of tCO2eq"),
            ("W * MP * EF", "W * MP * EF", "1e-06 tCO2eq"),
            ("EG * EF * SHARE", "EG * EF * SHARE", "0.01 tCO2eq"),
            ("(EG - CAP * 24 * D) * EF", "EG - CAP * 24 * D", "MWh and MW × day"),
            ("(EG + Q) * EF", "EG + Q", "MWh and kWh"),
            ("EG * EF + 2", "EG * EF + 2", "and 1 do not"),
            ("EG * EF * exp(EG)", "EG", "exp takes a number without a unit"),
            ("EG * EF * ln(SHARE)", "SHARE", "ln takes"),
            ("EG ^ COP * EF", "EG ^ COP", "whole number"),
            ("EG * EF ^ D", "D", "exponent has no unit, “D” has day"),
            ("if(T > 30, EG, EG) * EF", "if(T > 30, EG, EG)", "°C and 1"),
            ("if(T > 30 [°C], EG, Q) * EF", "if(T > 30 [°C], EG, Q)", "MWh and kWh"),
            ("max(EG, Q) * EF", "max(EG, Q)", "MWh and kWh"),
            ("sum(i, history(EG)) * EF * V", "sum(i, history(EG)) * EF * V", "instead of"),
        ],
    )
    def test_points_at_the_term_that_does_not_fit(self, text, term, words):
        with pytest.raises(ExpressionError, match=words) as refused:
            check(parse(text), UNITS)
        start, end = refused.value.at
        assert text[start:end] == term


class TestUnit:
    @pytest.mark.parametrize(
        ("text", "same"),
        [("kWh", "MWh"), ("km/litre", "m/m3"), ("GJ", "MWh"), ("USRt", "kW"), ("tCO2e", "kgCO2"), ("1/year", "1/day")],
    )
    def test_knows_one_dimension_in_many_units(self, text, same):
        assert unit(text).powers == unit(same).powers
        assert not unit(text).fits(unit(same))

    @pytest.mark.parametrize("text", ["1", "-", "–", ""])
    def test_takes_a_plain_number_for_none(self, text):
        assert unit(text).plain

    @pytest.mark.parametrize(
        "text", ["MWH/", "furlong per", "tCO3", "__import__('os')", "1e9**9**9", "m" * 41, "9**9**9**9", "lambda: 1"]
    )
    def test_refuses_what_is_no_unit(self, text):
        with pytest.raises(ExpressionError, match="no unit"):
            unit(text)

    def test_keeps_emissions_apart_from_mass(self):
        assert unit("tCO2").powers != unit("t").powers

    @given(st.sampled_from(sorted(set(UNITS.values()))), st.sampled_from(sorted(set(UNITS.values()))))
    def test_multiplies_and_divides_back(self, one, other):
        there = unit(one).times(unit(other))
        assert there.times(unit(other), -1).fits(unit(one))
        assert there.factor == unit(one).factor * unit(other).factor
        assert isinstance(there.factor, Fraction)
