"""Two people press the same button at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from core.errors import DomainError, TransitionRefused
from methodologies import services as methodology_services
from projects import services
from projects.errors import PeriodsOverlap
from projects.models import IssuanceRequest, MonitoringReport
from tests.factories import cycle
from tests.factories.cycle import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act: Callable[[int], object], times: int = 4) -> list[object]:
    """Call `act` in as many threads, started together; return what each gave or was refused with."""
    barrier = Barrier(times)

    def run(number: int) -> object:
        barrier.wait()
        try:
            return act(number)
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def refusals(outcomes, kind):
    return sum(isinstance(outcome, kind) for outcome in outcomes)


class TestAtOnce:
    def test_one_request_for_issuance_is_made(self, people):
        report = cycle.verified_report(people)
        amounts = cycle.split(report)
        outcomes = at_once(
            lambda _n: services.issuance_request_submit(
                report_id=report.pk, allocations=amounts, actor=people.participant, at=NOON
            )
        )
        assert refusals(outcomes, TransitionRefused) == 3
        assert IssuanceRequest.objects.get().allocations.count() == 2

    def test_one_report_of_a_period_is_made(self, people):
        project = cycle.designed_project(people)
        outcomes = at_once(
            lambda n: services.report_create(
                project_id=project.pk,
                period_start=date(2025, 1, 1 + n),
                period_end=date(2025, 12, 31),
                actor=people.participant,
                at=NOON,
            )
        )
        assert refusals(outcomes, PeriodsOverlap) == 3
        assert MonitoringReport.objects.count() == 1

    def test_a_design_is_submitted_once_and_takes_one_number(self, people):
        project = cycle.drafted_project(people)
        outcomes = at_once(
            lambda _n: services.project_submit_design(project_id=project.pk, actor=people.participant, at=NOON)
        )
        assert refusals(outcomes, TransitionRefused) == 3
        methodologies = list(project.methodologies.all())
        assert cycle.designed_project(people, methodologies=methodologies).number == "MN901"

    def test_proposals_get_numbers_of_their_own(self, people):
        drafts = [cycle.drafted_methodology(people) for _ in range(4)]
        outcomes = at_once(
            lambda n: methodology_services.methodology_submit(
                version_id=drafts[n].pk, actor=people.participant, at=NOON
            )
        )
        assert sorted(version.proposed_number for version in outcomes) == [f"MN_PM90{n}" for n in range(4)]
