"""The holder's pages: who sees which account, what they show."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.holdings import Wanted
from registry.models import AccountRepresentative, CreditBlock, Freeze, Proposal
from registry.selectors import accounts, proposals
from registry.workflow import ProposalState
from tests.factories import holders

pytestmark = pytest.mark.django_db


def of(holder, name):
    return reverse(f"registry:{name}", args=[holder.account.number])


SEE = ("viewer", "proposer", "approver", "keeper", "second_keeper")


class TestAccount:
    @pytest.mark.parametrize("page", ["account", "movements"])
    def test_is_shown_to_representatives_and_administrators_only(self, holder, browse, page):
        for name, user in holder.people.items():
            status = browse(user).get(of(holder, page)).status_code
            assert status == (200 if name in SEE else 404), name
        assert browse(None).get(of(holder, page)).url.startswith(reverse("account_login"))

    def test_is_hidden_from_representatives_of_the_past(self, holder, browse):
        holder.account.representatives.update(valid_until="2021-01-01")
        assert browse(holder.people["viewer"]).get(of(holder, "account")).status_code == 404

    def test_shows_blocks_reservations_and_freezes(self, holder, browse):
        proposal = holder.propose(120)
        series = CreditBlock.objects.get(series__vintage=2020).series
        Freeze.objects.create(
            registry=holder.registry, series=series, first=11, last=40, reason="Doubt", frozen_at=timezone.now(),
            frozen_by=holder.people["keeper"],
        )  # fmt: skip
        balance = accounts.balance(holder.account)
        # Of 2020, 1-20 are reserved and 11-40 frozen; 41-50 of it and all of 2022 are free.
        assert (balance.held, balance.reserved, balance.frozen, balance.free) == (180, 120, 30, 40)
        page = browse(holder.people["viewer"]).get(of(holder, "account"), {"vintage": 2020})
        assert [(row.reserved, row.frozen) for row in page.context["rows"]] == [(20, True)]
        assert list(page.context["proposals"]) == [proposal]
        assert "Doubt" in page.text

    def test_has_nothing_free_when_it_is_frozen(self, holder):
        Freeze.objects.create(
            registry=holder.registry, account=holder.account, reason="Doubt", frozen_at=timezone.now(),
            frozen_by=holder.people["keeper"],
        )  # fmt: skip
        balance = accounts.balance(holder.account)
        assert (balance.held, balance.frozen, balance.free) == (180, 180, 0)

    def test_offers_movements_to_those_who_may_propose(self, holder, browse):
        assert of(holder, "transfer") in browse(holder.people["proposer"]).get(of(holder, "account")).text
        assert of(holder, "transfer") not in browse(holder.people["viewer"]).get(of(holder, "account")).text

    def test_asks_as_much_of_the_database_with_many_blocks(self, holder, browse, django_assert_max_num_queries):
        for first in range(1, 60, 2):
            series = CreditBlock.objects.filter(series__vintage=2019).first().series_id
            wanted = Wanted(series_id=series, first=first, last=first)
            holder.done(holder.propose(1, wanted=wanted))
        browser = browse(holder.people["viewer"])
        with django_assert_max_num_queries(25):
            browser.get(of(holder, "account"))
        with django_assert_max_num_queries(15):
            browser.get(of(holder, "movements"))


class TestAccounts:
    def test_lists_mine(self, holder, browse):
        listed = browse(holder.people["viewer"]).get(reverse("registry:accounts")).context["rows"]
        assert [(account.number, account.held) for account in listed] == [(holder.account.number, 180)]

    def test_lists_those_of_my_registry(self, holder, browse):
        listed = browse(holder.people["keeper"]).get(reverse("registry:accounts"), {"text": "beta"})
        assert [account.number for account in listed.context["rows"]] == [holder.other.number]
        assert browse(holder.people["stranger"]).get(reverse("registry:accounts")).context["rows"] == []


class TestMovements:
    def test_are_listed_and_downloaded(self, holder, browse):
        holder.done(holder.propose(10, kind="retirement"))
        browser = browse(holder.people["viewer"])
        kinds = [row.transaction.kind for row in browser.get(of(holder, "movements")).context["rows"]]
        assert kinds == ["retirement", "issuance", "issuance", "issuance"]
        text = b"".join(browser.get(of(holder, "movements"), {"format": "csv", "kind": "retirement"})).decode()
        assert text.count(holder.account.number) == 1


def answers(holder, **changed):
    return {"key": str(uuid.uuid4()), "quantity": "120", "to_account": holder.other.number, **changed}


FINAL = {"purpose": "ndc", "beneficiary": "Government of Japan", "reporting_year": "2026"}


class TestWizard:
    @pytest.mark.parametrize("page", ["transfer", "retire", "cancel"])
    def test_opens_to_those_who_may_propose(self, holder, browse, page):
        for name, user in holder.people.items():
            allowed = 200 if name == "proposer" else 403 if name in SEE else 404
            assert browse(user).get(of(holder, page)).status_code == allowed, name
        assert browse(None).get(of(holder, page)).status_code == 302

    def test_shows_what_will_move_before_it_is_proposed(self, holder, browse):
        page = browse(holder.people["proposer"]).post(of(holder, "transfer"), answers(holder))
        preview = page.context["preview"]
        assert [(vintage, tonnes) for _serial, vintage, tonnes in preview.lines] == [(2019, 100), (2020, 20)]
        assert [(effect.before, effect.after) for effect in preview.effects] == [(180, 60), (0, 120)]
        assert preview.waits
        assert not Proposal.objects.exists()

    def test_makes_one_proposal_of_two_clicks(self, holder, browse):
        browser, sent = browse(holder.people["proposer"]), answers(holder, submit="1")
        first, second = (browser.post(of(holder, "transfer"), sent) for _ in range(2))
        assert first.url == second.url == Proposal.objects.get().get_absolute_url()

    def test_lets_the_answers_be_changed(self, holder, browse):
        page = browse(holder.people["proposer"]).post(of(holder, "transfer"), answers(holder, change="1"))
        assert page.context["form"]["quantity"].value() == "120"
        assert not Proposal.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value", "text"),
        [
            ("to_account", "JP-2000001-00", "not an account number"),
            ("to_account", "own", "another holding account"),
            ("to_account", "retirement", "another holding account"),
            ("to_account", "foreign", "one registry to another"),
            ("quantity", "181", "Only 180"),
            ("quantity", "0", "greater than or equal to 1"),
            ("quantity", "", "how many"),
            ("serial", "JP-MN-XX999-2019-1-5", "no credits with this serial"),
            ("serial", "nonsense", "Write a serial number"),
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, holder, browse, field, value, text):
        found = holder.registry.accounts
        value = {
            "own": holder.account.number,
            "retirement": found.get(kind="retirement").number,
            "foreign": holders.account("Gamma", "MN").number,
        }.get(value, value)
        page = browse(holder.people["proposer"]).post(of(holder, "transfer"), answers(holder, **{field: value}))
        assert text in " ".join(page.context["form"].errors[field])

    def test_moves_the_range_that_is_asked_for(self, holder, browse):
        serial = f"JP-MN-{holder.project.number}-2020-11-20"
        sent = answers(holder, quantity="", serial=serial, submit="1")
        browse(holder.people["proposer"]).post(of(holder, "transfer"), sent)
        line = Proposal.objects.get().lines.get()
        assert (line.series.vintage, line.first, line.last) == (2020, 11, 20)

    def test_retires_for_a_purpose(self, holder, browse):
        sent = {"key": str(uuid.uuid4()), "quantity": "5", "submit": "1", **FINAL}
        browse(holder.people["proposer"]).post(of(holder, "retire"), sent)
        line = Proposal.objects.get(kind="retirement").lines.get()
        assert (line.purpose, line.beneficiary, line.reporting_year) == ("ndc", "Government of Japan", 2026)

    def test_warns_above_the_share_of_declared_emissions(self, holder, browse):
        browser = browse(holder.people["proposer"])
        sent = {"key": str(uuid.uuid4()), "quantity": "20", "vintage": "2022", **FINAL, "purpose": "gx_ets"}
        page = browser.post(of(holder, "retire"), sent)
        assert "cannot be checked" in page.text
        assert "GX-ETS, counted for that NDC" in page.text
        page = browser.post(of(holder, "retire"), {**sent, "declared_emissions": "199"})
        assert "more than 10 percent" in page.text
        page = browser.post(of(holder, "retire"), {**sent, "declared_emissions": "200"})
        assert "Please consider" not in page.text
        assert browser.post(of(holder, "retire"), {**sent, "declared_emissions": "1", "submit": "1"}).status_code == 302

    def test_refuses_early_vintages_for_gx_ets(self, holder, browse):
        sent = {"key": str(uuid.uuid4()), "quantity": "1", **FINAL, "purpose": "gx_ets", "declared_emissions": "1000"}
        page = browse(holder.people["proposer"]).post(of(holder, "retire"), sent)
        assert "vintages of 2020 and before" in str(page.context["form"].errors["purpose"])


class TestProposal:
    def test_is_shown_to_those_who_see_its_account(self, holder, browse):
        url = holder.propose().get_absolute_url()
        for name, user in holder.people.items():
            assert browse(user).get(url).status_code == (200 if name in SEE else 404), name
        assert browse(None).get(url).status_code == 302

    def test_shows_balances_before_and_after(self, holder, browse):
        page = browse(holder.people["approver"]).get(holder.propose(30).get_absolute_url())
        assert [(effect.before, effect.after) for effect in page.context["effects"]] == [(180, 150), (0, 30)]

    @pytest.mark.parametrize(
        ("verb", "state", "who"),
        [
            ("approve", ProposalState.APPROVED, "approver"),
            ("reject", ProposalState.REJECTED, "approver"),
            ("cancel", ProposalState.CANCELLED, "proposer"),
        ],
    )
    def test_is_decided_by_the_right_people(self, holder, browse, verb, state, who):
        proposal = holder.propose()
        url = reverse(f"registry:proposal-{verb}", args=[proposal.pk])
        assert browse(holder.people[who]).get(url).status_code == 405
        for name in ("viewer", "keeper"):
            assert browse(holder.people[name]).post(url).status_code == 403
        assert browse(holder.people["stranger"]).post(url).status_code == 404
        assert browse(None).post(url).status_code == 302
        assert browse(holder.people[who]).post(url).url == proposal.get_absolute_url()
        proposal.refresh_from_db()
        assert proposal.state == state

    def test_is_not_approved_by_its_maker(self, holder, browse):
        proposal, maker = holder.propose(), holder.people["proposer"]
        AccountRepresentative.objects.create(
            account=holder.account, user=maker, right="approve", valid_from="2020-01-01"
        )
        page = browse(maker).get(proposal.get_absolute_url())
        assert page.context["actions"] == {"cancel"}
        answer = browse(maker).post(reverse("registry:proposal-approve", args=[proposal.pk]), follow=True)
        assert "Ask a colleague" in answer.text
        assert Proposal.objects.get().state == ProposalState.PROPOSED

    def test_asks_who_approves_to_prove_who_they_are(self, holder, client):
        approver = holder.people["approver"]
        approver.set_password("a long enough secret")
        approver.save()
        client.force_login(approver)
        answer = client.post(reverse("registry:proposal-approve", args=[holder.propose().pk]))
        assert answer.url.startswith(reverse("account_reauthenticate"))

    def test_says_until_when_it_can_be_cancelled(self, holder, browse):
        approved = holder.approve(holder.propose())
        page = browse(holder.people["proposer"]).get(approved.get_absolute_url())
        assert "cancel" in page.context["actions"]
        assert page.context["cancel_until"] < approved.execute_at

    def test_links_what_was_recorded(self, holder, browse):
        done = holder.done(holder.propose(kind="retirement"))
        page = browse(holder.people["viewer"]).get(done.get_absolute_url())
        assert str(page.context["entry"].pk) in page.text
        assert page.context["actions"] == set()


class TestQueue:
    def test_puts_first_what_waits_for_me(self, holder, browse):
        proposal = holder.propose()
        for name, waiting in (("approver", [proposal]), ("proposer", []), ("keeper", [])):
            page = browse(holder.people[name]).get(reverse("registry:proposals"))
            assert list(page.context["awaiting"]) == waiting, name
            assert page.context["rows"] == [proposal]
        assert browse(holder.people["stranger"]).get(reverse("registry:proposals")).context["rows"] == []
        assert browse(None).get(reverse("registry:proposals")).status_code == 302

    def test_is_in_the_inbox(self, holder, browse):
        proposal = holder.propose()
        items = proposals.inbox_items(viewer=holder.people["approver"], at=timezone.now())
        assert [(item.url, item.kind) for item in items] == [(proposal.get_absolute_url(), "Approve a proposal")]
        assert proposals.inbox_items(viewer=holder.people["proposer"], at=timezone.now()) == []
        assert proposal.get_absolute_url() in browse(holder.people["approver"]).get(reverse("inbox")).text
