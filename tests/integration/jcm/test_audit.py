"""The audit trail: who did what, when, on whose behalf, with before and after."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from core import events
from core.models import Event, RowChange
from jcm.audit import MOST_CHANGES
from parties.models import Organisation, Role, RoleAssignment
from tests.factories.cycle import NOON
from tests.factories.ledger import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    someone = person("Auditor")
    RoleAssignment.objects.create(
        user=someone, role=Role.AUDITOR, valid_from=date(2013, 1, 1), valid_until=timezone.now().date()
    )
    client.force_login(someone)
    return client


@pytest.fixture
def renamed():
    company = Organisation.objects.create(name="Kibo")
    with transaction.atomic():
        Organisation.objects.filter(pk=company.pk).update(name="Kibou")
        told = {"on_behalf_of": "Her Excellency", "items": 3}
        events.emit("organisation.renamed", company, actor=person("Delegate"), at=NOON, data=told)
    return company


class TestTrail:
    def test_shows_the_event_its_person_and_what_changed(self, auditor, renamed):
        page = auditor.get("/audit/", {"name": "organisation."}).content.decode()
        for said in ("organisation.renamed", "Delegate", "on behalf of Her Excellency", "<td>Kibo</td><td>Kibou</td>"):
            assert said in page

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"actor": "delegate"}, 1),
            ({"actor": "Nobody"}, 0),
            ({"subject": "Kibo"}, 1),
            ({"subject": "Fuji"}, 0),
            ({"subject_type": "parties.organisation"}, 1),
            ({"since": NOON.date().isoformat(), "until": NOON.date().isoformat(), "name": "organisation."}, 1),
            ({"since": (NOON.date() + timedelta(1)).isoformat(), "name": "organisation."}, 0),
        ],
    )
    def test_is_asked_by_object_person_and_period(self, auditor, renamed, asked, found):
        page = auditor.get("/audit/", asked)
        assert [row.name for row in page.context["rows"]] == ["organisation.renamed"] * found

    def test_is_downloaded_with_before_and_after(self, auditor, renamed):
        answer = auditor.get("/audit/", {"format": "csv", "name": "organisation."})
        rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
        assert [(row["event"], row["on_behalf_of"]) for row in rows] == [("organisation.renamed", "Her Excellency")]
        assert "Kibou" in rows[0]["changes"]

    def test_asks_the_database_the_same_number_of_times_however_long(self, auditor, renamed, django_assert_num_queries):
        with django_assert_num_queries(7) as first:
            auditor.get("/audit/")
        for _n in range(20):
            events.emit("organisation.seen", renamed, actor=person(f"P{_n}"), at=NOON)
        with django_assert_num_queries(len(first)):
            auditor.get("/audit/")

    @pytest.mark.parametrize("path", ["/audit/", "/audit/changes/"])
    def test_is_closed_when_the_auditors_time_is_over(self, auditor, path):
        RoleAssignment.objects.filter(role=Role.AUDITOR).update(valid_until=date(2020, 1, 1))
        assert auditor.get(path).status_code == 403

    def test_shows_the_rows_of_the_object_and_no_more_of_a_large_load_than_fit(self, auditor, renamed):
        Organisation.objects.bulk_create([Organisation(name=f"Company {n}") for n in range(100)])
        (row,) = auditor.get("/audit/", {"name": "organisation."}).context["rows"]
        assert row.changed > 100
        assert len(row.changes) == MOST_CHANGES
        assert [change["key"] for change in row.changes[:2]] == [str(renamed.pk)] * 2


class TestChanges:
    def test_show_what_no_event_explains(self, auditor, renamed, as_owner):
        # One test is one transaction of the database: what happened beforehand is put into another.
        quiet = RowChange.objects.filter(subject_table="parties_organisation").earliest("pk")
        with as_owner():
            RowChange.objects.filter(pk=quiet.pk).update(database_transaction=1)
        asked = {"subject_table": "parties_organisation"}
        told = auditor.get("/audit/changes/", asked | {"unexplained": "no"}).context["rows"]
        untold = auditor.get("/audit/changes/", asked | {"unexplained": "yes"}).context["rows"]
        assert quiet.pk not in [row.pk for row in told]
        assert [row.pk for row in untold] == [quiet.pk]
        assert Event.objects.filter(name="organisation.renamed").exists()
