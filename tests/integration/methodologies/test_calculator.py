"""Trying a methodology with numbers of one's own."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from tests.factories import cycle

pytestmark = pytest.mark.django_db
CHILLERS = {
    "dimensions": [{"symbol": "i", "name": "Chiller"}],
    "parameters": [
        {"symbol": "EC", "name": "Use", "unit": "MWh", "kind": "monitored", "over": ["i"], "minimum": "0",
         "maximum": "9"},
        {"symbol": "CASE", "name": "Grid", "unit": "1", "kind": "fixed", "choices": ["north", "south"]},
        {"symbol": "EF", "name": "Factor", "unit": "tCO2/MWh", "kind": "table", "by": "CASE",
         "rows": [{"is": "north", "value": "0.8"}, {"is": "south", "value": "0.5"}]},
        {"symbol": "COP", "name": "Ratio", "unit": "1", "kind": "fixed", "default": "1.5"},
    ],
    "reference": "sum(i, EC[i]) * COP * EF",
    "project": "sum(i, EC[i]) * EF",
}  # fmt: skip


@pytest.fixture
def ask(client):
    """Return how to ask the calculator of a methodology."""
    people = cycle.cast("MN")

    def asked(definition=None, **numbers):
        given = {"definition": definition} if definition else {}
        version = cycle.approved_methodology(people, **given)
        return client.get(reverse("methodologies:calculator", args=[version.pk]), numbers)

    return asked


class TestCalculator:
    def test_asks_for_every_number_and_shows_the_defaults(self, ask):
        response = ask()
        form = response.context["form"]
        assert not form.is_bound
        assert {name: field.initial for name, field in form.fields.items()} == {"EG": "", "EF": "0.797"}
        assert response.context["year"] is None

    def test_gives_the_result_with_the_equation_filled_in(self, ask):
        page = ask(EG="10000.5", EF="0.797")
        year = page.context["year"]
        assert year.result.reductions == 7970
        assert "10,000.5 MWh × 0.797 tCO2/MWh = 7,970.3985 tCO2" in page.content.decode()

    def test_grows_by_as_many_members_as_are_asked_for(self, ask):
        form = ask(CHILLERS, **{"i-count": "3"}).context["form"]
        assert [name for name in form.fields if name.startswith("EC")] == ["EC-1", "EC-2", "EC-3"]
        assert not form.is_bound, "the numbers of the new ones were not asked for yet"

    @pytest.mark.parametrize(("case", "tonnes"), [("north", 2), ("south", 1)])
    def test_adds_up_the_members_and_looks_up_tables(self, ask, case, tonnes):
        numbers = {"i-count": "2", "EC-1": "4", "EC-2": "1.5", "CASE": case, "COP": "1.5"}
        assert ask(CHILLERS, **numbers).context["year"].result.reductions == tonnes

    @pytest.mark.parametrize(
        ("changes", "field"),
        [({"EC-1": "ten"}, "EC-1"), ({"EC-1": "-1"}, "EC-1"), ({"EC-1": "9.1"}, "EC-1"), ({"EC-1": ""}, "EC-1"),
         ({"CASE": "west"}, "CASE"), ({"COP": "1e9"}, "COP")],
    )  # fmt: skip
    def test_names_the_number_that_is_wrong(self, ask, changes, field):
        numbers = {"i-count": "1", "EC-1": "4", "CASE": "north", "COP": "1.5", **changes}
        response = ask(CHILLERS, **numbers)
        assert list(response.context["form"].errors) == [field]
        assert response.context["year"] is None

    def test_says_why_there_is_no_result(self, ask):
        broken = {**cycle.SOLAR, "reference": "EG * EF / (EF / EF - 1)"}
        form = ask(broken, EG="1", EF="0.8").context["form"]
        assert "Division by nought." in str(form.errors)

    @pytest.mark.parametrize("count", ["0", "-3", "999999999", "x", "٣"])
    def test_bears_any_number_of_members(self, ask, count):
        form = ask(CHILLERS, **{"i-count": count}).context["form"]
        assert 1 <= len([name for name in form.fields if name.startswith("EC")]) <= 10

    def test_is_not_there_where_nothing_computes(self, client):
        people = cycle.cast("MN")
        version = cycle.approved_methodology(people)
        type(version).objects.filter(pk=version.pk).update(definition=None)
        assert client.get(reverse("methodologies:calculator", args=[version.pk])).status_code == 404
        assert b"/calculator/" not in client.get(version.get_absolute_url()).content

    def test_is_linked_from_the_methodology(self, client):
        version = cycle.approved_methodology(cycle.cast("MN"))
        address = reverse("methodologies:calculator", args=[version.pk])
        assert address in client.get(version.get_absolute_url()).content.decode()

    def test_gives_the_workbook_with_the_numbers(self, ask):
        response = ask(CHILLERS, **{"i-count": "1", "EC-1": "4", "CASE": "north", "COP": "1.5", "format": "xlsx"})
        assert response["Content-Disposition"].startswith('attachment; filename="jcm-MN_AM900')
        book = openpyxl.load_workbook(BytesIO(response.content), data_only=True)
        rows = {row[1]: row[7] for row in book["MRS(calc_process)"].iter_rows(values_only=True) if len(row) > 7}
        assert (rows["RE"], rows["PE"], rows["ER"]) == (4.8, 3.2, 1)
