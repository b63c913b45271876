"""A methodology version as data: what is accepted, and which part is named when it is not."""

import copy
from fractions import Fraction

import pytest

from methodologies.engine.definition import MAX_PARAMETERS, DefinitionError, combine, decimal_text, read

SOLAR = {
    "parameters": [
        {"symbol": "EG", "name": "Generation", "unit": "MWh", "kind": "monitored"},
        {"symbol": "EF", "name": "Factor", "unit": "tCO2/MWh", "kind": "fixed", "default": "0.797"},
    ],
    "reference": "EG * EF",
    "project": "0",
}


def changed(**changes):
    data = copy.deepcopy(SOLAR)
    for name, value in changes.items():
        place, _, column = name.partition("__")
        if column:
            data["parameters"][int(place[1:])][column] = value
        else:
            data[place] = value
    return data


class TestRead:
    def test_gives_parameters_and_equations(self):
        definition = read(SOLAR)
        assert [p.symbol for p in definition.monitored()] == ["EG"]
        (factor,) = definition.fixed()
        assert (factor.symbol, factor.default, factor.default_text) == ("EF", Fraction("0.797"), "0.797")

    @pytest.mark.parametrize(
        ("data", "where"),
        [
            ({}, "parameters"),
            (changed(parameters=[]), "parameters"),
            (changed(parameters="EG"), "parameters"),
            (changed(parameters=SOLAR["parameters"][:1] * (MAX_PARAMETERS + 1)), "parameters"),
            (changed(parameters=SOLAR["parameters"][:1] * 2), "parameters"),
            (changed(parameters=SOLAR["parameters"][1:], reference="EF"), "parameters"),
            (changed(p0__symbol="1EG"), "parameter 1"),
            (changed(p0__symbol=""), "parameter 1"),
            (changed(p1__kind="guessed"), "parameter 2"),
            (changed(p1__unit=""), "parameter 2"),
            (changed(p1__default="0,797"), "parameter 2"),
            (changed(p1__default="1e3"), "parameter 2"),
            (changed(reference="EG * EX"), "reference"),
            (changed(reference=""), "reference"),
            (changed(project="EG *"), "project"),
        ],
    )
    def test_names_the_part_that_is_wrong(self, data, where):
        with pytest.raises(DefinitionError) as refusal:
            read(data)
        assert refusal.value.where == where

    def test_names_the_unknown_symbol(self):
        with pytest.raises(DefinitionError, match="reference: Unknown symbol: EX"):
            read(changed(reference="EG * EX"))


class TestDecimalText:
    @pytest.mark.parametrize("text", ["0.797", " 12 ", "-1.5", "0.000000000001"])
    def test_is_exact(self, text):
        assert decimal_text(text, where="x") == Fraction(text.strip())

    @pytest.mark.parametrize("text", ["", "1,5", "1e5", "nan", "inf", "1/3", "٣", "0x1", "1.", "1234567890123"])
    def test_refuses_everything_but_plain_decimals(self, text):
        with pytest.raises(DefinitionError):
            decimal_text(text, where="x")


class TestCombine:
    def test_adds_the_emissions_of_both(self):
        other = changed(p0__symbol="EG2", p1__symbol="EF2", reference="EG2 * EF2", project="EG2")
        joined = combine([read(SOLAR), read(other)])
        assert [p.symbol for p in joined.parameters] == ["EG", "EF", "EG2", "EF2"]
        assert joined.reference.sign == joined.project.sign == "+"

    def test_refuses_one_symbol_with_two_meanings(self):
        with pytest.raises(DefinitionError, match="EF, EG"):
            combine([read(SOLAR), read(SOLAR)])

    def test_refuses_nothing_at_all(self):
        with pytest.raises(DefinitionError, match="no methodology"):
            combine([])
