"""Records and people for the tests of what each visitor sees."""

import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.test import Client

from core.models import User
from tests.factories.public_records import Folder
from tests.factories.world import World, build


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder of invented record files."""
    return Folder(tmp_path)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """Everything, built once for the module in a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browser_of(world: World) -> Callable[[str], Client]:
    """Return a new browser of a person of the world, signed in just now; `anonymous` is nobody."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    keys = {}
    for name, person in world.people.items():
        if person is not None:
            session = store()
            session.update(_session_of(person))
            session.save()
            keys[name] = session.session_key

    def browser(name: str) -> Client:
        client = Client()
        if name in keys:
            client.cookies[settings.SESSION_COOKIE_NAME] = keys[name]
        return client

    return browser


def _session_of(person: User) -> dict[str, object]:
    return {
        SESSION_KEY: str(person.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: person.get_session_auth_hash(),
        # An hour ahead, so that the proof of who they are outlasts the module however slow the machine.
        "account_authentication_methods": [{"method": "password", "at": time.time() + 3600, "reauthenticated": True}],
        "account_authentication_methods_user": str(person.pk),
    }
