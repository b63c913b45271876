"""The interface for programs: records, pages by cursor, filters, problems, conditional reads, description."""

from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parties.models import Partnership
from projects.models import Project
from tests.factories import listed
from tests.factories.public_records import Folder

pytestmark = pytest.mark.django_db
LISTS = (
    "countries",
    "partnerships",
    "methodologies",
    "projects",
    "decisions",
    "credits",
    "issuances",
    "tpes",
    "idea-notes",
)
DESCRIPTION = Path(settings.BASE_DIR) / "docs" / "reference" / "openapi.yaml"


@pytest.fixture
def loaded(folder: Folder) -> Folder:
    return folder.write_all().load() and folder


class TestRecords:
    @pytest.mark.parametrize("name", LISTS)
    def test_lead_to_themselves_and_to_their_page(self, client, loaded, name):
        row = client.get(f"/api/v1/{name}/").json()["results"][0]
        assert {"id", "url", "type", "page"} <= set(row)
        assert client.get(row["url"]).status_code == 200
        assert client.get(row["page"]).status_code == 200

    def test_say_of_a_project_what_its_page_says(self, client, loaded):
        row = client.get("/api/v1/projects/MN101/").json()
        assert row["methodologies"][0] | {"url": ""} == {"url": "", "number": "MN_AM101", "version": "1.0"}
        assert {(part["name"], part["side"], part["focal_point"]) for part in row["participants"]} == {
            ("Invented Heat LLC", "MN", False),
            ("Invented Boilers Co., Ltd.", "JP", True),
        }
        assert (row["country"], row["status"], row["source"]) == ("MN", "registered", "public_record")

    def test_give_the_legs_of_an_issuance(self, client, loaded):
        [row] = client.get("/api/v1/issuances/?project=mn101").json()["results"]
        assert [(leg["registry"], leg["notified"], leg["state"]) for leg in row["legs"]] == [
            ("JP", 80, "issued"),
            ("MN", 20, "issued"),
        ]
        assert row["legs"][0]["vintages"] == [
            {"vintage": 2017, "quantity": 40, "estimated": True},
            {"vintage": 2018, "quantity": 40, "estimated": True},
        ]

    def test_look_a_serial_number_up(self, client, loaded):
        answer = client.get("/api/v1/credits/jp-mn-mn101-2017-31-60/").json()
        assert (answer["serial"], answer["found"], answer["missing"]) == ("JP-MN-MN101-2017-31-60", 10, 20)
        assert [(b["serial"], b["holder_kind"]) for b in answer["blocks"]] == [("JP-MN-MN101-2017-1-40", "government")]

    @pytest.mark.parametrize("serial", ["JP-MN-MN101-2017-41", "JP-MN-MN101-2030-1", "nonsense"])
    def test_do_not_know_what_was_never_issued(self, client, loaded, serial):
        response = client.get(f"/api/v1/credits/{serial}/")
        assert (response.status_code, response.json()["code"]) == (404, "not-found")

    def test_hide_drafts(self, client):
        draft = Project.objects.create(partnership=Partnership.objects.get(host__iso2="MN"), title="Secret")
        assert client.get("/api/v1/projects/").json()["results"] == []
        assert draft.number is None

    def test_know_japan_as_a_party_without_partnership(self, client):
        assert client.get("/api/v1/countries/JP/").json()["partnership"] is None
        assert client.get("/api/v1/countries/MN/").json()["partnership"].endswith("/api/v1/partnerships/MN/")


