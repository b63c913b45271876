"""A methodology version as data: what is accepted, and which part is named when it is not."""

import copy
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodologies.engine.calculate import by_year
from methodologies.engine.definition import DefinitionError, combine
from methodologies.engine.reading import MAX_PARAMETERS, check_units, decimal_text, read

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


RICH = {
    "dimensions": [{"symbol": "i", "name": "Unit"}, {"symbol": "f", "name": "Fuel", "members": ["gas", "oil"]}],
    "parameters": [
        {"symbol": "EC", "unit": "MWh", "kind": "monitored", "over": ["i"], "options": ["C"], "minimum": "0"},
        {"symbol": "CAP", "unit": "kW", "kind": "fixed", "over": ["i"]},
        {"symbol": "PLACE", "unit": "1", "kind": "fixed", "choices": ["north", "south"]},
        {"symbol": "EFF", "unit": "1", "kind": "table", "over": ["i"], "by": "CAP",
         "rows": [{"below": "300", "value": "4.92"}, {"value": "5.33"}]},
        {"symbol": "EF", "unit": "tCO2/MWh", "kind": "table", "by": "PLACE",
         "rows": [{"is": "north", "value": "0.8"}, {"is": "south", "value": "0.6"}]},
        {"symbol": "N", "unit": "1", "kind": "fixed", "over": ["f"], "default": {"gas": "1", "oil": "2"}},
        {"symbol": "E", "unit": "MWh", "kind": "derived", "over": ["i"], "expression": "EC[i] * EFF[i]"},
    ],
    "reference": "sum(i, E[i]) * EF * sum(f, N[f])",
    "project": "0",
}  # fmt: skip


def richer(**changes):
    """Return RICH with changes: a row's symbol, two underscores and its column, or a part."""
    data = copy.deepcopy(RICH)
    for name, value in changes.items():
        symbol, _, column = name.partition("__")
        rows = [row for row in data["parameters"] if row["symbol"] == symbol]
        if column:
            rows[0][column] = value
        else:
            data[name] = value
    return data


class TestReadMore:
    def test_gives_dimensions_tables_and_derived_values(self):
        definition = read(RICH)
        by_symbol = {p.symbol: p for p in definition.parameters}
        assert [d.members for d in definition.dimensions] == [(), ("gas", "oil")]
        assert by_symbol["EFF"].rows[0].below == 300
        assert by_symbol["N"].defaults == {"gas": 1, "oil": 2}
        assert [where for where, _node, _unit in definition.equations()] == ["E", "reference", "project"]

    def test_knows_how_a_meter_is_calibrated_and_what_a_gap_counts(self):
        plain, counted = read(RICH).monitored()[0], read(richer(EC__calibration=12, EC__missing="zero")).monitored()[0]
        told = read(richer(EC__calibration="after each repair")).monitored()[0]
        assert (plain.missing, plain.calibration, plain.calibration_months) == ("refuse", "", None)
        assert (counted.missing, counted.calibration_months) == ("zero", 12)
        assert (told.calibration, told.calibration_months) == ("after each repair", None)

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (richer(dimensions=[{"symbol": "i"}, {"symbol": "i"}]), "used twice"),
            (richer(dimensions=[{"symbol": "sum"}]), "word of the language"),
            (richer(dimensions=[{"symbol": each} for each in "abcde"]), "at most 4"),
            (richer(dimensions="i"), "at most 4"),
            (richer(EC__over=["x"]), "knows no x"),
            (richer(EC__options=["D"]), "knows no D"),
            (richer(EC__options=["C", "C"]), "different values"),
            (richer(EC__aggregate="last"), "aggregate must be one of"),
            (richer(EC__missing="lowest"), "missing must be one of refuse, zero, highest"),
            (richer(EC__calibration="0"), "every 1 to 240 months"),
            (richer(EC__calibration="241"), "every 1 to 240 months"),
            (richer(CAP__calibration=12), "Only what is monitored"),
            (richer(CAP__missing="zero"), "Only what is monitored"),
            (richer(EC__minimum="5", EC__maximum="4"), "above the maximum"),
            (richer(EC__symbol="min"), "word of the language"),
            (richer(EC__symbol="i"), "used twice"),
            (richer(EFF__by="EC"), "looked up by"),
            (richer(EFF__over=[]), "looked up by"),
            (richer(EFF__rows=[]), "between 1 and"),
            (richer(EFF__rows=[{"value": "1"}, {"value": "2"}]), "limits of a table rise"),
            (richer(EFF__rows=[{"below": "9", "value": "1"}, {"below": "3", "value": "2"}]), "limits of a table rise"),
            (richer(EFF__rows=[{"below": "9"}]), "no value"),
            (richer(EFF__rows=["9"]), "no list of named values"),
            (richer(EF__rows=[{"is": "north", "value": "1"}]), "one row for each choice: north, south"),
            (richer(N__default={"gas": "1"}), "default for each of gas, oil"),
            (richer(E__expression="EC[i] * F9"), "Unknown symbol: F9"),
            (richer(E__expression="E[i]"), "Unknown symbol: E"),
            (richer(E__expression=""), "expression ends"),
            (richer(reference="sum(i, EC)"), "Write EC\\[i\\] here"),
            (richer(reference="EF[i]"), "Write EF here"),
            (richer(reference="E[i] * EF"), "outside of a sum over i"),
            (richer(reference="sum(x, EF)"), "not x"),
            (richer(reference="sum(i, sum(i, E[i]))"), "not i"),
            (richer(reference="EF * AGE"), "inside history"),
            (richer(reference="history(history(EF))"), "inside another"),
            (richer(reference="EF * PLACE"), "is a choice"),
        ],
    )
    def test_says_what_is_wrong(self, data, words):
        with pytest.raises(DefinitionError, match=words):
            read(data)

    def test_checks_the_units_of_every_equation(self):
        check_units(read(RICH))
        with pytest.raises(DefinitionError, match=r"^E: The result is in MWh instead of kg"):
            check_units(read(richer(E__unit="kg")))
        with pytest.raises(DefinitionError, match=r"^CAP: “horse” is no unit"):
            check_units(read(richer(CAP__unit="horse")))


