"""Deadlines: the page, the address for calendar programs, the digest, and what is new in the inbox."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from icalendar import Calendar

from core import desk
from core.inbox import Item
from core.models import Desk
from jcm import calendar, inbox, tasks
from jcm.demo.cast import assemble

pytestmark = pytest.mark.django_db
# A Monday; 07:30 in Ulaanbaatar, 08:30 in Tokyo.
MORNING = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
BALLOT = Item("MN_JC900", "/decisions/1/", "Answer an electronic decision", MORNING, MORNING + timedelta(days=9))
CHECK = Item("MN_PM900", "/methodologies/1/", "Check a methodology", MORNING)


@pytest.fixture
def member(client, monkeypatch):
    for module in (inbox, calendar, tasks):
        monkeypatch.setattr(module, "items_for", lambda _user, **_at: [BALLOT, CHECK])
    someone = assemble("MN").host_member
    client.force_login(someone)
    return someone


class TestFeed:
    def test_answers_without_a_sign_in_to_who_knows_the_address(self, client, member):
        client.post(reverse("calendar-renew"))
        key = Desk.objects.get(user=member).calendar_key
        client.logout()
        answer = client.get(reverse("calendar-feed", args=[key]))
        (entry,) = Calendar.from_ical(answer.content).walk("VEVENT")
        assert entry["SUMMARY"] == "Answer an electronic decision: MN_JC900"
        assert entry.decoded("DTEND") == BALLOT.due_at
        assert entry["URL"].endswith("/decisions/1/")
        assert len(entry.walk("VALARM")) == 1

    def test_keeps_its_entries_when_a_deadline_moves(self, member):
        def uids(due: datetime) -> list[str]:
            moved = Item(BALLOT.title, BALLOT.url, BALLOT.kind, None, due)
            return [str(entry["UID"]) for entry in Calendar.from_ical(calendar.ics([moved], at=MORNING)).walk("VEVENT")]

        assert uids(MORNING) == uids(MORNING + timedelta(days=1))

    @pytest.mark.parametrize("act", ["calendar-renew", "calendar-close"])
    def test_no_longer_answers_at_an_address_that_was_given_up(self, client, member, act):
        client.post(reverse("calendar-renew"))
        key = Desk.objects.get(user=member).calendar_key
        client.post(reverse(act))
        assert client.get(reverse("calendar-feed", args=[key])).status_code == 404

    def test_does_not_answer_for_somebody_who_left(self, client, member):
        client.post(reverse("calendar-renew"))
        member.is_active = False
        member.save()
        key = Desk.objects.get(user=member).calendar_key
        assert client.get(reverse("calendar-feed", args=[key])).status_code == 404


class TestDigest:
    @pytest.mark.parametrize(
        ("chosen", "at", "sent"),
        [
            ("daily", MORNING, 1),
            ("daily", MORNING - timedelta(hours=1), 0),
            ("weekly", MORNING, 1),
            ("weekly", MORNING + timedelta(days=1), 0),
            ("none", MORNING, 0),
        ],
    )
    def test_comes_in_the_morning_of_the_readers_capital(self, member, chosen, at, sent):
        desk.digest_choose(user=member, digest=chosen)
        assert tasks.digests(at=at) == sent
        assert len(mail.outbox) == sent

    def test_comes_once_a_day(self, member):
        desk.digest_choose(user=member, digest="daily")
        assert [tasks.digests(at=MORNING + timedelta(hours=n)) for n in (0, 1, 24)] == [1, 0, 1]

    def test_names_each_matter_with_its_address(self, member):
        desk.digest_choose(user=member, digest="daily")
        tasks.digests(at=MORNING)
        (letter,) = mail.outbox
        assert letter.subject == "2 matters wait for you in the registry of the Joint Crediting Mechanism"
        for said in ("MN_JC900", "/decisions/1/", "10 November 2026 23:30 UTC", "MN_PM900"):
            assert said in letter.body

    def test_does_not_come_when_nothing_waits(self, member, monkeypatch):
        monkeypatch.setattr(tasks, "items_for", lambda _user, **_at: [])
        desk.digest_choose(user=member, digest="daily")
        assert tasks.digests(at=MORNING) == 0
        assert mail.outbox == []


class TestLook:
    def test_tells_when_the_look_before_was(self, member):
        assert desk.look(user=member, at=MORNING) is None
        assert desk.look(user=member, at=MORNING + timedelta(minutes=5)) is None
        later = MORNING + timedelta(hours=5)
        assert desk.look(user=member, at=later) == MORNING + timedelta(minutes=5)
        assert desk.look(user=member, at=later + timedelta(minutes=1)) == MORNING + timedelta(minutes=5)

    def test_marks_what_came_since(self):
        assert BALLOT.is_new(MORNING - timedelta(hours=1))
        assert not BALLOT.is_new(MORNING + timedelta(hours=1))
        assert not BALLOT.is_new(None)
