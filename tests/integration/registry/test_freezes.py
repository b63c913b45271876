"""Freezes: one administrator stops, two lift; the switches and who may press them."""

import uuid

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core.errors import InvalidInput, NotPermitted, SamePerson, TransitionRefused
from core.models import Event
from registry import services
from registry.errors import CreditsFrozen, LedgerRefused, NotEnoughCredits
from registry.holdings import Wanted, free_spans
from registry.models import Account, Freeze, Proposal
from registry.selectors import accounts, freezes
from registry.serials import read
from tests.factories import holders

pytestmark = pytest.mark.django_db


def freeze(holder, who="keeper", **named):
    return services.freeze_set(
        **{"registry": holder.registry, "reason": "Suspected theft", **named},
        actor=holder.people[who],
        at=timezone.now(),
    )


def serial(holder, numbers="11-20", vintage=2019):
    return read(f"JP-MN-{holder.project.number}-{vintage}-{numbers}")


def act(holder, verb, frozen, who):
    return getattr(services, f"freeze_{verb}")(freeze_id=frozen.pk, actor=holder.people[who], at=timezone.now())


class TestFreezeSet:
    @pytest.mark.parametrize("what", ["account", "serial", "registry"])
    def test_stops_movements_at_once(self, holder, what):
        named = {"account": {"account": holder.account}, "serial": {"serial": serial(holder)}, "registry": {}}[what]
        approved = holder.approve(holder.propose(100))
        freeze(holder, **named)
        with pytest.raises(LedgerRefused, match="frozen"), transaction.atomic():
            services.proposal_execute(proposal_id=approved.pk, at=approved.execute_at)

    def test_is_told_in_the_story(self, holder):
        frozen = freeze(holder, account=holder.account)
        event = Event.objects.get(name="freeze.set")
        assert (event.subject_id, event.actor, event.data) == (
            str(frozen.pk), holder.people["keeper"], {"reason": "Suspected theft"},
        )  # fmt: skip

    @pytest.mark.parametrize("who", ["approver", "foreign_keeper", "stranger"])
    def test_refuses_everybody_but_the_registrys_administrators(self, holder, who):
        with pytest.raises(NotPermitted):
            freeze(holder, who)

    def test_refuses_without_a_reason(self, holder):
        with pytest.raises(InvalidInput) as refusal:
            freeze(holder, reason="  ")
        assert list(refusal.value.fields) == ["reason"]

    def test_refuses_an_account_of_another_registry(self, holder):
        with pytest.raises(InvalidInput) as refusal:
            freeze(holder, account=holders.account("Gamma", "MN"))
        assert list(refusal.value.fields) == ["account"]

    @pytest.mark.parametrize(("numbers", "vintage"), [("101-110", 2019), ("1-10", 2015)])
    def test_refuses_credits_that_do_not_exist(self, holder, numbers, vintage):
        with pytest.raises(InvalidInput) as refusal:
            freeze(holder, serial=serial(holder, numbers, vintage))
        assert list(refusal.value.fields) == ["serial"]

    def test_refuses_the_same_twice(self, holder):
        freeze(holder, account=holder.account)
        with pytest.raises(TransitionRefused):
            freeze(holder, "second_keeper", account=holder.account)
        assert freeze(holder)


def free(holder, **wanted):
    return sum(span.quantity for span in free_spans(holder.account, Wanted(**wanted)))


