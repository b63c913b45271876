"""What only some may read stays with them: canary texts, looked for on every page, in every file and interface."""

import io
import logging
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from core import desk
from core import services as kernel
from core.models import Desk
from jcm.tasks import digests
from tests.factories import world as made
from tests.factories.world import CANARIES, World
from tests.integration.jcm.test_permission_table import NEVER, TABLE, Row
from tests.papers import text_of

LISTS = (
    "projects:list", "methodologies:list", "registry:credits", "committee:decisions", "parties:countries",
    "parties:tpes", "projects:idea-notes",
)  # fmt: skip
COMMITTEE = {
    made.OBJECTION, made.UNADOPTED, made.RESTRICTED_NAME, made.RESTRICTED_WORD, made.RETURNED_METHODOLOGY,
    made.RETURNED_PROJECT, made.RETURNED_REPORT, made.RETURNED_REQUEST, made.RETURNED_APPLICATION,
    made.PROPOSED_MEASURE, made.FILED_IDEA, made.RETURNED_IDEA, made.DRAFT_RULES,
    made.PROPOSED_SPECIAL, made.RESTRICTED_SHEET_NAME, made.RESTRICTED_CELL,
    made.PROPOSED_WITHDRAWAL,
}  # fmt: skip
MEETING = {made.MINUTES}
UNDECLARED = {made.RESTRICTED_WORD, made.RESTRICTED_CELL}
TO_CHECK = {made.UNPUBLISHED_INPUT}
# What each may read; outsiders may read none of it. The address of who sent an input is on no page.
READS = {
    "participant": {
        made.DRAFT_METHODOLOGY, made.RETURNED_METHODOLOGY, made.DRAFT_PROJECT, made.RESTRICTED_NAME,
        made.RESTRICTED_WORD, made.RETURNED_PROJECT, made.RETURNED_REPORT, made.RETURNED_REQUEST, made.FILED_IDEA,
        made.RETURNED_IDEA, made.RESTRICTED_SHEET_NAME, made.RESTRICTED_CELL, made.PROPOSED_WITHDRAWAL,
    },
    "tpe": COMMITTEE
    - {made.OBJECTION, made.UNADOPTED, made.RETURNED_METHODOLOGY, made.FILED_IDEA, made.RETURNED_IDEA}
    - {made.DRAFT_RULES, made.PROPOSED_SPECIAL, made.RESTRICTED_SHEET_NAME, made.RESTRICTED_CELL}
    - {made.PROPOSED_WITHDRAWAL},
    "host_secretariat": COMMITTEE | MEETING | TO_CHECK,
    "japan_secretariat": COMMITTEE | MEETING | TO_CHECK,
    # A member's restricted files open with the declaration that there is no conflict of interest.
    "japan_chair": (COMMITTEE | MEETING) - UNDECLARED,
    "expert": (COMMITTEE | MEETING) - UNDECLARED,
    "government_viewer": (COMMITTEE | MEETING) - UNDECLARED,
    "jcm_agency": COMMITTEE | MEETING | TO_CHECK,
}  # fmt: skip
FILED = {
    "projects:document", "projects:idea-note-document", "methodologies:document", "parties:application-document",
    "parties:rule-file", "parties:input-file", "committee:meeting-document",
}  # fmt: skip
OUTSIDERS = ("anonymous", "rival", "operator", "retired_tpe", "former", "host_proposer", "vn_tpe", "vn_secretariat")
DULL = {"api-schema", "api-docs", "design"}  # nothing of them comes from the database, and they take long


def shown(row: Row) -> bool:
    """Whether the address shows a page of ours to somebody."""
    return row.name not in DULL and NEVER not in row.answers.values()


def addresses(world: World) -> list[str]:
    """Return every address that can be opened: each page of each object, each list as a file, searches."""
    found = {reverse(row.name, kwargs=world.places[row.place]) for row in TABLE if row.method == "GET" and shown(row)}
    lists = [reverse(name) for name in LISTS]
    found |= {f"{address}?format={kind}" for address in lists for kind in ("csv", "json")}
    found |= {f"{reverse(r.name, kwargs=world.places[r.place])}?preview" for r in TABLE if r.name in FILED and shown(r)}
    found |= {f"{reverse('search')}?q={text}" for text in CANARIES[:3]}
    return sorted(address for address in found if not address.startswith("/accounts/"))


@pytest.mark.django_db
@pytest.mark.parametrize("who", [*READS, *OUTSIDERS])
def test_a_person_reads_what_is_theirs_and_nothing_else(
    world: World, browser_of: Callable[[str], Client], who: str, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    browser, read, mine = browser_of(who), dict[str, str](), READS.get(who, set())
    for address in addresses(world):
        response = browser.get(address)
        text = plain(b"".join(response)) + str(response.headers)
        asked = address.partition("?q=")[2]
        read |= {canary: address for canary in CANARIES if canary in text and canary != asked}
    assert {canary: read[canary] for canary in set(read) - mine} == {}
    assert mine - set(read) == set(), "the test must be able to find what may be read"
    searched = {text for text in CANARIES[:3] if f"q={text}" in caplog.text}  # an address that was asked for
    assert {canary for canary in CANARIES if canary in caplog.text} - searched == set()


def plain(content: bytes) -> str:
    """Return the text of an answer, out of a PDF or of every file in a ZIP."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "\n".join([*packed.namelist(), *(plain(packed.read(name)) for name in packed.namelist())])
    text = content.decode(errors="replace")
    return text + text_of(content) if content.startswith(b"%PDF") else text


def told(text: str) -> set[str]:
    """Return the canaries in a text."""
    return {canary for canary in CANARIES if canary in text}


@pytest.mark.django_db
def test_letters_and_calendars_tell_nobody_more_than_the_pages(world: World, client: Client):
    kernel.deliveries_finish()
    names = {person.email: name for name, person in world.people.items() if person is not None}
    for person in filter(None, world.people.values()):
        desk.digest_choose(user=person, digest="daily")
        desk.calendar_renew(user=person)
    assert digests(at=datetime.now(UTC).replace(hour=23)) > 0
    assert len(mail.outbox) > 20
    own = {made.UNPUBLISHED_INPUT, made.SENDERS_ADDRESS}  # whoever sent an input gets it back
    for letter in mail.outbox:
        for reader in letter.to:
            mine = READS.get(names[reader], set()) if reader in names else own
            assert told(f"{letter.subject} {letter.body}") <= mine
    for each in Desk.objects.exclude(calendar_key=None).select_related("user"):
        feed = client.get(reverse("calendar-feed", args=[each.calendar_key])).content.decode()
        assert feed.startswith("BEGIN:VCALENDAR")
        assert told(feed.replace("\r\n ", "")) <= READS.get(names[each.user.email], set())
