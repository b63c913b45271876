"""PostgreSQL allows exactly the moves of the workflow table, to anybody and by any way."""

import pytest
from django.db import IntegrityError, transaction

from core.workflow import reachable
from methodologies.models import Methodology, MethodologyVersion
from methodologies.workflow import METHODOLOGY, Status
from parties.models import Partnership
from tests.factories.cycle import NOON

pytestmark = pytest.mark.django_db
DECISION = {"approved_on": NOON.date(), "decision_number": "MN_JC001", "ended_on": NOON.date()}


@pytest.mark.parametrize(("was", "now"), [(a, b) for a in Status for b in Status if a != b])
def test_database_agrees_with_the_workflow(was, now):
    family = Methodology.objects.create(partnership=Partnership.objects.get(host__iso2="MN"), number="MN_AM001")
    row = MethodologyVersion.objects.create(methodology=family, status=was, **DECISION)
    change = MethodologyVersion.objects.filter(pk=row.pk)
    if (was, now) in METHODOLOGY.edges():
        assert change.update(status=now) == 1
    else:
        with pytest.raises(IntegrityError, match="does not go from"), transaction.atomic():
            change.update(status=now)


class TestWorkflowTable:
    def test_every_state_can_be_reached_from_a_draft(self):
        assert reachable(METHODOLOGY, Status.DRAFT) == set(Status)

    @pytest.mark.parametrize("end", [Status.REVOKED, Status.DENIED, Status.WITHDRAWN])
    def test_what_is_decided_or_withdrawn_stays(self, end):
        assert METHODOLOGY.available(end) == []

    def test_what_is_approved_only_ends(self):
        assert reachable(METHODOLOGY, Status.APPROVED) == {Status.APPROVED, Status.SUPERSEDED, Status.REVOKED}
