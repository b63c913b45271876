"""The public pages: figures, lists, downloads, serial numbers."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.models import Source
from methodologies.models import Methodology, MethodologyVersion
from parties.models import Country, Organisation, Partnership, SectoralScope
from projects.models import Project, ProjectParticipant
from projects.workflow import ProjectStatus
from registry.models import Account, CreditBlock
from registry.services import account_open, credits_issue
from tests.factories import ledger, listed
from tests.factories.public_records import Folder

pytestmark = pytest.mark.django_db
REAL = Path(settings.BASE_DIR).parent / "shared" / "real"
PAGES = [
    "/",
    "/countries/",
    "/countries/mongolia/",
    "/tpes/",
    "/idea-notes/",
    "/methodologies/",
    "/projects/",
    "/projects/?country=MN&status=registered&scope=3&q=plant",
    "/credits/",
    "/credits/?registry=JP&country=MN&holder=government",
    "/decisions/",
    "/decisions/?kind=project_registration",
    "/search/?q=invented",
    "/projects/?format=csv",
    "/projects/?format=json",
    "/methodologies/?format=csv",
    "/tpes/?format=csv",
    "/credits/?format=csv",
    "/decisions/?format=json",
    "/countries/?format=csv",
]


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        body(client, address)
    return len(seen)


def project(number: str, **other: Any) -> Project:
    defaults = {
        "partnership": Partnership.objects.get(host__iso2="MN"),
        "title": "A plant",
        "status": ProjectStatus.VALIDATION,
    }
    return Project.objects.create(number=number, **{**defaults, **other})


class TestQueryCounts:
    def test_do_not_grow_with_the_rows(self, client, folder):
        listed.load(folder, 101, 104)
        few = {page: queries(client, page) for page in PAGES}
        listed.load(folder, 105, 140)
        assert {page: queries(client, page) for page in PAGES} == few
        assert max(few.values()) <= 20


class TestHome:
    def test_shows_what_public_records_say(self, client, folder):
        folder.write_all().load()
        figures = client.get("/").context["figures"]
        assert (figures.partner_countries, figures.projects, figures.registered) == (31, 1, 1)
        assert (figures.notified, figures.issued_japan, figures.issued_partners) == (100, 80, 20)

    def test_counts_demonstration_records_only_until_public_ones_are_loaded(self, client, folder):
        project("MN900", source=Source.DEMONSTRATION)
        assert client.get("/").context["figures"].projects == 1
        folder.write_all().load()
        assert client.get("/").context["figures"].projects == 1
        assert "MN900" in body(client, "/projects/")

    def test_leaves_drafts_out(self, client):
        project(None, status=ProjectStatus.DRAFT)
        assert client.get("/").context["figures"].projects == 0

    def test_says_what_is_new(self, client, folder):
        folder.write_all().load()
        context = client.get("/").context
        assert [news.tonnes for news in context["issuances"]] == [20, 80]
        assert [news.url for news in context["decisions"]] != []

    def test_is_there_in_japanese(self, client):
        with translation.override("ja"):
            assert client.get("/", headers={"accept-language": "ja"}).status_code == 200


class TestCountryPage:
    def test_adds_up_the_credits_of_both_sides(self, client, folder):
        folder.write_all().load()
        context = client.get("/countries/mongolia/").context
        assert context["credits"].total.notified == 100
        assert (context["issued_japan"], context["issued_host"]) == (80, 20)
        assert [(row.project.number, row.issued_japan) for row in context["projects"]] == [("MN101", 80)]

    def test_shows_a_country_without_anything(self, client):
        assert "Tanzania" in body(client, "/countries/tanzania/")

    @pytest.mark.parametrize("slug", ["japan", "atlantis"])
    def test_is_for_partner_countries_only(self, client, slug):
        assert client.get(f"/countries/{slug}/").status_code == 404


@pytest.mark.skipif(not REAL.is_dir(), reason="the real records are not beside this copy of the project")
class TestRealRecords:
    def test_give_the_sums_that_are_published(self, client):
        call_command("import_public_records", REAL, "--json", stdout=StringIO(), stderr=StringIO())
        mongolia = client.get("/countries/mongolia/")
        assert mongolia.context["credits"].total.notified == 129_320
        assert "129,320" in mongolia.content.decode()
        row = next(row for row in mongolia.context["projects"] if row.project.number == "MN004")
        assert (row.notified, row.issued_japan) == (53_764, 43_012)
        assert client.get("/credits/?project=MN004&registry=JP").context["tonnes"] == 43_012
        assert "43,012" in body(client, "/credits/?project=MN004&registry=JP")


class TestLists:
    def test_page_through_by_the_cursor(self, client):
        mongolia = Partnership.objects.get(host__iso2="MN")
        states = {"title": "A plant", "status": ProjectStatus.VALIDATION, "partnership": mongolia}
        Project.objects.bulk_create(Project(number=f"MN{n}", **states) for n in range(101, 171))
        first = client.get("/projects/?country=MN")
        assert (len(first.context["rows"]), first.context["total"], first.context["previous_url"]) == (50, 70, "")
        second = client.get(f"/projects/{first.context['next_url']}")
        assert [row.number for row in second.context["rows"]] == [f"MN{n}" for n in range(151, 171)]
        assert (second.context["next_url"], "country=MN" in second.context["previous_url"]) == ("", True)

    @pytest.mark.parametrize("query", ["?sort=colour", "?cursor=x", "?format=exe", "?sort=-"])
    def test_do_not_know_what_they_did_not_offer(self, client, query):
        assert client.get(f"/projects/{query}").status_code == 404

    def test_say_so_when_nothing_matches(self, client):
        assert "No projects match" in body(client, "/projects/?q=nothing")

    def test_show_nothing_for_a_filter_that_cannot_be_read(self, client):
        project("MN101")
        response = client.get("/projects/?registered_from=yesterday")
        assert (response.context["rows"], response.context["filter"].in_use) == ([], False)
        assert "Enter a valid date" in response.content.decode()

    def test_label_demonstration_records(self, client):
        project("MN101")
        assert "tag--demo" not in body(client, "/projects/")
        project("MN900", source=Source.DEMONSTRATION)
        assert body(client, "/projects/").count("tag--demo") == 1

    def test_hide_drafts(self, client):
        project(None, status=ProjectStatus.DRAFT, title="Secret plan")
        draft = Methodology.objects.create(partnership=Partnership.objects.get(host__iso2="MN"))
        MethodologyVersion.objects.create(methodology=draft, title="Secret way")
        for address in ("/projects/", "/methodologies/", "/search/?q=secret", "/projects/?format=json"):
            assert "Secret plan" not in body(client, address)
            assert "Secret way" not in body(client, address)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("status=registered", ["MN102"]),
            ("country=VN", ["VN103"]),
            ("q=boiler", ["MN101"]),
            ("q=boilr+mongolia", ["MN101"]),
            ("q=MN10", ["MN101", "MN102"]),
            ("q=kiln+company", ["MN102"]),
            ("participant=Kiln+Company", ["MN102"]),
            ("methodology=mn_am007", ["MN102"]),
            ("scope=3", ["MN102"]),
            ("scope=4", []),
            ("registered_from=2020-01-01", ["MN102"]),
            ("registered_until=2019-12-31", []),
            ("source=demonstration", ["VN103"]),
        ],
    )
    def test_of_projects_can_be_narrowed(self, client, query, found):
        mongolia = Partnership.objects.get(host__iso2="MN")
        family = Methodology.objects.create(partnership=mongolia, number="MN_AM007")
        version = MethodologyVersion.objects.create(
            methodology=family, sectoral_scope=SectoralScope.objects.get(number=3), source=Source.PUBLIC_RECORD
        )
        project("MN101", title="Efficient boilers")
        second = project(
            "MN102", title="Cement", status="registered", registered_on="2020-01-01", decision_number="MN_JC002"
        )
        second.methodologies.add(version)
        company = Organisation.objects.create(name="Kiln Company", country=mongolia.host)
        ProjectParticipant.objects.create(project=second, organisation=company, party=mongolia.host)
        project("VN103", partnership=Partnership.objects.get(host__iso2="VN"), source=Source.DEMONSTRATION)
        assert [row.number for row in client.get(f"/projects/?{query}").context["rows"]] == found


class TestDownloads:
    def test_hold_the_filtered_list_as_csv(self, client, folder):
        folder.write_all().load()
        response = client.get("/projects/?format=csv&country=MN")
        assert response["Content-Disposition"].startswith('attachment; filename="jcm-projects-20')
        assert response["Data-As-Of"].endswith("+00:00")
        rows = list(csv.DictReader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
        assert [row["number"] for row in rows] == ["MN101"]
        assert rows[0]["participants_japan"] == "Invented Boilers Co., Ltd."
        assert rows[0]["methodologies"] == "MN_AM101 ver1.0"

    def test_hold_the_filtered_list_as_json(self, client, folder):
        folder.write_all().load()
        found = json.loads(body(client, "/credits/?format=json&registry=JP"))
        assert [row["quantity_tco2e"] for row in found["results"]] == [40, 40]
        assert found["as_of"].startswith("20")
        assert json.loads(body(client, "/projects/?format=json&q=nothing"))["results"] == []

    @pytest.mark.parametrize("title", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1", " =1", "＝1"])
    def test_never_run_as_a_formula(self, client, title):
        project("MN101", title=title)
        [row] = csv.DictReader(StringIO(body(client, "/projects/?format=csv").lstrip("\ufeff")))
        assert row["title"] == f"'{title}"


class TestSerialPage:
    @pytest.fixture(autouse=True)
    def _credits(self, folder: Folder) -> None:
        folder.write_all().load()

    def test_tells_the_whole_story(self, client):
        text = body(client, "/credits/JP-MN-MN101-2017-1-40/")
        for word in ("Invented heat plant", "Mongolia", "MN_AM101", "Government holding account", "1 February 2019"):
            assert word in text
        assert "apportioned" in text

    @pytest.mark.parametrize(
        "typed", ["jp-mn-mn101-2017-7", "JP MN MN101 2017 7", "jp–mn–mn101–2017–7", "JP-MN-MN101-2017-07-7"]
    )
    def test_does_not_mind_how_the_number_is_typed(self, client, typed):
        response = client.get(f"/credits/{typed}/", follow=True)
        assert response.status_code == 200
        assert response.redirect_chain == [("/credits/JP-MN-MN101-2017-7/", 301)]

    def test_says_which_numbers_of_a_range_do_not_exist(self, client):
        lookup = client.get("/credits/JP-MN-MN101-2017-31-60/").context["lookup"]
        assert (lookup.found, lookup.missing, lookup.highest) == (10, 20, 40)

    def test_lists_every_block_of_a_range(self, client, folder):
        later = {"monitoring_start": "2016-01-01", "monitoring_end": "2017-06-30", "jc_decision_date": "2020-01-10"}
        folder.write("issuances", {}, {**later, "issuance_date": "2020-02-01"})
        folder.load()
        lookup = client.get("/credits/JP-MN-MN101-2017-1-50/").context["lookup"]
        assert len(lookup.blocks) == 2
        assert (lookup.found, len(lookup.notifications), len(lookup.movements)) == (50, 2, 2)

    @pytest.mark.parametrize(
        ("serial", "help_"),
        [
            ("JP-MN-MN101-2017-41-60", "numbers 1 to 40"),
            ("JP-MN-MN101-2030-1", "well formed"),
            ("JP-VN-MN101-2017-1", "well formed"),
            ("JP-MN-MN101-2017-9-3", "six parts"),
            ("JP-MN-MN101-2017-0", "six parts"),
            ("<script>", "six parts"),
            ("x" * 500, "six parts"),
        ],
    )
    def test_helps_where_there_is_no_such_credit(self, client, serial, help_):
        response = client.get(f"/credits/{serial}/")
        assert response.status_code == 404
        assert help_ in response.content.decode()
        assert "<script>" not in response.content.decode().partition("<main")[2]

    def test_names_no_holder_and_no_account(self, client):
        company = Organisation.objects.get(name="Invented Heat LLC")
        account = account_open(party=Country.objects.get(iso2="JP"), holder=company)
        made = ledger.leg(ledger.registered_project("VN"), {2019: 5}, account=account)
        credits_issue(leg_id=made.pk, at=ledger.NOON)
        serial = CreditBlock.objects.get(account=account).serial
        text = body(client, f"/credits/{serial}/") + body(client, "/credits/")
        assert "Entity holding account" in text
        assert "Invented Heat LLC" not in text
        for number in Account.objects.values_list("number", flat=True):
            assert number not in text


class TestCreditList:
    def test_leaves_demonstration_credits_out_of_the_sum_once_public_ones_are_loaded(self, client, folder):
        leg = ledger.leg(project("MN900", source=Source.DEMONSTRATION), {2020: 7}, source=Source.DEMONSTRATION)
        credits_issue(leg_id=leg.pk, at=ledger.NOON)
        assert client.get("/credits/").context["tonnes"] == 7
        folder.write_all().load()
        response = client.get("/credits/")
        assert (response.context["tonnes"], response.context["total"]) == (100, 5)
        assert response.content.decode().count("tag--demo") == 1


class TestEntityPage:
    def test_shows_the_scopes(self, client, folder):
        folder.write_all().load()
        text = body(client, "/tpes/TPE-MN-101/")
        assert "Waste handling" not in text
        assert "Energy demand" in text
        assert "14. " in text
        assert client.get("/tpes/TPE-MN-999/").status_code == 404


class TestSite:
    def test_tells_robots_what_to_read(self, client):
        assert "Disallow: /accounts/" in body(client, "/robots.txt")

    def test_answers_a_program_with_a_problem_document(self, client):
        response = client.get("/api/v1/nothing")
        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
        assert response.json()["code"] == "not-found"

    def test_answers_a_person_with_a_page(self, client):
        response = client.get("/nothing")
        assert response.status_code == 404
        assert b"<h1>" in response.content

    def test_gives_the_data_of_the_chart(self, client, folder):
        folder.write_all().load()
        assert body(client, "/statistics/credits-by-year.csv").split() == [
            "year,issued_japan_tco2e,issued_partners_tco2e",
            "2019,80,20",
        ]
