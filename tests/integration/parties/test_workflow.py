"""PostgreSQL allows exactly the moves of the workflow tables, to anybody and by any way."""

import pytest
from django.db import IntegrityError, transaction

from core.workflow import Workflow, reachable
from parties.models import DesignationApplication, DesignationMeasure
from parties.workflow import APPLICATION, DESIGNATION, PROPOSAL, ApplicationStatus, DesignationStatus, ProposalStatus
from tests.factories import entities
from tests.factories.cycle import NOON

pytestmark = pytest.mark.django_db
DECISION = {"decided_on": NOON.date(), "decision_number": "MN_JC900"}


def agree(workflow: Workflow, row, was, now):
    change = type(row).objects.filter(pk=row.pk)
    if (was, now) in workflow.edges():
        assert change.update(status=now) == 1
    else:
        with pytest.raises(IntegrityError, match="does not go from"), transaction.atomic():
            change.update(status=now)


def pairs(states):
    return [(a, b) for a in states for b in states if a != b]


@pytest.mark.parametrize(("was", "now"), pairs(DesignationStatus))
def test_database_agrees_with_the_workflow_of_designations(people, was, now):
    designation = people.designation
    designation.pk, designation.number, designation.status = None, "TPE-MN-950", was
    designation.save(force_insert=True)
    agree(DESIGNATION, designation, was, now)


@pytest.mark.parametrize(("was", "now"), pairs(ApplicationStatus))
def test_database_agrees_with_the_workflow_of_applications(people, was, now):
    filed = entities.filed(people)
    DesignationApplication.objects.filter(pk=filed.pk).update(status=ApplicationStatus.WITHDRAWN)
    values = {"designation": people.designation, "submitted_by": people.tpe, "submitted_at": NOON, **DECISION}
    same = {name: getattr(filed, name) for name in ("partnership", "organisation", "accredited_until")}
    row = DesignationApplication.objects.create(status=was, basis="cdm_doe", **same, **values)
    agree(APPLICATION, row, was, now)


@pytest.mark.parametrize(("was", "now"), pairs(ProposalStatus))
def test_database_agrees_with_the_workflow_of_proposals(people, was, now):
    row = DesignationMeasure.objects.create(
        designation=people.designation, kind="suspend", reason="Why.", status=was, proposed_by=people.host_secretariat,
        proposed_at=NOON, **DECISION,
    )  # fmt: skip
    agree(PROPOSAL, row, was, now)


@pytest.mark.parametrize(
    ("workflow", "states", "start"),
    [
        (DESIGNATION, DesignationStatus, "designated"),
        (APPLICATION, ApplicationStatus, "submitted"),
        (PROPOSAL, ProposalStatus, "proposed"),
    ],
)
def test_every_state_can_be_reached(workflow, states, start):
    assert reachable(workflow, start) == set(states)
