"""Monitoring reports: periods, results, submission, verification."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.errors import InvalidInput, NotPermitted, TransitionRefused
from core.models import Event
from parties.models import Designation, Partnership, SectoralScope
from projects import policies, services
from projects.errors import PeriodsOverlap, ResultsDiffer
from projects.models import MonitoringReport, ProjectParticipant, Verification, YearlyResult
from projects.workflow import ReportStatus
from tests.factories import cycle
from tests.factories.cycle import NOON


def create(project, people, start, end, *, actor=None, at=NOON):
    return services.report_create(
        project_id=project.pk, period_start=start, period_end=end, actor=actor or people.participant, at=at
    )


@pytest.fixture
def project(people):
    return cycle.designed_project(people, operation_start=date(2019, 6, 1))


class TestReportCreate:
    def test_may_begin_before_registration(self, people, project):
        report = create(project, people, date(2019, 6, 1), date(2019, 12, 31))
        assert (report.status, report.source) == (ReportStatus.DRAFT, project.source)
        assert Event.objects.get(name="report.created").subject_id == str(report.pk)

    def refused(self, people, project, start, end, **kwargs):
        with pytest.raises(InvalidInput) as refusal:
            create(project, people, start, end, **kwargs)
        assert not MonitoringReport.objects.exists()
        return refusal.value.fields

    def test_refuses_a_project_without_a_number(self, people):
        draft = cycle.drafted_project(people)
        assert set(self.refused(people, draft, date(2025, 1, 1), date(2025, 12, 31))) == {"project"}

    def test_refuses_a_project_that_was_given_up(self, people):
        project = cycle.requested_project(people)
        services.project_withdraw_request(project_id=project.pk, actor=people.participant, at=NOON)
        assert set(self.refused(people, project, date(2025, 1, 1), date(2025, 12, 31))) == {"project"}

    def test_refuses_a_period_before_operation(self, people, project):
        found = self.refused(people, project, date(2019, 5, 31), date(2019, 12, 31))
        assert "2019-06-01" in found["period_start"]

    def test_refuses_a_period_across_the_parting_of_2020(self, people, project):
        found = self.refused(people, project, date(2020, 12, 31), date(2021, 1, 1))
        assert "Make two reports" in found["period_end"]

    def test_takes_periods_that_end_and_begin_at_the_parting(self, people, project):
        create(project, people, date(2020, 6, 1), date(2020, 12, 31))
        create(project, people, date(2021, 1, 1), date(2021, 6, 30))
        assert MonitoringReport.objects.count() == 2

    def test_follows_a_partnership_without_a_parting(self, people, project):
        Partnership.objects.filter(pk=people.partnership.pk).update(split_after=None)
        assert create(project, people, date(2020, 1, 1), date(2021, 12, 31)).pk

    def test_refuses_a_period_that_ends_before_it_starts(self, people, project):
        assert set(self.refused(people, project, date(2022, 2, 1), date(2022, 1, 31))) == {"period_end"}

    def test_refuses_a_period_that_is_not_over(self, people, project):
        assert set(self.refused(people, project, date(2026, 1, 1), NOON.date())) == {"period_end"}
        assert create(project, people, date(2026, 1, 1), NOON.date() - timedelta(days=1)).pk

    def test_refuses_an_overlap_of_one_day_in_a_sentence(self, people, project):
        create(project, people, date(2022, 1, 1), date(2022, 6, 30))
        with pytest.raises(PeriodsOverlap, match="covers part of this period") as refusal:
            create(project, people, date(2022, 6, 30), date(2022, 12, 31))
        assert set(refusal.value.fields) == {"period_start"}
        assert create(project, people, date(2022, 7, 1), date(2022, 12, 31)).pk

    def test_leaves_other_projects_periods_alone(self, people, project):
        create(project, people, date(2022, 1, 1), date(2022, 6, 30))
        other = cycle.designed_project(people, operation_start=date(2019, 6, 1))
        assert create(other, people, date(2022, 1, 1), date(2022, 6, 30)).pk

    def test_refuses_other_people(self, people, project, strangers):
        for person in (people.tpe, people.host_secretariat, strangers.participant):
            with pytest.raises(NotPermitted):
                create(project, people, date(2022, 1, 1), date(2022, 6, 30), actor=person)


class TestReportCalculate:
    def test_stores_each_calendar_year(self, people):
        report = cycle.measured_report(people, start=date(2024, 1, 1), end=date(2025, 12, 31))
        assert list(report.results.values_list("year", "reference", "project", "reductions", "negative")) == [
            (2024, Decimal("7970.398500"), Decimal(0), 7970, False),
            (2025, Decimal("7970.398500"), Decimal(0), 7970, False),
        ]

    def test_uses_the_projects_own_value(self, people):
        report = cycle.measured_report(people, project=cycle.registered_project(people, fixed_values={"EF": "0.5"}))
        assert report.results.get().reductions == 5000

    def test_adds_up_the_methodologies_of_a_project_before_rounding(self, people):
        # 0.6 t by each methodology: 1.2 t together, so one tonne and not none.
        second = {
            "parameters": [{"symbol": "HEAT", "name": "Heat", "unit": "GJ", "kind": "monitored"}],
            "reference": "HEAT * 0.1 [tCO2/GJ]",
            "project": "0",
        }
        both = [cycle.approved_methodology(people), cycle.approved_methodology(people, definition=second)]
        project = cycle.registered_project(people, methodologies=both, fixed_values={"EF": "0.1"})
        table = "meter,parameter,month,value,unit\nM1,EG,2025-03,6,MWh\nH1,HEAT,2025-03,6,GJ"
        report = cycle.measured_report(
            people, project=project, table=table, start=date(2025, 3, 1), end=date(2025, 3, 31)
        )
        assert report.results.get().reductions == 1

    def test_marks_a_negative_year(self, people):
        definition = {**cycle.SOLAR, "project": "EG * EF * 2"}
        methodology = cycle.approved_methodology(people, definition=definition)
        report = cycle.measured_report(people, project=cycle.registered_project(people, methodologies=[methodology]))
        result = report.results.get()
        assert (result.reductions, result.negative) == (0, True)

    def test_refuses_emissions_that_no_table_can_hold(self, people):
        definition = {**cycle.SOLAR, "reference": "EG * EF * 999999999999 * 999999999999"}
        methodology = cycle.approved_methodology(people, definition=definition)
        project = cycle.registered_project(people, methodologies=[methodology])
        with pytest.raises(InvalidInput, match="too large"):
            cycle.measured_report(people, project=project)
        assert not YearlyResult.objects.exists()

    def test_refuses_an_equation_that_divides_by_nought(self, people):
        definition = {**cycle.SOLAR, "reference": "EG * EF / (EF / EF - 1)"}
        methodology = cycle.approved_methodology(people, definition=definition)
        project = cycle.registered_project(people, methodologies=[methodology])
        with pytest.raises(InvalidInput, match="2025: Division by nought"):
            cycle.measured_report(people, project=project)


class TestReportSubmit:
    def test_waits_for_verification(self, people):
        report = cycle.submitted_report(people)
        assert report.status == ReportStatus.SUBMITTED
        assert Event.objects.get(name="report.submitted").actor == people.participant

    def test_refuses_a_report_without_readings(self, people):
        with pytest.raises(InvalidInput, match="meter readings"):
            services.report_submit(report_id=cycle.drafted_report(people).pk, actor=people.participant, at=NOON)

    def test_refuses_others(self, people):
        report = cycle.measured_report(people)
        for person in (people.tpe, people.host_secretariat):
            with pytest.raises(NotPermitted):
                services.report_submit(report_id=report.pk, actor=person, at=NOON)

    def test_refuses_when_the_project_was_given_up_meanwhile(self, people):
        project = cycle.requested_project(people)
        report = cycle.measured_report(people, project=project)
        services.project_withdraw_request(project_id=project.pk, actor=people.participant, at=NOON)
        with pytest.raises(InvalidInput, match="closed"):
            services.report_submit(report_id=report.pk, actor=people.participant, at=NOON)


class TestReportReturn:
    def test_lets_the_participants_correct_it(self, people):
        report = cycle.submitted_report(people)
        services.report_return(report_id=report.pk, reason="Meter M1 was changed.", actor=people.tpe, at=NOON)
        report.refresh_from_db()
        assert (report.status, report.status_reason) == (ReportStatus.RETURNED, "Meter M1 was changed.")
        rows = services.readings_read(cycle.solar_table(report.period_start, report.period_end, values=["1"] * 12))
        services.readings_replace(report_id=report.pk, rows=rows, actor=people.participant, at=NOON)
        again = services.report_submit(report_id=report.pk, actor=people.participant, at=NOON)
        assert (again.status, again.status_reason) == (ReportStatus.SUBMITTED, "")

    def test_refuses_without_a_reason(self, people):
        with pytest.raises(InvalidInput):
            services.report_return(report_id=cycle.submitted_report(people).pk, reason="", actor=people.tpe, at=NOON)

    def test_refuses_an_entity_that_takes_part(self, people):
        report = cycle.submitted_report(people)
        ProjectParticipant.objects.create(
            project=report.project, organisation=people.designation.organisation, party=people.partnership.acquirer
        )
        with pytest.raises(NotPermitted, match="takes part"):
            services.report_return(report_id=report.pk, reason="No", actor=people.tpe, at=NOON)
        assert policies.report_actions(policies.parts_of(people.tpe, report.project, at=NOON), report) == []

    def test_refuses_others_than_third_party_entities_of_the_partnership(self, people, strangers):
        report = cycle.submitted_report(people)
        for person in (people.participant, people.japan_secretariat, strangers.tpe):
            with pytest.raises(NotPermitted):
                services.report_return(report_id=report.pk, reason="No", actor=person, at=NOON)


def verify(report, people, *, actor=None, statement="Right."):
    return services.report_verify(
        report_id=report.pk,
        designation_id=people.designation.pk,
        statement=statement,
        actor=actor or people.tpe,
        at=NOON,
    )


class TestReportVerify:
    def test_signs_the_reductions_of_each_year(self, people):
        report = cycle.verified_report(people)
        verification = Verification.objects.get(report=report)
        assert report.status == ReportStatus.VERIFIED
        assert (verification.designation, verification.signed_by) == (people.designation, people.tpe)
        assert Event.objects.get(name="report.verified").data == {
            "designation": "TPE-MN-900",
            "reductions": {"2025": 7970},
        }

    @pytest.mark.parametrize("change", [{"reductions": 7971}, {"reference": Decimal("7970.398501")}, {"year": 2024}])
    def test_refuses_results_that_do_not_follow_from_the_readings(self, people, change):
        report = cycle.submitted_report(people)
        report.results.update(**change)
        with pytest.raises(ResultsDiffer, match="do not follow"):
            verify(report, people)
        report.refresh_from_db()
        assert report.status == ReportStatus.SUBMITTED
        assert not Verification.objects.exists()

    def test_refuses_readings_that_changed_behind_the_results(self, people):
        report = cycle.submitted_report(people)
        reading = report.readings.get(month=date(2025, 1, 1))
        reading.value += 2
        reading.save()
        with pytest.raises(ResultsDiffer):
            verify(report, people)

    def test_refuses_an_expired_designation(self, people):
        report = cycle.submitted_report(people)
        Designation.objects.filter(pk=people.designation.pk).update(valid_until=NOON.date() - timedelta(days=1))
        with pytest.raises(InvalidInput, match="not in force"):
            verify(report, people)

    def test_refuses_a_scope_that_is_not_designated_for_verification(self, people):
        report = cycle.submitted_report(people)
        people.designation.scopes_verification.remove(SectoralScope.objects.get(number=1))
        with pytest.raises(InvalidInput, match="does not cover"):
            verify(report, people)

    def test_refuses_an_entity_that_takes_part(self, people):
        report = cycle.submitted_report(people)
        ProjectParticipant.objects.create(
            project=report.project, organisation=people.designation.organisation, party=people.partnership.acquirer
        )
        with pytest.raises(InvalidInput, match="takes part"):
            verify(report, people)

    def test_refuses_an_empty_statement(self, people):
        with pytest.raises(InvalidInput, match="statement"):
            verify(cycle.submitted_report(people), people, statement="")

    def test_refuses_people_of_other_organisations(self, people, strangers):
        report = cycle.submitted_report(people)
        for person in (people.participant, people.host_secretariat, strangers.tpe):
            with pytest.raises(NotPermitted):
                verify(report, people, actor=person)

    def test_refuses_a_report_that_was_not_submitted(self, people):
        with pytest.raises(TransitionRefused):
            verify(cycle.measured_report(people), people)
