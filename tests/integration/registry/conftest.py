"""People and browsers of the registry's screens, and the application's own connection."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.models import User
from tests.factories import holders


@pytest.fixture
def holder(db: None) -> holders.Holder:
    """An account with credits and everybody around it."""
    return holders.holder()


@pytest.fixture
def signed_in() -> Iterator[psycopg.Connection]:
    """Return a connection that is signed in as the application, as the web server's is."""
    where = connection.settings_dict
    try:
        made = psycopg.connect(
            host=where["HOST"], port=where["PORT"] or None, dbname=where["NAME"], user=settings.APP_ROLE
        )
    except psycopg.OperationalError:
        pytest.skip("the application's role cannot sign in to this server without a password")
    with made:
        yield made


@pytest.fixture
def browse(client: Client) -> Callable[[User | None], Client]:
    """Return a function that signs a person in, who has proven just now who they are, and gives the browser."""

    def as_person(user: User | None) -> Client:
        client.logout()
        if user is not None:
            client.force_login(user)
            session = client.session
            at = timezone.now().timestamp()
            session["account_authentication_methods"] = [{"method": "password", "at": at, "email": user.email}]
            session.save()
        return client

    return as_person