class TestFrozenCredits:
    def test_are_not_free(self, holder):
        freeze(holder, serial=serial(holder))
        freeze(holder, serial=serial(holder, "15-30"))
        assert free(holder) == accounts.balance(holder.account).free == 160
        assert free(holder, vintage=2019) == 80

    @pytest.mark.parametrize("whole", [False, True])
    def test_are_all_credits_of_a_frozen_account_and_registry(self, holder, whole):
        freeze(holder, **({} if whole else {"account": holder.account}))
        assert free(holder) == accounts.balance(holder.account).free == 0
        with pytest.raises(CreditsFrozen) as refusal:
            holder.propose(1)
        assert refusal.value.fields["quantity"].startswith("The registry is" if whole else "The account is")
        blocks = accounts.holdings(holder.account)
        assert all(block.frozen for block in blocks)

    def test_are_named_where_they_are_asked_for(self, holder):
        freeze(holder, serial=serial(holder))
        freeze(holder, serial=serial(holder, "41-45", 2020))
        with pytest.raises(CreditsFrozen) as refusal:
            holder.propose(171)
        stem = f"JP-MN-{holder.project.number}"
        assert refusal.value.fields["quantity"] == (
            f"15 tCO2eq of these credits are frozen and cannot be moved: {stem}-2019-11-20, {stem}-2020-41-45."
        )
        with pytest.raises(CreditsFrozen) as refusal:
            holder.propose(100, wanted=Wanted(vintage=2019))
        assert f"{stem}-2019-11-20." in refusal.value.fields["quantity"]

    def test_leave_the_others_free(self, holder):
        freeze(holder, serial=serial(holder))
        lines = holder.propose(100).lines.order_by("series__vintage", "first")
        assert [(line.series.vintage, line.first, line.last) for line in lines] == [
            (2019, 1, 10), (2019, 21, 100), (2020, 1, 10),
        ]  # fmt: skip
        assert holder.done(lines[0].proposal).state == "completed"

    def test_are_not_blamed_for_what_the_account_never_had(self, holder):
        freeze(holder, serial=serial(holder))
        with pytest.raises(NotEnoughCredits) as refusal:
            holder.propose(51, wanted=Wanted(vintage=2020))
        assert "frozen" not in refusal.value.fields["quantity"]

    def test_are_free_again_once_two_people_lift_the_freeze(self, holder):
        frozen = act(holder, "lift_propose", freeze(holder, serial=serial(holder)), "keeper")
        assert free(holder) == 170
        act(holder, "lift", frozen, "second_keeper")
        assert free(holder) == 180

    @pytest.mark.parametrize("kind", ["transfer", "retirement"])
    def test_do_not_come_to_a_frozen_account(self, holder, kind):
        final = Account.objects.get(registry=holder.registry, kind="retirement")
        freeze(holder, account=holder.other if kind == "transfer" else final)
        with pytest.raises(InvalidInput) as refusal:
            holder.propose(1, kind=kind)
        assert refusal.value.fields == {"to_account": "The account that would receive the credits is frozen."}

    def test_are_told_before_the_proposal(self, holder, browse):
        freeze(holder, serial=serial(holder))
        freeze(holder, account=holder.other)
        page = browse(holder.people["proposer"]).post(
            reverse("registry:transfer", args=[holder.account.number]),
            {"key": uuid.uuid4(), "to_account": holder.other.number, "quantity": 175},
        )
        assert f"JP-MN-{holder.project.number}-2019-11-20" in page.text
        assert "would receive the credits is frozen" in page.text
        assert not Proposal.objects.exists()


class TestLift:
    def test_needs_two_people(self, holder):
        frozen = freeze(holder)
        act(holder, "lift_propose", frozen, "keeper")
        with pytest.raises(SamePerson):
            act(holder, "lift", frozen, "keeper")
        with pytest.raises(SamePerson):
            act(holder, "keep", frozen, "keeper")
        assert act(holder, "lift", frozen, "second_keeper").lifted_by == holder.people["second_keeper"]
        assert holder.done(holder.propose(10, kind="retirement")).state == "completed"
        names = list(Event.objects.filter(name__startswith="freeze.").order_by("at").values_list("name", flat=True))
        assert names == ["freeze.set", "freeze.lift_proposed", "freeze.lifted"]

    def test_refuses_without_a_proposal(self, holder):
        with pytest.raises(TransitionRefused):
            act(holder, "lift", freeze(holder), "second_keeper")

    def test_is_proposed_and_done_once(self, holder):
        frozen = act(holder, "lift_propose", freeze(holder), "keeper")
        with pytest.raises(TransitionRefused):
            act(holder, "lift_propose", frozen, "second_keeper")
        act(holder, "lift", frozen, "second_keeper")
        for verb in ("lift", "lift_propose", "keep"):
            with pytest.raises(TransitionRefused):
                act(holder, verb, frozen, "second_keeper")

    def test_can_be_refused_by_a_colleague(self, holder):
        frozen = act(holder, "lift_propose", freeze(holder), "keeper")
        assert act(holder, "keep", frozen, "second_keeper").lift_proposed_by is None
        assert act(holder, "lift_propose", frozen, "second_keeper")

    @pytest.mark.parametrize("verb", ["lift_propose", "lift", "keep"])
    def test_refuses_others(self, holder, verb):
        frozen = act(holder, "lift_propose", freeze(holder), "keeper")
        for who in ("approver", "foreign_keeper"):
            with pytest.raises(NotPermitted):
                act(holder, verb, frozen, who)


