"""The gallery and the ways in, in a browser: no barrier, no breach of the policy, nothing wider than the screen."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
TOO_SMALL = """() => [...document.querySelectorAll('a, button, input, select, summary')].filter(e => {
  const box = e.getBoundingClientRect();
  const inText = getComputedStyle(e).display === 'inline' || e.closest('svg');
  return box.width > 1 && box.height > 1 && !inText && (box.width < 24 || box.height < 24);
}).map(e => e.outerHTML.slice(0, 120))"""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[1280, 320], ids=["desktop", "narrow"])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(params=["en-GB", "ja-JP"])
def screen(request: pytest.FixtureRequest, new_context: Any, width: int) -> Any:
    context = new_context(locale=request.param, viewport={"width": width, "height": 900})
    return context.new_page()


@pytest.mark.parametrize("path", ["/", "/design/", "/accounts/login/", "/accounts/password/reset/"])
def test_has_no_barrier(screen: Any, live_server: Any, page_errors: list[str], path: str) -> None:
    screen.goto(f"{live_server.url}{path}")
    found = Axe().run(screen, options=RULES).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert screen.evaluate(TOO_SMALL) == []
    assert page_errors == []


def test_language_is_switched_without_script(new_context: Any, live_server: Any) -> None:
    page = new_context(java_script_enabled=False, locale="en-GB").new_page()
    page.goto(f"{live_server.url}/design/")
    page.get_by_role("button", name="日本語").click()
    assert page.locator("html").get_attribute("lang") == "ja"
    assert page.url == f"{live_server.url}/design/"


def test_first_view_is_light(screen: Any, live_server: Any, width: int) -> None:
    sizes: dict[str, int] = {}
    screen.on("requestfinished", lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]}))
    screen.goto(f"{live_server.url}/", wait_until="networkidle")
    assert width
    assert sum(sizes.values()) < 250_000, sizes  # the test server does not compress: a quarter of it on the wire


def test_map_and_menu_take_the_keyboard(new_context: Any, live_server: Any) -> None:
    page = new_context(locale="en-GB").new_page()
    page.goto(f"{live_server.url}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.goto(f"{live_server.url}/design/")
    page.locator('.map a[aria-label^="Mongolia"]').focus()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Mongolia: 13"
