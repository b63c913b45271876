"""/healthz says that the process lives, /readyz that it can serve."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings

from jcm import health


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    health._client.cache_clear()
    monkeypatch.setattr(health._Seen, "schema_fits", False)


def test_liveness_asks_nobody() -> None:
    """No database is allowed in this test, and the host name is nobody's."""
    answer = Client(headers={"host": "10.0.0.7"}).get("/healthz")
    assert answer.status_code == 200
    assert answer.content == b"ok\n"


@pytest.mark.django_db
def test_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.json() == {"database": "ok", "redis": "ok", "migrations": "ok"}
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
@override_settings(REDIS_URL="redis://127.0.0.1:1/0")
def test_without_the_queue_it_is_not_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "redis": "unavailable", "migrations": "ok"}


@pytest.mark.django_db
def test_behind_its_schema_it_is_not_ready(
    client: Client, as_owner: Callable[[], AbstractContextManager[None]]
) -> None:
    with as_owner():
        MigrationRecorder.Migration.objects.filter(app="core").order_by("-id").first().delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "unavailable"
