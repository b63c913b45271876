"""Every public page in a browser: no barrier, no breach of the policy, nothing wider than the screen."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from core.models import Source
from parties.models import Partnership
from projects.models import Project
from projects.workflow import ProjectStatus
from tests.factories.public_records import Folder
from tests.functional.jcm.test_face import RULES, TOO_SMALL

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATHS = [
    "/",
    "/countries/",
    "/countries/mongolia/",
    "/tpes/",
    "/tpes/TPE-MN-101/",
    "/methodologies/",
    "/projects/",
    "/projects/?q=nothing",
    "/projects/?registered_from=x",
    "/projects/MN101/",
    "/credits/",
    "/credits/JP-MN-MN101-2017-1-60/",
    "/decisions/",
    "/search/?q=invented",
    "/search/?q=qqqqqq",
    "/problems/",
    "/problems/not-found",
]


@pytest.fixture
def records(tmp_path: Path) -> None:
    Folder(tmp_path).write_all().load()
    Project.objects.create(
        number="MN900",
        title="Invented demonstration",
        status=ProjectStatus.VALIDATION,
        partnership=Partnership.objects.get(host__iso2="MN"),
        source=Source.DEMONSTRATION,
    )


@pytest.mark.slow
@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("language", ["en-GB", "ja-JP"])
def test_have_no_barrier(new_context: Any, live_server: Any, page_errors: list[str], width: int, language: str) -> None:
    screen = new_context(locale=language, viewport={"width": width, "height": 900}).new_page()
    for path in PATHS:
        screen.goto(f"{live_server.url}{path}")
        found = Axe().run(screen, options=RULES).response["violations"]
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == [], path
        assert screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        assert screen.evaluate(TOO_SMALL) == [], path
        assert page_errors == [], path


def test_an_unknown_number_is_helped_without_script(new_context: Any, live_server: Any, page_errors: list[str]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/credits/JP-MN-MN999-2020-1/")
    page_errors.clear()  # the browser reports the status 404 as an error
    page.get_by_label("Serial number", exact=True).fill("mongolia")
    page.get_by_role("button", name="Look up").click()
    assert page.url == f"{live_server.url}/countries/mongolia/"


def test_the_description_for_programs_runs_under_the_strict_policy(
    new_context: Any, live_server: Any, page_errors: list[str]
) -> None:
    page = new_context().new_page()
    page.goto(f"{live_server.url}/api/docs/")
    page.get_by_text("/api/v1/projects/", exact=True).wait_for()
    assert page_errors == []


def test_a_list_is_filtered_and_sorted_without_script(new_context: Any, live_server: Any, records: None) -> None:
    page = new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{live_server.url}/projects/")
    page.get_by_label("Status").select_option("registered")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("rowheader")).to_have_text(["MN101"])
    page.get_by_role("link", name="Registered", exact=True).click()
    assert "status=registered" in page.url
    assert page.get_by_role("columnheader", name="Registered").get_attribute("aria-sort") == "ascending"
