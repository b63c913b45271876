"""What a third-party entity may sign depends on its designation on the day."""

from datetime import timedelta

import pytest

from core.errors import InvalidInput, NotPermitted
from projects import services
from projects.workflow import ProjectStatus, ReportStatus
from tests.factories import cycle, entities
from tests.factories.cycle import NOON


def validate(project, people, *, days):
    return services.project_validate(
        project_id=project.pk,
        designation_id=people.designation.pk,
        statement="Positive.",
        actor=people.tpe,
        at=NOON + timedelta(days=days),
    )


def verify(report, people, *, days):
    return services.report_verify(
        report_id=report.pk,
        designation_id=people.designation.pk,
        statement="Right.",
        actor=people.tpe,
        at=NOON + timedelta(days=days),
    )


class TestSuspendedEntity:
    def test_signs_nothing(self, people):
        project, report = cycle.designed_project(people), cycle.submitted_report(people)
        entities.carried_out(people, people.designation, "suspend", days=2)
        for sign, work in ((validate, project), (verify, report)):
            with pytest.raises(InvalidInput, match="suspended"):
                sign(work, people, days=3)

    def test_finishes_work_under_way_where_the_committee_allowed_it(self, people):
        project, report = cycle.designed_project(people), cycle.submitted_report(people)
        entities.carried_out(people, people.designation, "suspend", days=2, work_may_finish=True)
        assert validate(project, people, days=3).status == ProjectStatus.VALIDATED
        assert verify(report, people, days=3).status == ReportStatus.VERIFIED

    def test_begins_nothing_new_even_then(self, people):
        registered = cycle.registered_project(people)
        entities.carried_out(people, people.designation, "suspend", work_may_finish=True)
        project, report = cycle.designed_project(people), cycle.submitted_report(people, project=registered)
        for sign, work in ((validate, project), (verify, report)):
            with pytest.raises(InvalidInput, match="suspended"):
                sign(work, people, days=1)

    def test_sees_work_only_where_it_may_finish_it(self, people):
        report = cycle.submitted_report(people)
        entities.carried_out(people, people.designation, "suspend", days=1)
        with pytest.raises(NotPermitted):
            services.report_return(report_id=report.pk, reason="Why.", actor=people.tpe, at=NOON + timedelta(days=2))

    def test_works_again_after_the_suspension(self, people):
        project = cycle.designed_project(people)
        entities.carried_out(people, people.designation, "suspend", days=1)
        entities.carried_out(people, people.designation, "resume", days=4)
        assert validate(project, people, days=4).status == ProjectStatus.VALIDATED


class TestWithdrawnScope:
    def test_is_checked_on_the_day(self, people):
        first, second = cycle.designed_project(people), cycle.designed_project(people)
        assert validate(first, people, days=0).status == ProjectStatus.VALIDATED
        entities.carried_out(
            people, people.designation, "withdraw_scopes", days=1, scopes_validation=entities.scopes(1)
        )
        with pytest.raises(InvalidInput, match="Energy industries"):
            validate(second, people, days=1)
