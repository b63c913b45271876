"""The e-mail address of a person: another takes its place only once its owner has confirmed it."""

import re
import uuid

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from tests.factories.ledger import person

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret"


@pytest.fixture
def user():
    found = person("Changer")
    found.set_password(PASSWORD)
    found.save()
    return found


@pytest.fixture
def visitor(client, user):
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.fixture
def new():
    """An address of its own for each test: messages to one address are rationed."""
    return f"{uuid.uuid4().hex}@people.example"


def ask(visitor, address):
    return visitor.post(reverse("account_email"), {"email": address, "action_add": "1"})


def link():
    return re.search(r"http://testserver(/accounts/confirm-email/\S+)", mail.outbox[-1].body)[1]


class TestChange:
    def test_waits_for_the_new_address_to_be_confirmed(self, visitor, user, new):
        ask(visitor, new)
        user.refresh_from_db()
        assert user.email != new
        page = visitor.get(reverse("account_email"))
        assert user.email in page.text
        assert new in page.text
        assert mail.outbox[-1].to == [new]

    def test_happens_when_the_link_is_opened(self, visitor, user, new):
        old = user.email
        ask(visitor, new)
        visitor.post(link())
        user.refresh_from_db()
        assert user.email == new
        assert list(EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary")) == [
            (new, True, True)
        ]
        assert old != new

    def test_cannot_be_forced(self, visitor, user, new):
        old = user.email
        ask(visitor, new)
        visitor.post(reverse("account_email"), {"email": new, "action_primary": "1"})
        visitor.post(reverse("account_email"), {"email": old, "action_remove": "1"})
        user.refresh_from_db()
        assert user.email == old
        assert EmailAddress.objects.get(user=user, primary=True).email == old

    def test_can_be_taken_back(self, visitor, user, new):
        ask(visitor, new)
        page = visitor.post(reverse("account_email"), {"email": new, "action_remove": "1"}, follow=True)
        assert new not in page.context["user"].emailaddress_set.values_list("email", flat=True)
        user.refresh_from_db()
        assert user.email != new

    def test_replaces_an_earlier_wish(self, visitor, user, new):
        ask(visitor, f"first.{new}")
        ask(visitor, new)
        waiting = EmailAddress.objects.filter(user=user, verified=False)
        assert [address.email for address in waiting] == [new]

    def test_asks_who_it_is_once_more(self, client, user, new):
        client.force_login(user)
        assert ask(client, new).url.startswith(reverse("account_reauthenticate"))
        assert not mail.outbox

    def test_says_that_the_address_is_none(self, visitor):
        assert ask(visitor, "nonsense").context["form"].errors["email"]
