"""The public decisions of the Joint Committees, taken again through the services in the order of their days."""

from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from committee.models import Decision
from methodologies.models import MethodologyVersion
from parties.models import DesignationApplication, RuleSet, SpecialMeasure
from projects.models import IssuanceRequest, Project, ProjectIdeaNote
from tests.factories import cycle, entities, ideas, rulebook
from tests.factories.replay import Replay, Row, Taken, rows

RECORD = Path(settings.BASE_DIR).parent / "shared" / "real" / "jc_decisions.csv"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not RECORD.is_file(), reason="the record is not beside the project (../shared/real)"),
]


@pytest.fixture
def replayed(monkeypatch) -> list[Taken]:
    """Take every decision of the record again."""

    def set_clock(moment: datetime) -> None:
        for module in (cycle, entities, ideas, rulebook):
            monkeypatch.setattr(module, "NOON", moment)

    record, replay = rows(RECORD), Replay(set_clock)
    replay.begin(record)
    return [replay.take(row) for row in record]


def page(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return response.content.decode()


def place_of(subject) -> str:
    """Return the public page on which the outcome for a subject is seen."""
    if isinstance(subject, DesignationApplication):
        return subject.designation.get_absolute_url()
    if isinstance(subject, IssuanceRequest):
        return subject.report.project.get_absolute_url()
    return subject.get_absolute_url()


def words_of(subject) -> list[str]:
    """Return what that page says."""
    if isinstance(subject, DesignationApplication):
        return [subject.organisation.name, "Designated"]
    if isinstance(subject, IssuanceRequest):
        return [f"{sum(line.quantity for line in subject.allocations.all()):,}"]
    if isinstance(subject, ProjectIdeaNote):
        return [subject.number, "No objection"]
    if isinstance(subject, (RuleSet, SpecialMeasure)):
        return [subject.decision_number]
    return [subject.get_status_display()]


def test_ends_as_the_record_says(replayed, client):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert len(replayed) == 38
    for taken in replayed:
        assert taken.decision.status == "adopted", taken.row
        assert taken.decision.adopted_on == taken.row.day, taken.row
        assert taken.decision.mode == ("electronic" if taken.row.mode == "electronic" else "meeting"), taken.row
        kinds = set(taken.decision.items.values_list("kind", flat=True))
        assert kinds == expected_kinds(taken.row), taken.row
        told = page(client, taken.decision.get_absolute_url())
        for item in taken.decision.items.all():
            assert item.get_kind_display() in told, taken.row
        for subject in taken.subjects:
            seen = page(client, place_of(subject))
            for word in words_of(subject):
                assert word in seen, (taken.row, word)
    assert Decision.objects.exclude(status="adopted").count() == 0


def expected_kinds(row: Row) -> set[str]:
    """Return the kinds of the row; what the record calls a decision on an idea note is an answer to it."""
    return {"pin_no_objection" if kind == "pin_decision" else kind for kind in row.kinds}


def test_gives_the_numbers_that_are_printed(replayed):
    subjects = [subject for taken in replayed for subject in taken.subjects]
    methodologies = {subject.label for subject in subjects if isinstance(subject, MethodologyVersion)}
    thai = {f"TH_AM0{number} ver1.0" for number in (11, 12, 13, 14, 15, 16, 17)}
    others = {"TH_AM003 ver2.0", "TH_AM005 ver3.0", "KH_AM004 ver1.1", "CR_AM002 ver1.0", "CR_AM003 ver1.0"}
    assert methodologies == thai | others
    numbers = {subject.number for subject in subjects if isinstance(subject, (Project, ProjectIdeaNote))}
    assert {"TH007", "TH008", "TH013", "KH004", "KH005", "SA001", "CR001"} <= numbers
    assert {*(f"ID_PIN00{n}" for n in range(1, 9)), "GE_PIN001", "LK_PIN001"} <= numbers
