"""The list of monthly readings: on the page of a report, as a file, and for programs."""

import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import MeterReading
from tests.factories import cycle


@pytest.fixture
def report(people):
    """A verified report of 2025 with two meters, M1 (in the cycle's values) and M10."""
    start, end = date(2025, 1, 1), date(2025, 12, 31)
    second = cycle.solar_table(start, end, meter="M10", values=["1.5"] * 12).split("\n", 1)[1]
    return cycle.verified_report(people, table=f"{cycle.solar_table(start, end)}\n{second}")


def address(report):
    return reverse("projects:report-months", args=[report.project.number, report.pk])


def content(response):
    return b"".join(response).decode()


class TestTheList:
    def test_shows_every_month_with_its_exact_value_and_unit(self, client, report):
        rows = client.get(address(report)).context["rows"]
        assert [(r.meter, f"{r.month:%Y-%m}", str(r.amount), r.unit) for r in rows[:2]] == [
            ("M1", "2025-01", "612.5", "MWh"),
            ("M1", "2025-02", "688.25", "MWh"),
        ]
        assert len(rows) == 24

    def test_keeps_one_meter_and_not_those_whose_names_begin_alike(self, client, report):
        rows = client.get(address(report), {"meter": "M1", "parameter": "EG", "from_month": "2025-11-01"}).context[
            "rows"
        ]
        assert [(r.meter, r.month.month) for r in rows] == [("M1", 11), ("M1", 12)]

    def test_sorts_by_value(self, client, report):
        rows = client.get(address(report), {"sort": "-value"}).context["rows"]
        assert [str(r.amount) for r in rows[:2]] == ["1024.75", "1011"]

    def test_says_so_when_the_filter_names_a_parameter_that_is_not_read(self, client, report):
        response = client.get(address(report), {"parameter": "XX"})
        assert response.context["rows"] == []
        assert "parameter" in response.context["filter"].errors

    def test_is_downloaded_whole(self, client, report):
        lines = content(client.get(address(report), {"format": "csv"})).lstrip("\ufeff").splitlines()
        assert lines[0] == "project,report,meter,parameter,month,value,unit"
        assert lines[1] == f"{report.project.number},{report.pk},M1,EG,2025-01,612.5,MWh"
        results = json.loads(content(client.get(address(report), {"format": "json"})))["results"]
        assert len(results) == len(lines) - 1 == 24

    def test_is_hidden_until_the_report_is_verified(self, client, people):
        submitted = cycle.submitted_report(people)
        assert client.get(address(submitted)).status_code == 404
        client.force_login(people.tpe)
        assert client.get(address(submitted)).status_code == 200

    def test_asks_the_database_no_more_for_more_rows(self, client, report):
        counts = []
        for query in ({"meter": "M1", "until_month": "2025-01-31"}, {}):
            with CaptureQueriesContext(connection) as queries:
                client.get(address(report), query)
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestTheInterface:
    def test_gives_the_readings_of_verified_reports_only(self, client, people, report):
        cycle.submitted_report(people)
        row, *others = client.get("/api/v1/readings/?limit=500").json()["results"]
        assert len(others) == 23
        assert {key: row[key] for key in ("report", "meter", "parameter", "month", "value", "unit")} == {
            "report": report.pk, "meter": "M1", "parameter": "EG", "month": "2025-01", "value": "612.5", "unit": "MWh",
        }  # fmt: skip
        assert client.get(row["url"]).json()["value"] == "612.5"
        assert client.get(row["page"]).status_code == client.get(row["project"]).status_code == 200

    def test_hides_a_reading_that_is_not_verified(self, client, people):
        cycle.submitted_report(people)
        pk = MeterReading.objects.first().pk
        assert client.get(f"/api/v1/readings/{pk}/").status_code == 404

    def test_filters_by_project_and_report(self, client, people, report):
        other = cycle.verified_report(people)
        assert len(client.get(f"/api/v1/readings/?report={other.pk}").json()["results"]) == 12
        found = client.get(f"/api/v1/readings/?project={report.project.number.lower()}&meter=M10").json()["results"]
        assert {row["value"] for row in found} == {"1.5"}
        assert len(found) == 12
