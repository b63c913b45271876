"""What only some may read stays with them: canary texts, looked for on every page, in every file and interface."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import world as made
from tests.factories.world import CANARIES, World
from tests.integration.jcm.test_permission_table import NEVER, TABLE, Row

LISTS = (
    "projects:list", "methodologies:list", "registry:credits", "committee:decisions", "parties:countries",
    "parties:tpes",
)  # fmt: skip
COMMITTEE = {
    made.OBJECTION, made.UNADOPTED, made.RESTRICTED_NAME, made.CANARIES[4], made.RETURNED_METHODOLOGY,
    made.RETURNED_PROJECT, made.RETURNED_REPORT, made.RETURNED_REQUEST, made.RETURNED_APPLICATION,
    made.PROPOSED_MEASURE,
}  # fmt: skip
# What each may read; outsiders may read none of it.
READS = {
    "participant": set(CANARIES)
    - {made.OBJECTION, made.UNADOPTED, made.RETURNED_APPLICATION, made.PROPOSED_MEASURE},
    "tpe": COMMITTEE - {made.OBJECTION, made.UNADOPTED, made.RETURNED_METHODOLOGY},
    "host_secretariat": COMMITTEE,
    "japan_chair": COMMITTEE,
}  # fmt: skip
OUTSIDERS = ("anonymous", "rival", "retired_tpe", "former", "host_proposer", "vn_tpe", "vn_secretariat")
DULL = {"api-schema", "api-docs", "design"}  # nothing of them comes from the database, and they take long


def shown(row: Row) -> bool:
    """Whether the address shows a page of ours to somebody."""
    return row.name not in DULL and NEVER not in row.answers.values()


def addresses(world: World) -> list[str]:
    """Return every address that can be opened: each page of each object, each list as a file, searches."""
    found = {reverse(row.name, kwargs=world.places[row.place]) for row in TABLE if row.method == "GET" and shown(row)}
    lists = [reverse(name) for name in LISTS]
    found |= {f"{address}?format={kind}" for address in lists for kind in ("csv", "json")}
    found |= {f"{reverse('search')}?q={text}" for text in CANARIES[:3]}
    return sorted(address for address in found if not address.startswith("/accounts/"))


@pytest.mark.django_db
@pytest.mark.parametrize("who", [*READS, *OUTSIDERS])
def test_a_person_reads_what_is_theirs_and_nothing_else(world: World, browser_of: Callable[[str], Client], who: str):
    browser, read, mine = browser_of(who), dict[str, str](), READS.get(who, set())
    for address in addresses(world):
        response = browser.get(address)
        text = b"".join(response).decode(errors="replace") + str(response.headers)
        asked = address.partition("?q=")[2]
        read |= {canary: address for canary in CANARIES if canary in text and canary != asked}
    assert {canary: read[canary] for canary in set(read) - mine} == {}
    assert mine - set(read) == set(), "the test must be able to find what may be read"
