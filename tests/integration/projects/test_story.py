"""The timeline of a project and the way to a figure, as people read them."""

from datetime import date
from io import BytesIO

import openpyxl
from django.urls import reverse
from django.utils import translation

from core.models import Source
from methodologies.explanation import plain
from projects import services
from projects.explanation import explain
from projects.models import Project
from projects.timeline import timeline
from projects.workflow import ProjectStatus
from tests.factories import cycle
from tests.factories.cycle import NOON


def test_a_report_is_a_workbook_with_the_same_result(people, client):
    report = cycle.decided_request(people).report
    address = reverse("projects:report-workbook", args=[report.project.number, report.pk])
    assert address in client.get(report.get_absolute_url()).content.decode()
    book = openpyxl.load_workbook(BytesIO(client.get(address).content), data_only=True)
    rows = {row[1]: row for row in book["MRS(calc_process)"].iter_rows(values_only=True)}
    assert [rows["ER"][7]] == [year.reductions for year in report.results.all()]
    assert book["Readings"].max_row == 1 + report.readings.count()


class TestTimeline:
    def test_tells_everybody_the_milestones(self, people):
        request = cycle.decided_request(people)
        steps = timeline(request.report.project, involved=False)
        period = (date(2025, 1, 1), date(2025, 12, 31))
        assert [(step.title, step.by, step.note) for step in steps] == [
            ("Project design document submitted", "Project participants", ""),
            ("Validated", "Third-party entity", ""),
            ("Registration requested", "Project participants", ""),
            ("Request complete, under consideration", "Secretariat", ""),
            ("Registered", "Joint Committee", "MN_JC900"),
            ("Monitoring report verified", "Third-party entity", ""),
            ("Issuance decided", "Joint Committee", "MN_JC900"),
        ]
        assert [step.period for step in steps] == [*[None] * 5, period, period]

    def test_tells_those_involved_who_and_why(self, people):
        project = cycle.requested_project(people)
        services.project_return(project_id=project.pk, reason="The map.", actor=people.host_secretariat, at=NOON)
        project.refresh_from_db()
        returned = ("Request for registration returned", f"Secretariat: {people.host_secretariat.name}", "The map.")
        inside = [(step.title, step.by, step.note) for step in timeline(project, involved=True)]
        assert returned in inside
        outside = timeline(project, involved=False)
        assert not any("returned" in step.title or people.host_secretariat.name in step.by for step in outside)

    def test_says_who_has_it_now_and_what_comes_next(self, people):
        project = cycle.designed_project(people)
        ahead = [(step.title, step.by, step.state) for step in timeline(project, involved=False)[1:]]
        assert ahead == [
            ("Validation", "Third-party entity", "current"),
            ("Request for registration", "Project participants", "planned"),
            ("Check of completeness", "Secretariat", "planned"),
            ("Decision on registration", "Joint Committee", "planned"),
        ]

    def test_expects_nothing_of_a_project_that_was_given_up(self, people):
        project = cycle.requested_project(people)
        services.project_withdraw_request(project_id=project.pk, actor=people.participant, at=NOON)
        project.refresh_from_db()
        assert timeline(project, involved=False)[-1].title == "Request for registration withdrawn"

    def test_knows_the_day_of_a_public_record_without_a_story(self, people):
        project = Project.objects.create(
            partnership=people.partnership,
            number="MN001",
            title="Heat",
            status=ProjectStatus.REGISTERED,
            registered_on=date(2015, 6, 30),
            source=Source.PUBLIC_RECORD,
        )
        assert [(step.title, step.at) for step in timeline(project, involved=False)] == [
            ("Registered", date(2015, 6, 30))
        ]


class TestExplain:
    def test_fills_the_numbers_in(self, people):
        (year,) = explain(cycle.measured_report(people))
        assert year.reference == "EG × EF = 10,000.5 MWh × 0.797 tCO2/MWh = 7,970.3985 tCO2"
        assert year.project == "0 tCO2"
        assert year.difference == "7,970.3985 − 0 = 7,970.3985 tCO2"
        assert [(item.parameter.symbol, item.value, item.monitored) for item in year.inputs] == [
            ("EG", "10,000.5", True),
            ("EF", "0.797", False),
        ]

    def test_leaves_the_unit_of_a_ratio_out(self, people):
        definition = {
            "parameters": [
                {"symbol": "EC", "name": "Use", "unit": "MWh", "kind": "monitored"},
                {"symbol": "COP_PJ", "name": "Project", "unit": "1", "kind": "fixed", "default": "1.63"},
                {"symbol": "COP_RE", "name": "Reference", "unit": "1", "kind": "fixed", "default": "1.32"},
                {"symbol": "EF", "name": "Grid", "unit": "tCO2/MWh", "kind": "fixed", "default": "0.814"},
            ],
            "reference": "EC * (COP_PJ / COP_RE) * EF",
            "project": "EC * EF",
        }
        project = cycle.registered_project(
            people, methodologies=[cycle.approved_methodology(people, definition=definition)]
        )
        table = "meter,parameter,month,value,unit\nM1,EC,2025-03,135,MWh"
        report = cycle.measured_report(
            people, project=project, table=table, start=date(2025, 3, 1), end=date(2025, 3, 31)
        )
        (year,) = explain(report)
        assert year.reference == (
            "EC × (COP_PJ ÷ COP_RE) × EF = 135 MWh × (1.63 ÷ 1.32) × 0.814 tCO2/MWh = 135.6975 tCO2"
        )
        assert year.result.reductions == 25


class TestPlain:
    def test_keeps_whole_numbers_and_decimals_as_they_are(self):
        from fractions import Fraction

        with translation.override("en"):
            shown = [plain(Fraction(text)) for text in ("0", "1200", "0.5", "-2.25", "1/3", "1000000.000001")]
        assert shown == ["0", "1,200", "0.5", "-2.25", "0.333333", "1,000,000.000001"]
