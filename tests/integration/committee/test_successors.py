"""Decisions that follow another: recirculated, superseded."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from committee import services
from committee.errors import AlreadySucceeded, NothingToDecide
from committee.models import Decision, DecisionItem
from committee.papers import decision_pdf
from committee.workflow import DecisionStatus
from core.errors import InvalidInput, NotPermitted, TransitionRefused
from methodologies.workflow import Status
from tests.factories import cycle
from tests.factories.cycle import NOON
from tests.factories.decisions import adopted_decision, answered, open_decision
from tests.papers import text_of

pytestmark = pytest.mark.django_db
OBJECTION = "The default value is too high."
EVERYBODY = ("japan_member", "host_member", "japan_chair", "host_chair")


@pytest.fixture
def cast():
    return cycle.cast("MN")


@pytest.fixture
def considered(cast):
    return cycle.considered_methodology(cast)


@pytest.fixture
def stopped(cast, considered):
    return answered(open_decision(cast), cast.host_member, "object", OBJECTION)


def recirculated(former, cast, text="With a lower default value."):
    return services.decision_recirculate(decision_id=former.pk, text=text, actor=cast.host_secretariat, at=NOON)


def superseding(former, cast, items=()):
    return services.decision_supersede(
        decision_id=former.pk, text="Corrected.", item_ids=items, actor=cast.host_secretariat, at=NOON
    )


def adopted(decision, cast):
    services.decision_open(decision_id=decision.pk, actor=cast.host_secretariat, at=NOON)
    for name in EVERYBODY:
        decision = answered(decision, getattr(cast, name))
    return decision


class TestRecirculate:
    def test_puts_the_same_matter_to_a_new_decision(self, cast, considered, stopped):
        again = recirculated(stopped, cast)
        assert (again.recirculates, again.status) == (stopped, DecisionStatus.PREPARED)
        assert again.number != stopped.number
        assert [item.methodology_version for item in again.items.all()] == [considered]
        assert not DecisionItem.objects.filter(decision=None).exists()
        adopted(again, cast)
        considered.refresh_from_db()
        assert considered.status == Status.APPROVED

    def test_works_after_a_withdrawal_too(self, cast, considered):
        decision = open_decision(cast)
        services.decision_withdraw(decision_id=decision.pk, actor=cast.host_secretariat, at=NOON)
        assert recirculated(decision, cast).items.count() == 1

    def test_keeps_what_was_proposed(self, cast, considered):
        former = answered(open_decision(cast, outcome="deny"), cast.host_member, "object", OBJECTION)
        assert recirculated(former, cast).items.get().outcome == "deny"

    def test_shows_the_former_objections_to_the_committee_alone(self, client, cast, stopped):
        second = recirculated(stopped, cast)
        services.decision_withdraw(decision_id=second.pk, actor=cast.host_secretariat, at=NOON)
        third = recirculated(second, cast)
        client.force_login(cast.japan_member)
        page = client.get(third.get_absolute_url()).content.decode()
        assert OBJECTION in page, "of every decision that it goes back to"
        assert second.number in page
        third = adopted(third, cast)
        client.logout()
        page = client.get(third.get_absolute_url()).content.decode()
        assert OBJECTION not in page
        assert second.number not in page

    def test_happens_once(self, cast, stopped):
        recirculated(stopped, cast)
        with pytest.raises(AlreadySucceeded):
            recirculated(stopped, cast)

    def test_refuses_what_waits_no_longer(self, cast, stopped):
        services.agenda_remove(pk=DecisionItem.objects.get(decision=None).pk)
        with pytest.raises(NothingToDecide):
            recirculated(stopped, cast)

    def test_refuses_an_open_or_adopted_decision_and_an_empty_text(self, cast, considered):
        decision = open_decision(cast)
        with pytest.raises(TransitionRefused):
            recirculated(decision, cast)
        services.decision_withdraw(decision_id=decision.pk, actor=cast.host_secretariat, at=NOON)
        with pytest.raises(InvalidInput):
            recirculated(decision, cast, text=" ")

    def test_is_for_the_secretariat(self, cast, stopped):
        with pytest.raises(NotPermitted):
            services.decision_recirculate(decision_id=stopped.pk, text="Again", actor=cast.host_chair, at=NOON)

    def test_starts_from_the_former_text(self, client, cast, stopped):
        client.force_login(cast.host_secretariat)
        page = client.get(stopped.get_absolute_url()).content.decode()
        assert stopped.text in page.partition("Revise and recirculate")[2]
        address = reverse("committee:decision-recirculate", args=[stopped.pk])
        client.post(address, {"text": "Otherwise."})
        assert Decision.objects.get(recirculates=stopped).text == "Otherwise."


class TestSupersede:
    @pytest.fixture
    def former(self, cast, considered):
        return adopted_decision(cast)

    def test_changes_nothing_before_it_is_adopted(self, client, cast, former):
        superseding(former, cast)
        page = client.get(former.get_absolute_url()).content.decode()
        assert "Superseded" not in page

    def test_is_shown_both_ways_to_everybody(self, client, cast, former):
        after = adopted(superseding(former, cast), cast)
        page = client.get(former.get_absolute_url()).content.decode()
        assert "Superseded by" in page
        assert after.get_absolute_url() in page
        page = client.get(after.get_absolute_url()).content.decode()
        assert "Takes the place of" in page
        assert former.get_absolute_url() in page
        assert page.count("Superseded") == 0
        address = "https://jcm.example/"
        assert f"Superseded by{after.number}" in text_of(decision_pdf(former, language="en", address=address))
        assert f"Takes the place of{former.number}" in text_of(decision_pdf(after, language="en", address=address))
        listed = {row["number"]: row for row in client.get("/api/v1/decisions/").json()["results"]}
        assert (listed[former.number]["superseded"], listed[after.number]["supersedes"]) == (True, former.number)
        assert "Superseded" in client.get("/decisions/").content.decode()

    def test_does_not_undo_what_the_former_did(self, cast, considered, former):
        adopted(superseding(former, cast), cast)
        considered.refresh_from_db()
        assert considered.status == Status.APPROVED

    def test_may_decide_items_too(self, cast, former):
        version = cycle.considered_methodology(cast, title="Another")
        item = DecisionItem.objects.get(methodology_version=version)
        adopted(superseding(former, cast, [item.pk]), cast)
        version.refresh_from_db()
        assert version.status == Status.APPROVED

    def test_happens_once(self, cast, former):
        superseding(former, cast)
        with pytest.raises(AlreadySucceeded):
            superseding(former, cast)

    def test_happens_once_in_the_database_too(self, cast, former):
        after = adopted(superseding(former, cast), cast)
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(
                partnership=cast.partnership, number="MN_JC999", status="adopted", adopted_on=after.adopted_on,
                supersedes=former,
            )  # fmt: skip

    def test_refuses_a_decision_that_is_not_adopted(self, cast, stopped):
        with pytest.raises(TransitionRefused):
            superseding(stopped, cast)

    def test_begins_on_the_page(self, client, cast, former):
        client.force_login(cast.host_secretariat)
        assert "Supersede this decision" in client.get(former.get_absolute_url()).content.decode()
        client.post(reverse("committee:decision-supersede", args=[former.pk]), {"text": "Instead."})
        assert Decision.objects.get(supersedes=former).text == "Instead."
