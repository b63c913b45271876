"""The real Mongolian record replays: what the list says of MN001 to MN006 is what each government's ledger has."""

import csv
from collections import Counter

import pytest
from django.db.models import F, Sum

from registry.audit import audit
from registry.models import CreditBlock, IssuanceLeg
from tests.factories.public_records import Folder
from tests.integration.jcm.test_import_public_records import REAL

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not REAL.is_dir(), reason="the real records are not beside the project (../shared/real)"),
]
PROJECTS = [f"MN00{n}" for n in range(1, 7)]
Amounts = Counter[tuple[str, str]]


@pytest.fixture(scope="module")
def record() -> list[dict[str, str]]:
    """Return the rows of the six projects."""
    with (REAL / "issuances.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["reference_no"] in PROJECTS]


def amounts(rows: list[dict[str, str]], column: str) -> Amounts:
    """Sum a column by project and side."""
    found: Amounts = Counter()
    for row in rows:
        found[row["reference_no"], row["party"]] += int(row[column] or 0)
    return +found


class TestReplay:
    @pytest.fixture(autouse=True)
    def _loaded(self):
        assert Folder(REAL).load()["exit"] == 0

    def held(self) -> Amounts:
        place = ("series__project__number", "series__registry__party__iso2")
        blocks = CreditBlock.objects.filter(series__project__number__in=PROJECTS).order_by()
        rows = blocks.values(*place).annotate(tonnes=Sum(F("last") - F("first") + 1))
        return Counter({tuple(row[key] for key in place): row["tonnes"] for row in rows})

    def test_gives_each_side_what_the_record_says_was_issued_for_a_stated_period(self, record):
        stated = [row for row in record if row["monitoring_start"] and row["issuance_date"]]
        assert self.held() == amounts(stated, "issued_amount") == amounts(stated, "notified_amount")
        assert self.held().total() == 122_836

    def test_leaves_pending_what_is_pending(self, record):
        pending = [row for row in record if not row["issuance_date"] and row["notified_amount"] != "0"]
        legs = IssuanceLeg.objects.filter(notification__project__number__in=PROJECTS, issued_on=None, notified__gt=0)
        found = {(leg.notification.project.number, leg.registry.party.iso2, leg.notified) for leg in legs}
        assert found == {(row["reference_no"], row["party"], int(row["notified_amount"])) for row in pending}
        assert not CreditBlock.objects.filter(leg__in=legs).exists()

    def test_notifies_what_the_record_notifies(self, record, client):
        legs = IssuanceLeg.objects.filter(notification__project__number__in=PROJECTS)
        notified = Counter[tuple[str, str]]()
        for leg in legs.select_related("notification__project", "registry__party"):
            notified[leg.notification.project.number, leg.registry.party.iso2] += leg.notified
        assert +notified == amounts(record, "notified_amount")
        assert notified.total() == 129_320
        assert "129,320" in client.get("/countries/mongolia/").content.decode()

    def test_stands_an_audit(self):
        assert list(audit()) == []
