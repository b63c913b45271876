"""Every page that the demonstration has, reached by its links: nothing is broken, for nobody or for any role."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from core.models import User
from jcm.demo.load import load

MOST = 400
OF_ONE_KIND = 4  # projects look alike: more of them only take longer
ROLES = {
    "anonymous": "",
    "participant": "participant@mn.example",
    "third-party entity": "verifier@mn.example",
    "secretariat": "secretariat.mn@mn.example",
    "co-chair": "chair.jp@mn.example",
    "proposer": "proposer@mn-registry.example",
    "approver": "approver@jp-registry.example",
    "auditor": "auditor@jcm.example",
}
# Files, programs' addresses, and the gallery, whose links lead nowhere.
NOT_PAGES = ("/static/", "/api/v1/", "/design/")
# A template tag, a Python placeholder, or a value that a template did not find.
LEFT_OVER = re.compile(r"\{[%{#]|[%#}]\}|%\(\w+\)[sd]|\bNone\b|object at 0x")


@dataclass
class Page(HTMLParser):
    """What the test must know of an HTML page."""

    links: set[str] = field(default_factory=set)
    anchors: set[str] = field(default_factory=set)
    headings: int = 0
    language: str = ""
    title: str = ""
    text: list[str] = field(default_factory=list)
    inside: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect links, anchors, headings and the language."""
        given = dict(attrs)
        self.inside = tag
        if tag == "a" and (address := given.get("href")) and "download" not in given:
            self.links.add(address)
        if identity := given.get("id"):
            self.anchors.add(identity)
        self.headings += tag == "h1"
        if tag == "html":
            self.language = given.get("lang") or ""

    def handle_data(self, data: str) -> None:
        """Collect what is read."""
        if self.inside == "title":
            self.title += data.strip()
        elif self.inside not in ("script", "style", "textarea", "pre", "code"):
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Forget the element."""
        self.inside = ""


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The demonstration, loaded once in a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(lambda _country: None, at=timezone.now())
        yield
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.usefixtures("demonstration")
def test_every_link_leads_to_a_sound_page(role: str) -> None:
    browser = Client()
    if ROLES[role]:
        browser.force_login(User.objects.get(email=ROLES[role]))
    faults, pages = walk(browser, [reverse("home"), reverse("inbox")])
    assert faults == []
    assert MOST >= len(pages) > 50, "links led to too few pages, or without end"


def walk(browser: Client, waiting: list[str]) -> tuple[list[str], dict[str, Page]]:
    """Follow every link of the site, breadth first; return what is wrong, and the pages."""
    faults: list[str] = []
    pages: dict[str, Page] = {}
    seen: set[str] = set()
    targets: list[tuple[str, str, str]] = []
    views: Counter[str] = Counter()
    while waiting and len(pages) <= MOST:
        address = waiting.pop(0)
        response = browser.get(address, follow=True)
        content = b"".join(response)
        if response.status_code >= 400:
            faults.append(f"{address}: {response.status_code}")
        if not response["Content-Type"].startswith("text/html"):
            continue
        page = pages[address] = Page()
        page.feed(content.decode())
        faults += [f"{address}: {fault}" for fault in faults_of(page)]
        for link in page.links:
            target, anchor = urldefrag(urljoin(address, link))
            if anchor:
                targets.append((address, target, anchor))
            if ours(target) and kind(target) not in seen:
                seen.add(kind(target))
                view = resolve(urlsplit(target).path).view_name
                views[view] += 1
                if views[view] <= OF_ONE_KIND:
                    waiting.append(target)
    faults += [f"{on}: no #{a} on {to}" for on, to, a in targets if to in pages and a not in pages[to].anchors]
    return faults, pages


def ours(address: str) -> bool:
    """Whether a link leads to a page of this site that only shows something."""
    parts = urlsplit(address)
    return not parts.netloc and parts.path.startswith("/") and not parts.path.startswith(NOT_PAGES)


def kind(address: str) -> str:
    """Return the address without the values of its parameters: one page of each kind of list is enough."""
    parts = urlsplit(address)
    return f"{parts.path}?{'&'.join(sorted(parse_qs(parts.query, keep_blank_values=True)))}"


def faults_of(page: Page) -> list[str]:
    """Return what is wrong with a page, whatever it shows."""
    text = " ".join(page.text)
    checks = {
        f"{page.headings} first headings": page.headings == 1,
        "no title": bool(page.title),
        "no language": page.language in ("en", "ja"),
        f"left over: {LEFT_OVER.findall(text)}": not LEFT_OVER.search(text),
    }
    return [fault for fault, right in checks.items() if not right]