class TestPages:
    def test_list_what_is_frozen_in_my_registry(self, holder, browse):
        frozen = freeze(holder, account=holder.account)
        page = browse(holder.people["keeper"]).get(reverse("registry:freezes"))
        assert page.context["freezes"] == [(frozen, "frozen")]
        assert browse(holder.people["foreign_keeper"]).get(reverse("registry:freezes")).context["freezes"] == []
        assert browse(None).get(reverse("registry:freezes")).status_code == 302

    @pytest.mark.parametrize(
        ("what", "text"), [("account", "JP-2000001"), ("credits", "-2019-11-20"), ("registry", "Registry of Japan")]
    )
    def test_freeze(self, holder, browse, what, text):
        sent = {
            "registry": holder.registry.pk, "what": what, "reason": "Doubt", "account": holder.account.number.lower(),
            "serial": str(serial(holder)),
        }  # fmt: skip
        answer = browse(holder.people["keeper"]).post(reverse("registry:freeze-set"), sent)
        assert answer.url == reverse("registry:freezes")
        assert text in str(Freeze.objects.get())

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"what": "account", "account": "JP-2999999-00"}, "account"),
            ({"what": "credits"}, "serial"),
            ({"what": "credits", "serial": "JP-MN-MN001-2015-1-5"}, "serial"),
            ({"what": "registry", "reason": ""}, "reason"),
        ],
    )
    def test_say_at_the_field_what_is_wrong(self, holder, browse, sent, field):
        sent = {"registry": holder.registry.pk, "reason": "Doubt", **sent}
        page = browse(holder.people["keeper"]).post(reverse("registry:freeze-set"), sent)
        assert list(page.context["form"].errors) == [field]
        assert not Freeze.objects.exists()

    def test_open_the_switch_to_administrators_only(self, holder, browse):
        for name, user in holder.people.items():
            expected = 200 if name.endswith("keeper") else 403
            assert browse(user).get(reverse("registry:freeze-set")).status_code == expected, name
        assert browse(None).get(reverse("registry:freeze-set")).status_code == 302

    def test_do_not_offer_another_registry(self, holder, browse):
        sent = {"registry": holder.registry.pk, "what": "registry", "reason": "Doubt"}
        page = browse(holder.people["foreign_keeper"]).post(reverse("registry:freeze-set"), sent)
        assert "registry" in page.context["form"].errors

    @pytest.mark.parametrize(("verb", "left"), [("lift", "lifted"), ("keep", "frozen")])
    def test_end_a_proposal_to_lift(self, holder, browse, verb, left):
        frozen = freeze(holder)
        propose = reverse("registry:freeze-lift-propose", args=[frozen.pk])
        url = reverse(f"registry:freeze-{verb}", args=[frozen.pk])
        browse(holder.people["keeper"]).post(propose)
        for name in ("approver", "foreign_keeper"):
            assert browse(holder.people[name]).post(url).status_code == 404
        assert browse(None).post(url).status_code == 302
        assert "Ask a colleague" in browse(holder.people["keeper"]).post(url, follow=True).text
        browser = browse(holder.people["second_keeper"])
        assert browser.get(url).status_code == 405
        browser.post(url)
        assert [state for _freeze, state in browser.get(reverse("registry:freezes")).context["freezes"]] == [left]

    def test_ask_who_lifts_to_prove_who_they_are(self, holder, client):
        keeper = holder.people["second_keeper"]
        keeper.set_password("a long enough secret")
        keeper.save()
        client.force_login(keeper)
        answer = client.post(reverse("registry:freeze-lift", args=[freeze(holder).pk]))
        assert answer.url.startswith(reverse("account_reauthenticate"))

    def test_are_in_the_inbox_of_the_colleague(self, holder, browse):
        frozen = act(holder, "lift_propose", freeze(holder), "keeper")
        now = timezone.now()
        items = freezes.inbox_items(viewer=holder.people["second_keeper"], at=now)
        assert [item.url for item in items] == [frozen.get_absolute_url()]
        assert freezes.inbox_items(viewer=holder.people["keeper"], at=now) == []
        assert "Lift a freeze" in browse(holder.people["second_keeper"]).get(reverse("inbox")).text
