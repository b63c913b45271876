"""One search box: numbers lead to their pages, words find what is like them."""

import pytest
from django.test import Client

from committee.models import Decision
from core.models import Source
from jcm.search import exact, grouped
from tests.factories.public_records import Folder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _records(folder: Folder) -> None:
    folder.write_all().load()


def found(text: str) -> dict[str, list[str]]:
    return {group.key: [result.title for result in group.results] for group in grouped(text)}


class TestExact:
    @pytest.mark.parametrize(
        ("typed", "address"),
        [
            ("MN101", "/projects/MN101/"),
            (" mn 101 ", "/projects/MN101/"),
            ("mn-101", "/projects/MN101/"),
            ("MN_AM101", "/methodologies/MN_AM101/1.0/"),
            ("mn am101 ver1.0", "/methodologies/MN_AM101/1.0/"),
            ("MN_AM101@1.0", "/methodologies/MN_AM101/1.0/"),
            ("MN_PM103", "/methodologies/MN_AM101/1.0/"),
            ("tpe-mn-101", "/tpes/TPE-MN-101/"),
            ("TPE MN 101", "/tpes/TPE-MN-101/"),
            ("Mongolia", "/countries/mongolia/"),
            ("モンゴル", "/countries/mongolia/"),
            ("mn", "/countries/mongolia/"),
            ("MNG", "/countries/mongolia/"),
            ("viet  nam", "/countries/viet-nam/"),
            ("jp-mn-mn101-2017-1-40", "/credits/JP-MN-MN101-2017-1-40/"),
            ("JP MN MN101 2017 7", "/credits/JP-MN-MN101-2017-7/"),
            ("JP-MN-MN101-2017", "/credits/?registry=JP&project=MN101&vintage=2017"),
        ],
    )
    def test_leads_straight_to_the_page(self, typed, address):
        assert exact(typed) == address

    @pytest.mark.parametrize(
        "typed", ["MN999", "MN_AM101 ver9.0", "MN_AM999", "TPE-MN-999", "Japan", "heat", "?", "MN" * 99]
    )
    def test_leads_nowhere_for_what_is_not_there(self, typed):
        assert exact(typed) == ""

    def test_finds_a_decision_by_its_number(self):
        decision = Decision.objects.get()
        Decision.objects.create(
            partnership=decision.partnership,
            number="MN_JC007",
            status="adopted",
            adopted_on="2026-01-02",
            source=Source.PUBLIC_RECORD,
        )
        assert exact("mn_jc007") == Decision.objects.get(number="MN_JC007").get_absolute_url()


class TestGrouped:
    @pytest.mark.parametrize("typed", ["invented heat", "invnted heet", "HEAT plant mongolia", "heat, plant", "MN10"])
    def test_finds_a_project_in_spite_of_slips(self, typed):
        assert found(typed)["projects"] == ["MN101 Invented heat plant, with a comma"]

    def test_finds_every_kind(self):
        kinds = found("invented")
        assert set(kinds) == {"projects", "methodologies", "organisations", "tpes"}
        assert sorted(kinds["organisations"]) == ["Invented Boilers Co., Ltd.", "Invented Heat LLC"]

    def test_finds_a_decision_by_its_subject(self):
        assert found("MN_PIN101")["decisions"] == ["No objection to a planned project: MN_PIN101"]

    @pytest.mark.parametrize(
        ("typed", "country"), [("mongolai", "Mongolia"), ("vietnam", "Viet Nam"), ("indonesa", "Indonesia")]
    )
    def test_finds_a_country_in_spite_of_slips(self, typed, country):
        assert found(typed)["countries"] == [country]

    def test_does_not_take_one_country_for_another(self):
        assert found("india")["countries"] == ["India"]

    @pytest.mark.parametrize("typed", ["", "   ", "%_'\"\\", "???", "qqqqqqq"])
    def test_finds_nothing_where_there_is_nothing(self, typed):
        assert found(typed) == {}


class TestSearchPage:
    def test_redirects_an_exact_hit(self, client: Client):
        assert client.get("/search/", {"q": " mn101"}).headers["Location"] == "/projects/MN101/"

    @pytest.mark.parametrize("typed", ["", "heat", "<b>", "a\0b", "x" * 5000, "' OR 1=1 --", "日本"])
    def test_takes_whatever_is_typed(self, client: Client, typed):
        response = client.get("/search/", {"q": typed})
        assert response.status_code == 200
        assert b"<b>" not in response.content

    def test_offers_the_whole_list_where_there_is_more(self, client: Client, folder: Folder):
        folder.write("projects", *({"reference_no": f"MN{n}"} for n in range(200, 212)))
        folder.load()
        group = next(group for group in grouped("heat plant") if group.key == "projects")
        assert (len(group.results), group.more) == (10, "/projects/?q=heat+plant")
