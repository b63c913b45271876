"""People and browsers of the registry's screens."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from core.models import User
from tests.factories import holders


@pytest.fixture
def holder(db: None) -> holders.Holder:
    """An account with credits and everybody around it."""
    return holders.holder()


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
