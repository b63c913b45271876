"""The demonstration shows every state, is labelled, and is loaded once."""

import re
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from committee.models import Decision
from core.models import Event, Source, User
from jcm.demo import load
from methodologies.models import Methodology, MethodologyVersion
from parties.models import Designation
from projects.models import IssuanceRequest, MonitoringReport, Project
from registry.models import Account, CreditBlock, Cycle, IssuanceLeg, Proposal
from registry.selectors.proposals import inbox_items

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
# An approved leg is issued at once; it is seen only while the worker is at it.
PASSING = {"approved"}


@pytest.fixture
def loaded():
    load.load(lambda _host: None, at=AT)


def test_demonstration_shows_every_state_once_and_is_labelled(loaded, capsys):
    """One load, several questions: it takes seconds."""
    for model, field in (
        (MethodologyVersion, "status"),
        (Project, "status"),
        (MonitoringReport, "status"),
        (IssuanceRequest, "status"),
        (IssuanceLeg, "state"),
        (Decision, "status"),
    ):
        states = {value for value, _label in model._meta.get_field(field).flatchoices}
        shown = set(model.objects.values_list(field, flat=True))
        assert states - shown <= (PASSING if model is IssuanceLeg else set()), model
        assert set(model.objects.values_list("source", flat=True)) == {Source.DEMONSTRATION}, model
    numbers = [
        *Project.objects.exclude(number=None).values_list("number", flat=True),
        *Methodology.objects.exclude(number=None).values_list("number", flat=True),
        *Decision.objects.values_list("number", flat=True),
        *Designation.objects.values_list("number", flat=True),
    ]
    assert all(int(re.search(r"\d+$", number)[0]) >= 900 for number in numbers)
    assert all(account.number[4:].startswith("0009") for account in Account.objects.filter(kind="entity"))
    assert CreditBlock.objects.count() > 15
    proposals = Proposal.objects.order_by("proposed_at").values_list("kind", "state", "source")
    assert list(proposals) == [
        ("transfer", "completed", Source.DEMONSTRATION),
        ("retirement", "completed", Source.DEMONSTRATION),
        ("cancellation", "proposed", Source.DEMONSTRATION),
    ]
    colleague = User.objects.get(email="colleague@mn.example")
    assert [item.kind for item in inbox_items(viewer=colleague, at=AT)] == ["Approve a proposal"]
    cycles = Cycle.objects.order_by("as_of", "differences__pk").values_list("state", "differences__kind")
    assert list(cycles) == [("closed", None), ("manual", "total"), ("manual", "range")]
    before = Event.objects.count()
    call_command("load_demo")
    assert Event.objects.count() == before
    call_command("load_demo", "--sign-ins")
    listed = capsys.readouterr().out
    assert listed.count("@") == 14
    assert "chair.mn@mn.example" in listed
