"""Who has which part of what a project mitigates: a year's reductions, not issued, partner's and Japan's."""

from fractions import Fraction

import pytest

from core.quantities import whole_tonnes
from methodologies.engine.calculate import by_year
from methodologies.engine.reading import read
from projects.mitigation import Mitigation

# Vector CA-10 of the domain's data: one project, two vintages, 70 percent of the credits for Japan.
MEASURED = {2024: {"RE_P": "12500", "PE_P": "7300"}, 2025: {"RE_P": "12900", "PE_P": "7500"}}
BUSINESS_AS_USUAL = {2024: 13_200, 2025: 13_600}
DEFINITION = read(
    {
        "parameters": [
            {"symbol": symbol, "name": "Emissions", "unit": "tCO2", "kind": "monitored"} for symbol in ("RE_P", "PE_P")
        ],
        "reference": "RE_P",
        "project": "PE_P",
    }
)


def years(measured):
    readings = [
        (year, symbol, Fraction(text)) for year, symbols in measured.items() for symbol, text in symbols.items()
    ]
    return by_year(DEFINITION, readings=readings, fixed={})


def mitigation(result, business_as_usual, percent=70):
    japan = whole_tonnes(Fraction(percent, 100) * result.reductions)
    return Mitigation(
        result.year, result.reference, result.project, result.reductions,
        Fraction(business_as_usual), (result.reductions - japan, japan),
    )  # fmt: skip


class TestVectorCA10:
    def test_gives_the_credits_of_both_vintages(self):
        assert {each.year: each.reductions for each in years(MEASURED)} == {2024: 5_200, 2025: 5_400}

    def test_gives_the_parts_of_each_side_and_what_is_not_issued(self):
        found = [mitigation(each, BUSINESS_AS_USUAL[each.year]) for each in years(MEASURED)]
        assert [(each.not_issued, each.sides) for each in found] == [(700, (1_560, 3_640)), (700, (1_620, 3_780))]
        assert [each.rounded for each in found] == [0, 0]


@pytest.mark.parametrize("reference", ["136", "135.700368", "110.000001", "109.89", "100"])
def test_adds_up_to_what_is_mitigated(reference):
    (year,) = years({2024: {"RE_P": reference, "PE_P": "109.89"}})
    found = mitigation(year, "200.5")
    partner, japan = found.sides
    assert found.not_issued + partner + japan + found.rounded == Fraction("200.5") - year.project
    assert partner + japan == max(0, (year.reference - year.project).__floor__())
    assert found.rounded < 1
