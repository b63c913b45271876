"""The statement of an account: on the page, as CSV, as workbook and as PDF."""

import csv
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest

from parties.models import Organisation
from registry.models import AccountRepresentative
from registry.selectors.statements import Balance, statement
from tests.factories.ledger import person
from tests.integration.registry.test_history import Market
from tests.papers import text_of

pytestmark = pytest.mark.django_db
NOVEMBER = "?first_day=2026-11-03&last_day=2026-11-03"


@pytest.fixture
def market() -> Market:
    """Alpha: 100 t and 50 t come on 2 November; on the 3rd 30 t go to Beta and 10 t return; on the 4th 5 t retire."""
    market = Market()
    market.issue({2019: 100, 2020: 50})
    market.at = datetime(2026, 11, 2, 23, 0, tzinfo=UTC)
    market.move(30)  # at midnight, so on the 3rd
    market.move(10, by=1, to=0)
    market.at = datetime(2026, 11, 3, 23, 0, tzinfo=UTC)
    market.move(5, kind="retirement")
    return market


@pytest.fixture
def page(client, market):
    """Give a function that reads Alpha's statement as its proposer."""
    client.force_login(market.proposer)
    return lambda query="": client.get(f"/registry/accounts/{market.accounts[0].number}/statement/{query}")


class TestStatement:
    def test_opens_and_closes_each_vintage(self, market):
        made = statement(market.accounts[0], first_day=date(2026, 11, 3), last_day=date(2026, 11, 3))
        assert made.balances == [Balance(2019, 100, 10, 30), Balance(2020, 50, 0, 0)]
        assert [row.closing for row in made.balances] == [80, 50]
        assert (made.total.opening, made.total.closing) == (150, 130)
        assert [move.quantity for move in made.movements] == [30, 10]

    def test_closes_with_what_the_next_one_opens(self, market):
        days = [date(2026, 11, day) for day in (1, 2, 3, 4, 5)]
        made = [statement(market.accounts[0], first_day=day, last_day=day).total for day in days]
        assert [row.closing for row in made[:-1]] == [row.opening for row in made[1:]]
        assert made[-1].closing == 125

    def test_is_empty_for_an_account_without_movements(self, market):
        made = statement(market.accounts[2], first_day=date(2026, 1, 1), last_day=date(2026, 12, 31))
        assert (made.balances, list(made.movements)) == ([], [])


class TestPage:
    def test_shows_balances_and_movements(self, page):
        said = page(NOVEMBER).content.decode()
        for words in ("150\u00a0t", "130\u00a0t", "2019-1-30", "2019-1-10"):
            assert words in said, words
        assert "2019-31-35" not in said

    @pytest.mark.parametrize(
        ("query", "says"),
        [
            ("?first_day=2026-11-03&last_day=2026-11-02", "ends before it starts"),
            ("?first_day=x&last_day=2026-11-02", "Enter a valid date"),
            ("?first_day=2026-11-02&last_day=2999-01-01", "not in the future"),
        ],
    )
    def test_says_what_is_wrong_with_a_period(self, page, query, says):
        response = page(query)
        assert (response.status_code, says in response.content.decode()) == (400, True)

    def test_is_for_those_who_see_the_account(self, client, market):
        address = f"/registry/accounts/{market.accounts[0].number}/statement/"
        assert client.get(address).status_code == 302
        client.force_login(person("Stranger"))
        assert [client.get(f"{address}{query}").status_code for query in ("", "?format=csv")] == [404, 404]
        viewer = person("Viewer")
        AccountRepresentative.objects.create(
            account=market.accounts[0], user=viewer, right="view", valid_from=date(2020, 1, 1)
        )
        client.force_login(viewer)
        assert client.get(address).status_code == 200

    def test_is_linked_from_the_account(self, client, market):
        client.force_login(market.proposer)
        number = market.accounts[0].number
        said = client.get(f"/registry/accounts/{number}/").content.decode()
        assert f"/registry/accounts/{number}/statement/" in said

    def test_does_not_ask_more_for_more(self, page, market, django_assert_max_num_queries):
        for _ in range(20):
            market.move(1)
        with django_assert_max_num_queries(14):
            page()


class TestFiles:
    def test_csv_holds_balances_and_movements(self, page, market):
        rows = list(csv.DictReader(StringIO(page(f"{NOVEMBER}&format=csv").content.decode("utf-8-sig"))))
        assert [(row["row"], row["vintage"], row["balance_tco2e"]) for row in rows if row["balance_tco2e"]] == [
            ("opening", "2019", "100"), ("opening", "2020", "50"), ("closing", "2019", "80"), ("closing", "2020", "50"),
        ]  # fmt: skip
        moved = [row for row in rows if row["row"] == "movement"]
        assert [(row["received_tco2e"], row["sent_tco2e"]) for row in moved] == [("", "30"), ("10", "")]
        assert {row["other_account"] for row in moved} == {market.accounts[1].number}

    def test_xlsx_keeps_numbers_numbers(self, page):
        response = page(f"{NOVEMBER}&format=xlsx")
        sheet = zipfile.ZipFile(BytesIO(response.content)).read("xl/worksheets/sheet1.xml").decode()
        assert "<v>100</v>" in sheet
        assert response["Content-Disposition"].endswith('.xlsx"')

    @pytest.mark.parametrize("file_format", ["csv", "xlsx"])
    def test_never_run_a_formula(self, page, file_format):
        Organisation.objects.filter(name="Beta").update(name="=1+1")
        content = page(f"{NOVEMBER}&format={file_format}").content
        if file_format == "xlsx":
            book = zipfile.ZipFile(BytesIO(content))
            content = book.read("xl/sharedStrings.xml")
            assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
        assert b"'=1+1" in content

    def test_pdf_says_the_same(self, page, market):
        said = text_of(page(f"{NOVEMBER}&format=pdf").content)
        for words in ("Statement of account", market.accounts[0].number, "2026-11-03", "150", "130", "2019-1-30",
                      "Beta", "-30", "+10"):  # fmt: skip
            assert words in said, words

    def test_is_unknown_in_other_formats(self, page):
        assert page("?format=exe").status_code == 404
