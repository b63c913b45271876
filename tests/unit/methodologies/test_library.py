"""The library of methodologies: each reads, its units fit, and its worked example comes out as computed by hand."""

from copy import deepcopy
from fractions import Fraction
from xml.parsers import expat

import pytest

from methodologies.engine.calculate import by_year
from methodologies.engine.definition import DefinitionError
from methodologies.engine.display import formula, mathml
from methodologies.engine.expression import parse, symbols
from methodologies.engine.reading import check_units, read
from tests.unit.methodologies.library import ENTRIES, example

WANTED = {
    "solar_pv", "cop_ratio", "chillers", "waste_heat_cement", "transformers", "heat_only_boilers", "transmission_lines",
    "waste_to_energy", "solar_battery", "led_lighting", "cogeneration", "digital_tachographs",
}  # fmt: skip

every = pytest.mark.parametrize("name", ENTRIES)


def test_has_every_technology_that_the_jcm_uses_most():
    assert set(ENTRIES) == WANTED


@every
def test_says_how_sure_each_default_is(name):
    entry = ENTRIES[name]
    assert entry["certainty"]["equations"]
    assert entry["eligibility"]
    assert {source["side"] for source in entry["sources"]} == {"reference", "project"}


@every
def test_has_units_that_fit(name):
    check_units(read(ENTRIES[name]["definition"]))


@every
def test_gives_what_was_computed_by_hand(name):
    entry = ENTRIES[name]
    found = {
        year.year: {"reference": six(year.reference), "project": six(year.project), "reductions": year.reductions}
        for year in by_year(read(entry["definition"]), **example(entry))
    }
    wanted = {
        year: {"reference": Fraction(e["reference"]), "project": Fraction(e["project"]), "reductions": e["reductions"]}
        for year, e in entry["example"]["expected"].items()
    }
    assert found == wanted


def six(amount):
    return Fraction(round(amount * 1_000_000), 1_000_000)


@every
def test_is_refused_once_a_unit_is_another(name):
    used = {symbol for _where, node, _unit in read(ENTRIES[name]["definition"]).equations() for symbol in symbols(node)}
    for place, row in enumerate(ENTRIES[name]["definition"]["parameters"]):
        if row["symbol"] not in used:  # what only chooses a table's row
            continue
        changed = deepcopy(ENTRIES[name]["definition"])
        changed["parameters"][place]["unit"] = "kg" if row["unit"] != "kg" else "m"
        with pytest.raises(DefinitionError):
            check_units(read(changed))


@every
def test_reads_again_from_what_it_shows(name):
    definition = read(ENTRIES[name]["definition"])
    for _where, node, _unit in definition.equations():
        shown = formula(node)
        for sign, written in (("×", "*"), ("÷", "/"), ("−", "-"), ("≤", "<="), ("≥", ">="), ("≠", "<>")):
            shown = shown.replace(sign, written)
        assert parse(shown) == node
        expat.ParserCreate().Parse(mathml(node, equals="RE"), True)  # well formed, or it raises


@pytest.mark.parametrize("country", ENTRIES["solar_pv"]["countries"])
def test_is_one_definition_with_the_defaults_of_each_country(country):
    entry = deepcopy(ENTRIES["solar_pv"])
    for symbol, rows in entry["countries"][country].items():
        for parameter in entry["definition"]["parameters"]:
            if parameter["symbol"] == symbol:
                parameter["rows"] = [row | {"value": rows.get(row["is"], row["value"])} for row in parameter["rows"]]
    (year,) = by_year(read(entry["definition"]), **example(entry))
    assert year.reference == Fraction("1862") * Fraction(entry["countries"][country]["EF"]["grid"])