# Readings in thousandths, each on a day of the year.
DAYS = st.lists(st.tuples(st.integers(1, 365), st.integers(0, 10**6)), min_size=1, max_size=40)


class TestByYear:
    FIXED = {"CAP": {("a",): Fraction(299), ("b",): Fraction(300)}, "PLACE": "south"}
    MEMBERS = {"i": ["a", "b"]}

    def test_looks_up_tables_and_derives(self):
        readings = [(2024, "EC", Fraction(10), ("a",)), (2024, "EC", Fraction(1), ("b",))]
        (year,) = by_year(read(RICH), readings=readings, fixed=self.FIXED, members=self.MEMBERS)
        assert year.reference == (Fraction("49.2") + Fraction("5.33")) * Fraction("0.6") * 3

    @pytest.mark.parametrize(
        ("fixed", "words"),
        [
            ({"PLACE": "west"}, "PLACE: Choose one of north, south"),
            ({"CAP": {("a",): Fraction(1)}}, r"CAP: There is no value for CAP\[b\]"),
            ({"CAP": None}, "CAP: No value is fixed"),
        ],
    )
    def test_names_the_value_that_is_missing(self, fixed, words):
        readings = [(2024, "EC", Fraction(10), (member,)) for member in "ab"]
        with pytest.raises(DefinitionError, match=words):
            by_year(read(RICH), readings=readings, fixed={**self.FIXED, **fixed}, members=self.MEMBERS)

    def test_names_the_member_without_readings(self):
        readings = [(2024, "EC", Fraction(10), ("a",))]
        with pytest.raises(DefinitionError, match=r"2024: There is no value for EC\[b\]"):
            by_year(read(RICH), readings=readings, fixed=self.FIXED, members=self.MEMBERS)

    @given(DAYS, st.integers(1, 365))
    def test_is_the_same_in_one_period_or_two(self, days, cut):
        """For what is linear in the readings; nothing is rounded before the year is whole."""
        definition = read(SOLAR)
        parts = [[value for day, value in days if day < cut], [value for day, value in days if day >= cut]]

        def total(values):
            readings = [(2024, "EG", Fraction(value, 1000)) for value in values]
            return sum((year.reference for year in by_year(definition, readings=readings, fixed={})), Fraction(0))

        assert total([value for _day, value in days]) == total(parts[0]) + total(parts[1])
