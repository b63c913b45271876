"""Staff's screens in a browser: no barrier, nothing wider than a telephone, and work without a mouse or scripts."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from committee.models import Answer
from core.models import User
from jcm.demo.cast import PASSWORD
from registry.models import IssuanceLeg
from tests.factories.world import World, build
from tests.functional.jcm.test_face import RULES, TOO_SMALL

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
# Japanese is shorter: what fits a telephone fits a desk.
WIDTHS = {"en-GB": (1280, 320), "ja-JP": (320,)}
# Person → the screens on which that person has something to do: the name of an address and the object.
SCREENS = {
    "anonymous": [
        ("home", ""), ("search", ""), ("account_login", ""), ("parties:country", "mongolia"),
        ("methodologies:detail", "m version"), ("projects:detail", "p registered"), ("projects:report", "r verified"),
        ("registry:credits", ""), ("registry:credit-detail", "serial"), ("committee:decision-detail", "d adopted"),
        ("parties:stage-times", ""), ("parties:pack", "k pack"), ("parties:case", "k called"),
        ("parties:input-new", "k called"), ("parties:invitation", "invitation"), ("dossier", "k called"),
        ("committee:meeting", "t open"), ("projects:idea-note", "idea answered"),
        ("parties:measure", "measure adopted"),
    ],
    "participant": [
        ("inbox", ""), ("methodologies:propose", ""), ("methodologies:case", "m draft"),
        ("methodologies:case", "m returned"), ("methodologies:edit", "m draft"), ("projects:draft", ""),
        ("projects:design", "p draft"), ("projects:design-section", "p section"),
        ("projects:design-section", "p participants"), ("projects:design-document", "p draft"),
        ("projects:detail", "p validated"), ("projects:report-create", "p registered"), ("projects:report", "r draft"),
        ("projects:report-readings", "r draft"), ("projects:issuance-request-create", "r verified"),
        ("projects:issuance-request", "q submitted"), ("projects:issuance-request", "q returned"),
        ("mfa_index", ""), ("account_change_password", ""), ("calendar", ""), ("projects:idea-note-new", ""),
    ],
    "tpe": [
        ("inbox", ""), ("projects:validate", "p design"), ("projects:report", "r submitted"),
        ("projects:report-verify", "r submitted"), ("parties:application-new", ""),
        ("parties:application", "a returned"),
    ],
    "host_secretariat": [
        ("inbox", ""), ("committee:agenda", "mongolia"), ("methodologies:case", "m submitted"),
        ("projects:detail", "p requested"), ("projects:issuance-request", "q submitted"),
        ("committee:decision-detail", "d prepared"), ("committee:decision-detail", "d stopped"),
        ("parties:board", ""), ("parties:people", ""), ("parties:invite", ""), ("parties:case", "k private"),
        ("dossier", "k private"), ("parties:pack-edit", "k draft pack"), ("parties:pack-dry-run", "k draft pack"),
        ("committee:meetings", "mongolia"), ("committee:delegations", "mongolia"), ("parties:measure-new", "tpe"),
    ],
    "auditor": [("audit", "")],
    "japan_chair": [("inbox", ""), ("committee:decision-detail", "d open"), ("committee:agenda", "mongolia")],
    "japan_proposer": [("inbox", ""), ("registry:queue", ""), ("registry:leg", "l japan notified")],
    "japan_approver": [("inbox", ""), ("registry:leg", "l japan proposed")],
}  # fmt: skip
# A folder for pictures of every screen, to be looked at by people.
PICTURES = os.environ.get("JCM_PICTURES", "")


@pytest.fixture
def world(transactional_db: None) -> World:
    with transaction.atomic():  # the ledger checks a leg's lines when all is written
        made = build()
    made.places["p participants"] = made.places["p draft"] | {"section": "participants"}
    return made


@pytest.fixture
def window(new_context: Callable[..., BrowserContext], live_server: Any, world: World) -> Callable[..., Page]:
    """Return how to open a window of a person who is signed in."""

    def opened(who: str, **options: Any) -> Page:
        context = new_context(base_url=live_server.url, **options)
        person = world.people[who]
        if isinstance(person, User):
            browser = Client()
            browser.force_login(person)
            key = browser.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        return context.new_page()

    return opened


@pytest.mark.parametrize("language", ["en-GB", "ja-JP"])
def test_no_screen_has_a_barrier(
    window: Callable[..., Page], world: World, page_errors: list[str], language: str
) -> None:
    for who, screens in SCREENS.items():
        page = window(who, locale=language)
        for name, place in screens:
            page.set_viewport_size({"width": WIDTHS[language][0], "height": 900})
            page.goto(reverse(name, kwargs=world.places[place]))
            for width in WIDTHS[language]:
                page.set_viewport_size({"width": width, "height": 900})
                picture(page, f"{who} {name} {place} {width} {language}")
                assert barriers(page) == [], f"{who} on {name} {place}, {width} px"
            assert page_errors == [], f"{who} on {name} {place}"


def barriers(page: Page) -> list[object]:
    """Return what axe finds, what is too small to hit, and a page that is wider than the screen."""
    found = Axe().run(page, options=RULES).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    rules = [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
    return [*rules, *page.evaluate(TOO_SMALL), *([f"{wide} px too wide"] if wide > 0 else [])]


def picture(page: Page, name: str) -> None:
    """Keep a picture of the screen where pictures are asked for."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name.replace(':', '-').replace(' ', '_')}.png", full_page=True)