class TestPages:
    def test_follow_each_other_by_link_header(self, client, folder):
        listed.load(folder, 101, 105)
        seen, address = [], "/api/v1/projects/?limit=2&sort=-number"
        while address:
            response = client.get(address)
            seen += [row["number"] for row in response.json()["results"]]
            address = response.json()["next"]
            assert ('rel="next"' in response["Link"]) == bool(address)
            assert ('rel="prev"' in response["Link"]) == bool(response.json()["previous"])
        assert seen == ["MN105", "MN104", "MN103", "MN102", "MN101"]

    @pytest.mark.parametrize("name", LISTS)
    def test_ask_the_database_no_more_for_more_rows(self, client, folder, name):
        counts = []
        for first, last in ((101, 102), (103, 112)):
            listed.load(folder, first, last)
            with CaptureQueriesContext(connection) as queries:
                rows = client.get(f"/api/v1/{name}/?limit=500").json()["results"]
            counts.append(len(queries))
            assert rows
        assert counts[0] == counts[1] <= 5

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("?limit=0", "invalid"),
            ("?limit=501", "invalid"),
            ("?limit=many", "invalid"),
            ("?limit=²", "invalid"),
            ("?colour=red", "invalid"),
            ("?status=wonderful", "invalid"),
            ("?country=Mongolia", "invalid"),
            ("?registered_from=yesterday", "invalid"),
            ("?sort=colour", "sort-unknown"),
            ("?cursor=x", "cursor-unknown"),
        ],
    )
    def test_refuse_what_they_do_not_understand(self, client, query, code):
        response = client.get(f"/api/v1/projects/{query}")
        problem = response.json()
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
        assert (problem["code"], problem["status"], problem["type"]) == (code, 400, f"/problems/{code}")

    def test_name_the_parameter_that_is_wrong(self, client):
        problem = client.get("/api/v1/projects/?country=Mongolia&limit=3").json()
        assert [error["pointer"] for error in problem["errors"]] == ["/country"]

    def test_can_be_narrowed_like_the_lists(self, client, folder):
        listed.load(folder, 101, 103)
        every = ["MN103", "MN102", "MN101"]
        asked = {"q=MN103": ["MN103"], "source=demonstration": [], "country=VN": [], "scope=3&sort=-number": every}
        for query, expected in asked.items():
            rows = client.get(f"/api/v1/projects/?{query}").json()["results"]
            assert [row["number"] for row in rows] == expected, query
        rows = client.get("/api/v1/credits/?serial=jp+mn+mn101+2017+3&registry=JP").json()["results"]
        assert [row["serial"] for row in rows] == ["JP-MN-MN101-2017-1-40"]
        assert client.get("/api/v1/credits/?serial=x").status_code == 400


class TestConditionalReads:
    @pytest.mark.parametrize("address", ["projects/MN101/", "credits/JP-MN-MN101-2017-1/", "partnerships/MN/"])
    def test_answer_304_until_the_record_changes(self, client, loaded, address):
        first = client.get(f"/api/v1/{address}")
        again = client.get(f"/api/v1/{address}", headers={"if-none-match": first["ETag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert again["ETag"] == first["ETag"]
        assert client.get(f"/api/v1/{address}", headers={"if-none-match": '"other"'}).status_code == 200

    def test_notice_a_change(self, client, loaded):
        etag = client.get("/api/v1/projects/MN101/")["ETag"]
        Project.objects.filter(number="MN101").update(title="Another title")
        assert client.get("/api/v1/projects/MN101/", headers={"if-none-match": etag}).status_code == 200


class TestSafety:
    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_nothing_can_be_written(self, client: Client, loaded, method):
        response = getattr(client, method)("/api/v1/projects/MN101/")
        assert (response.status_code, response.json()["code"]) == (405, "method-not-allowed")

    def test_no_session_is_read_or_started(self, client, loaded):
        response = client.get("/api/v1/projects/")
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")


class TestDescription:
    def test_is_the_one_that_is_checked_in(self, tmp_path):
        made = tmp_path / "openapi.yaml"
        call_command("spectacular", "--file", str(made), "--validate", "--fail-on-warn")
        assert made.read_text(encoding="utf-8") == DESCRIPTION.read_text(encoding="utf-8"), (
            "Run: manage.py spectacular --validate --fail-on-warn --file docs/reference/openapi.yaml"
        )

    def test_names_every_list(self):
        described = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
        assert described["openapi"].startswith("3.1")
        assert {f"/api/v1/{name}/" for name in LISTS} <= set(described["paths"])

    def test_is_served_with_pages_to_read_it(self, client):
        assert client.get("/api/v1/schema/").status_code == 200
        page = client.get("/api/docs/")
        assert page.status_code == 200
        script = client.get("/api/docs/?script=")
        assert script["Content-Type"].startswith("application/javascript")
        assert b"/api/v1/schema/" in script.content


class TestProblemPages:
    @pytest.mark.parametrize("address", ["projects/?limit=0", "projects/?cursor=x", "projects/MN999/", "nothing"])
    def test_say_what_a_problem_means(self, client, address):
        problem = client.get(f"/api/v1/{address}").json()
        page = client.get(problem["type"])
        assert page.status_code == 200
        assert [(kind.code, kind.status) for kind in page.context["kinds"]] == [(problem["code"], problem["status"])]

    def test_list_every_kind_once(self, client):
        codes = [kind.code for kind in client.get("/problems/").context["kinds"]]
        assert {"refused", "not-permitted", "invalid-input", "sort-unknown", "not-found"} <= set(codes)
        assert len(codes) == len(set(codes))

    def test_know_only_what_exists(self, client):
        assert client.get("/problems/unheard-of").status_code == 404
