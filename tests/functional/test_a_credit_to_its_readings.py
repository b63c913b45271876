"""From the public page of a credit to what it rests on, as an anonymous visitor who only follows links."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import pytest
from django.test import Client

from methodologies.models import MethodologyVersion
from projects.models import MonitoringReport
from registry import services as registry
from registry.models import CreditBlock
from tests.factories import cycle, ledger

pytestmark = pytest.mark.django_db
CLICKS = 4


class Content(HTMLParser):
    """The text of the page's own part, and the links there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inside = False
        self.text = ""
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or tag == "main"
        if self.inside and tag == "a" and (address := dict(attrs).get("href")):
            self.links.append(address)

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "main"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.text += data


@pytest.fixture
def report() -> MonitoringReport:
    """The verified report of 2025: 10,000.5 MWh, 7,970 credits."""
    return cycle.verified_report(cycle.cast("MN"))


@pytest.fixture
def credit(report: MonitoringReport) -> str:
    """The page of the credits that were issued for it."""
    registry.credits_issue(leg_id=ledger.leg(report.project, {2025: 7970}).pk, at=ledger.NOON)
    return CreditBlock.objects.get().get_absolute_url()


def pages(start: str) -> Iterator[tuple[int, str, str]]:
    """Yield every page of the site that a visitor reaches: after how many clicks, its address, its text."""
    browser, waiting, seen = Client(), [(0, start)], {start}
    while waiting:
        clicks, address = waiting.pop(0)
        response = browser.get(address)
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        content = Content(b"".join(response).decode())
        yield clicks, address, content.text
        targets = (urldefrag(urljoin(address, link)).url for link in content.links)
        for target in targets if clicks < CLICKS else ():
            if target.startswith(("/projects/MN", "/methodologies/MN", "/credits/MN")) and target not in seen:
                seen.add(target)
                waiting.append((clicks + 1, target))


def test_every_figure_is_at_most_four_clicks_away(report: MonitoringReport, credit: str) -> None:
    version = MethodologyVersion.objects.get(projects=report.project)
    wanted: dict[str, Callable[[str, str], bool]] = {
        "the methodology version": lambda address, _text: address == version.get_absolute_url(),
        "the parameters": lambda _address, text: "Emission factor of the grid" in text and "0.797 tCO2/MWh" in text,
        "the monthly readings": lambda _address, text: all(
            f"2025-{number:02d}" in text and value in text.replace(",", "")
            for number, value in enumerate(cycle.MONTHS, 1)
        ),
        "the equation with its numbers": lambda _address, text: "10,000.5 MWh × 0.797 tCO2/MWh = 7,970.3985" in text,
    }
    found: dict[str, int] = {}
    for clicks, address, text in pages(credit):
        found |= {name: clicks for name, is_there in wanted.items() if name not in found and is_there(address, text)}
    assert found.keys() == wanted.keys()
    assert max(found.values()) <= CLICKS