class TestWithoutMouse:
    """Tab, Space and Enter are enough."""

    def test_a_co_chair_signs_in_opens_the_inbox_and_affirms(
        self, new_context: Callable[..., BrowserContext], live_server: Any, world: World
    ) -> None:
        chair = world.people["japan_chair"]
        assert chair
        page = new_context(base_url=live_server.url, locale="en-GB").new_page()
        page.goto("/accounts/login/")
        tab_to(page, "Email")
        page.keyboard.type(chair.email)
        tab_to(page, "Password")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/inbox/")
        tab_to(page, "To be answered.")
        page.keyboard.press("Enter")
        page.wait_for_url("**/decisions/*/")
        tab_to(page, "I affirm")
        page.keyboard.press("Space")
        tab_to(page, "Record my answer")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Your answer is recorded.")).to_be_visible()
        decision = world.places["d open"]["pk"]
        assert Answer.objects.get(decision=decision, member=chair).value == "affirm"


# The name of what has the focus: of a field its labels, else its text.
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e.matches('a, button, input, select, summary')) return '';  // a table that scrolls takes the focus too
  return [e.getAttribute('aria-label'), ...[...(e.labels || [])].map(l => l.innerText), e.innerText].join(' ');
}"""
SEEN = "() => document.activeElement.matches(':focus-visible')"


def tab_to(page: Page, name: str, *, most: int = 60) -> None:
    """Press Tab until the element of this name has the focus, and shows it."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if name in page.evaluate(FOCUSED):
            assert page.evaluate(SEEN), f"{name} does not show that it has the focus"
            return
    pytest.fail(f"Tab never reached {name} on {page.url}")


class TestWithoutScripts:
    """Everything works where scripts are off."""

    def test_signs_in_switches_the_language_searches_and_filters(
        self, new_context: Callable[..., BrowserContext], live_server: Any, world: World
    ) -> None:
        person = world.people["participant"]
        assert person
        page = new_context(base_url=live_server.url, locale="en-GB", java_script_enabled=False).new_page()
        page.goto("/accounts/login/")
        page.get_by_label("Email").fill(person.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/inbox/")
        page.get_by_role("button", name="日本語").click()
        expect(page.locator("html")).to_have_attribute("lang", "ja")
        page.get_by_role("button", name="English").click()
        page.get_by_role("searchbox").fill("Filed solar")
        page.get_by_role("searchbox").press("Enter")
        page.wait_for_url("**/search/?*")
        expect(page.get_by_role("main")).to_contain_text("Filed solar")
        page.goto("/projects/")
        page.get_by_label("Status").select_option("validation")
        page.get_by_role("button", name="Apply").click()
        number = str(world.places["p design"]["number"])
        page.wait_for_url("**/projects/?*status=validation*")
        expect(page.get_by_role("rowheader")).to_have_text([number])

    def test_a_member_answers(self, window: Callable[..., Page], world: World) -> None:
        page = window("host_member", locale="en-GB", java_script_enabled=False)
        page.goto(reverse("committee:decision-detail", kwargs=world.places["d open"]))
        page.get_by_label("I object").check()
        page.get_by_label("Reason").fill("The meter is not calibrated.")
        page.get_by_role("button", name="Record my answer").click()
        expect(page.get_by_text("Your answer is recorded.")).to_be_visible()

    def test_an_approver_proves_who_they_are_and_approves(self, window: Callable[..., Page], world: World) -> None:
        page = window("japan_approver", locale="en-GB", java_script_enabled=False)
        page.goto(reverse("registry:leg", kwargs=world.places["l japan proposed"]))
        page.get_by_role("button", name="Approve and issue").click()
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_text("Approved.")).to_be_visible()
        leg = IssuanceLeg.objects.get(pk=world.places["l japan proposed"]["pk"])
        assert leg.approved_by == world.people["japan_approver"]
