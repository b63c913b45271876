"""No credit is spent twice, however many sessions try at the same moment."""

import os

import pytest
from django.db.models import QuerySet

from core import events
from tests.concurrency.double_spend import OPERATIONS
from tests.concurrency.storm import Storm

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = int(os.environ.get("JCM_ROUNDS", "200"))
# How many of so many sessions compete in each round, the others in rounds beside it; in a soak all of them.
CONTENDERS = {16: 16, 64: 8}


@pytest.fixture(autouse=True)
def _nobody_delivers(monkeypatch):
    """What is approved is executed by the sessions, not by the event's delivery."""
    monkeypatch.setattr(events, "_wake", [])


def tell(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        print(f"\n{line}", end=" ")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_has_one_effect(operation, capsys):
    for sessions, contenders in CONTENDERS.items():
        tell(capsys, Storm(operation, sessions, ROUNDS, contenders).run())


@pytest.mark.parametrize("operation", ["transfer", "retire"])
def test_of_ten_who_want_800_of_1000_one_gets_them(operation, capsys):
    """What other registries do with this: six of ten succeed."""
    tell(capsys, Storm(operation, 10, ROUNDS // 10, contenders=10).run())


@pytest.mark.parametrize("operation", OPERATIONS)
def test_has_one_effect_with_the_locks_of_the_services_removed(operation, capsys, monkeypatch):
    """PostgreSQL alone refuses the second: no row is locked by Python any more."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_options: self.all())
    tell(capsys, "unlocked " + Storm(operation, 16, ROUNDS // 10, contenders=16, clean=False).run())
