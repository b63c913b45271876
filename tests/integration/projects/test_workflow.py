"""PostgreSQL allows exactly the moves of the three workflow tables, to anybody and by any way."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from core.workflow import reachable
from projects.models import IssuanceRequest, MonitoringReport, Project
from projects.workflow import ISSUANCE_REQUEST, PROJECT, REPORT, ProjectStatus, ReportStatus, RequestStatus
from tests.factories.cycle import NOON

DECISION = {"decision_number": "MN_JC001"}


def pairs(states):
    return [(a, b) for a in states for b in states if a != b]


def project_in(people, state):
    return Project.objects.create(
        partnership=people.partnership,
        number="MN001",
        title="Plant",
        status=state,
        registered_on=date(2024, 1, 1),
        **DECISION,
    )


def report_in(people, state):
    return MonitoringReport.objects.create(
        project=project_in(people, ProjectStatus.REGISTERED),
        period_start=date(2024, 1, 1),
        period_end=date(2024, 12, 31),
        status=state,
        created_by=people.participant,
    )


def request_in(people, state):
    return IssuanceRequest.objects.create(
        report=report_in(people, ReportStatus.VERIFIED),
        status=state,
        decided_on=date(2024, 1, 1),
        submitted_by=people.participant,
        submitted_at=NOON,
        **DECISION,
    )


def assert_agrees(row, workflow, was, now):
    change = type(row).objects.filter(pk=row.pk)
    if (was, now) in workflow.edges():
        assert change.update(status=now) == 1
    else:
        with pytest.raises(IntegrityError, match="does not go from"), transaction.atomic():
            change.update(status=now)


@pytest.mark.parametrize(("was", "now"), pairs(ProjectStatus))
def test_database_agrees_with_the_project_workflow(people, was, now):
    assert_agrees(project_in(people, was), PROJECT, was, now)


@pytest.mark.parametrize(("was", "now"), pairs(ReportStatus))
def test_database_agrees_with_the_report_workflow(people, was, now):
    assert_agrees(report_in(people, was), REPORT, was, now)


@pytest.mark.parametrize(("was", "now"), pairs(RequestStatus))
def test_database_agrees_with_the_request_workflow(people, was, now):
    assert_agrees(request_in(people, was), ISSUANCE_REQUEST, was, now)


class TestWorkflowTables:
    @pytest.mark.parametrize(
        ("workflow", "start", "states"),
        [
            (PROJECT, ProjectStatus.DRAFT, ProjectStatus),
            (REPORT, ReportStatus.DRAFT, ReportStatus),
            (ISSUANCE_REQUEST, RequestStatus.SUBMITTED, RequestStatus),
        ],
    )
    def test_every_state_can_be_reached(self, workflow, start, states):
        assert reachable(workflow, start) == set(states)

    @pytest.mark.parametrize(
        ("workflow", "end"),
        [
            (PROJECT, ProjectStatus.REGISTERED),
            (PROJECT, ProjectStatus.REJECTED),
            (PROJECT, ProjectStatus.REQUEST_WITHDRAWN),
            (REPORT, ReportStatus.VERIFIED),
            (ISSUANCE_REQUEST, RequestStatus.DECIDED),
            (ISSUANCE_REQUEST, RequestStatus.DENIED),
            (ISSUANCE_REQUEST, RequestStatus.WITHDRAWN),
        ],
    )
    def test_what_is_decided_or_ended_stays(self, workflow, end):
        assert workflow.available(end) == []
