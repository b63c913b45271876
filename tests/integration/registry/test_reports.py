"""What each registry publishes: account holders, credits by account type, transactions by year."""

import csv
import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from parties.models import Country, Organisation
from registry import services
from registry.models import Account
from tests.integration.registry.test_history import Market

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    """Alpha holds 60 t of 100 t, Beta 20 t; 15 t are retired and 5 t cancelled, the latter in the next year."""
    market = Market()
    market.at = datetime(2025, 12, 31, 12, 0, tzinfo=UTC)
    market.issue({2019: 100})
    market.move(40)
    market.move(15, kind="retirement", by=1)
    market.at = datetime(2025, 12, 31, 23, 0, tzinfo=UTC)
    market.move(5, kind="cancellation", by=1)  # at midnight
    return market


def rows(client, name: str, query: str = "", code: str = "jp") -> list[list[str]]:
    response = client.get(f"/registries/{code}/{name}.csv{query}")
    assert response.status_code == 200
    return list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))


class TestCreditsByAccountType:
    def test_sums_what_each_kind_holds(self, client, market):
        assert rows(client, "credits-by-account-type") == [
            ["account_type", "quantity_tco2e"],
            ["government", "0"],
            ["entity", "80"],
            ["retirement", "15"],
            ["cancellation", "5"],
            ["administrative", "0"],
        ]

    def test_tells_what_was_on_a_day(self, client, market):
        held = dict(rows(client, "credits-by-account-type", "?as_of=2025-12-31")[1:])
        assert (held["entity"], held["retirement"], held["cancellation"]) == ("85", "15", "0")
        assert set(dict(rows(client, "credits-by-account-type", "?as_of=2025-12-30")[1:]).values()) == {"0"}

    def test_is_of_one_registry(self, client, market):
        assert set(dict(rows(client, "credits-by-account-type", code="mn")[1:]).values()) == {"0"}


class TestAnnualTransactions:
    def test_sums_what_happened_in_each_year(self, client, market):
        market.at = datetime(2027, 6, 1, tzinfo=UTC)
        market.move(7)
        assert rows(client, "annual-transactions")[1:] == [
            ["2025", "100", "40", "15", "0", "0"],
            ["2026", "0", "0", "0", "5", "0"],
            ["2027", "0", "7", "0", "0", "0"],
        ]

    def test_is_empty_before_the_first_issuance(self, client):
        header = ["issued", "transferred", "retired", "cancelled", "corrected"]
        assert rows(client, "annual-transactions") == [["year", *(f"{name}_tco2e" for name in header)]]


class TestAccountHolders:
    def test_names_holders_of_open_accounts(self, client, market):
        listed = rows(client, "account-holders")
        assert listed[0] == ["account_number", "holder", "country", "state"]
        assert [row[1:] for row in listed[1:]] == [[name, "JP", "open"] for name in ("Alpha", "Beta", "Gamma")]

    def test_leaves_closed_accounts_and_governments_out(self, client, market):
        Account.objects.filter(holder__name="Gamma").update(state="closed")
        assert [row[1] for row in rows(client, "account-holders")[1:]] == ["Alpha", "Beta"]

    def test_never_says_what_somebody_holds(self, client, market):
        page = client.get("/registries/jp/").content.decode()
        for account in market.accounts:
            assert account.number in page
        assert "60\u00a0t" not in page

    def test_cannot_run_a_formula(self, client):
        japan = Country.objects.get(iso2="JP")
        holder = Organisation.objects.create(name='=HYPERLINK("https://example.org")', country=japan)
        services.account_open(party=japan, holder=holder, source="entered")
        assert rows(client, "account-holders")[1][1] == '\'=HYPERLINK("https://example.org")'


class TestPages:
    def test_shows_the_three_reports(self, client, market):
        page = client.get("/registries/jp/?as_of=2025-12-31").content.decode()
        assert "85\u00a0t" in page
        assert "31 December 2025" in page
        assert "/registries/jp/credits-by-account-type.csv?as_of=2025-12-31" in page

    def test_says_what_is_wrong_with_a_day(self, client):
        response = client.get("/registries/jp/?as_of=2999-01-01")
        assert response.status_code == 400
        assert "not in the future" in response.content.decode()

    def test_leads_from_the_list_of_registries(self, client):
        assert 'href="/registries/mn/"' in client.get("/registries/").content.decode()

    def test_keeps_one_address(self, client):
        assert client.get("/registries/JP/")["Location"] == "/registries/jp/"

    @pytest.mark.parametrize(
        "path", ["xx/", "xx/account-holders.csv", "jp/secrets.csv", "jp/account-holders.exe",
                 "jp/credits-by-account-type.csv?as_of=soon"]
    )  # fmt: skip
    def test_does_not_know_anything_else(self, client, path):
        assert client.get(f"/registries/{path}").status_code == 404

    def test_gives_programs_the_same(self, client, market):
        answer = json.loads(client.get("/registries/jp/annual-transactions.json").content)
        assert (answer["registry"], answer["report"]) == ("JP", "annual-transactions")
        assert answer["results"][0]["issued_tco2e"] == 100

    def test_does_not_ask_more_for_more(self, client, market, django_assert_max_num_queries):
        for _ in range(5):
            market.move(1)
            market.at += timedelta(days=400)
        with django_assert_max_num_queries(12):
            client.get("/registries/jp/")
