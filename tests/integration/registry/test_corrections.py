"""Corrections: a registry's administrators put right what a decision orders; retired and cancelled credits stay."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core.errors import InvalidInput, NotPermitted, SamePerson
from parties.models import Role, RoleAssignment
from registry import services
from registry.errors import LedgerRefused
from registry.models import Account, CreditBlock, Proposal, Transaction
from registry.selectors import accounts, proposals
from registry.services import Ask
from tests.factories import holders
from tests.integration.registry.test_api_proposals import PROPOSALS, Program

pytestmark = pytest.mark.django_db
DECISION = "MN_JC012"


def correct(holder, quantity=10, *, who="keeper", account=None, decision=DECISION, **ask):
    return services.proposal_create(
        kind="correction",
        from_account=account or holder.account,
        asks=[Ask(quantity, to_account=holder.other, **ask)],
        key=str(uuid.uuid4()),
        actor=holder.people[who],
        at=timezone.now(),
        decision_number=decision,
    )


def approve(holder, proposal, who="second_keeper"):
    return services.proposal_approve(proposal_id=proposal.pk, actor=holder.people[who], at=timezone.now())


class TestCorrection:
    def test_moves_at_once_what_two_administrators_agree_on(self, holder):
        approved = approve(holder, correct(holder))
        assert approved.execute_at == approved.approved_at
        services.proposal_execute(proposal_id=approved.pk, at=approved.execute_at)
        entry = Transaction.objects.get(kind="correction")
        assert (entry.proposal.decision_number, entry.movements.get().quantity) == (DECISION, 10)

    @pytest.mark.parametrize("who", ["proposer", "approver", "viewer", "second_keeper", "foreign_keeper", "stranger"])
    def test_is_proposed_by_proposing_administrators_only(self, holder, who):
        with pytest.raises(NotPermitted):
            correct(holder, who=who)

    @pytest.mark.parametrize("who", ["proposer", "approver", "viewer", "foreign_keeper", "stranger"])
    def test_is_approved_by_approving_administrators_only(self, holder, who):
        with pytest.raises(NotPermitted):
            approve(holder, correct(holder), who)

    def test_needs_two_people(self, holder):
        proposal = correct(holder)
        RoleAssignment.objects.create(
            user=holder.people["keeper"], role=Role.REGISTRY_APPROVER, party=holder.registry.party,
            valid_from=holders.START,
        )  # fmt: skip
        with pytest.raises(SamePerson):
            approve(holder, proposal, "keeper")

    def test_waits_for_approving_administrators_and_not_for_representatives(self, holder):
        proposal, now = correct(holder), timezone.now()
        for who, waiting in (("second_keeper", [proposal]), ("keeper", []), ("approver", []), ("foreign_keeper", [])):
            assert list(proposals.awaiting(viewer=holder.people[who], at=now)) == waiting, who
        transfer = holder.propose()
        assert list(proposals.awaiting(viewer=holder.people["second_keeper"], at=now)) == [proposal]
        assert list(proposals.awaiting(viewer=holder.people["approver"], at=now)) == [transfer]

    def test_needs_a_decision(self, holder):
        with pytest.raises(InvalidInput) as refusal:
            correct(holder, decision=" ")
        assert list(refusal.value.fields) == ["decision_number"]

    @pytest.mark.parametrize("kind", ["retirement", "cancellation"])
    def test_takes_no_credit_out_of_a_final_account(self, holder, kind):
        holder.done(holder.propose(10, kind=kind))
        final = Account.objects.select_related("registry__party").get(registry=holder.registry, kind=kind)
        with pytest.raises(InvalidInput) as refusal:
            correct(holder, account=final)
        assert refusal.value.fields == {"account": "Retired and cancelled credits are final."}

    @pytest.mark.parametrize("kind", ["retirement", "cancellation"])
    def test_is_refused_by_the_database_too_with_its_sentence(self, holder, kind):
        holder.done(holder.propose(10, kind=kind))
        block = CreditBlock.objects.get(account__kind=kind)
        forced = Proposal.objects.create(  # as if Python had let it through
            registry=holder.registry, kind="correction", idempotency_key="forced", decision_number=DECISION,
            proposed_by=holder.people["keeper"], proposed_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=1),
        )  # fmt: skip
        forced.lines.create(
            series=block.series, first=block.first, last=block.last, from_account=block.account,
            to_account=holder.account,
        )  # fmt: skip
        approved = approve(holder, forced)
        with pytest.raises(LedgerRefused, match="Retired and cancelled credits are final"), transaction.atomic():
            services.proposal_execute(proposal_id=approved.pk, at=approved.execute_at)

    def test_does_not_go_to_a_final_account(self, holder):
        final = Account.objects.get(registry=holder.registry, kind="retirement")
        with pytest.raises(InvalidInput) as refusal:
            services.proposal_create(
                kind="correction", from_account=holder.account, asks=[Ask(1, to_account=final)], key="x",
                actor=holder.people["keeper"], at=timezone.now(), decision_number=DECISION,
            )  # fmt: skip
        assert list(refusal.value.fields) == ["to_account"]


class TestPage:
    def url(self, account):
        return reverse("registry:correct", args=[account.number])

    def answers(self, holder, **changed):
        words = {"key": str(uuid.uuid4()), "to_account": holder.other.number, "decision_number": DECISION}
        return {**words, "serial": f"JP-MN-{holder.project.number}-2019-1-20", **changed}

    def test_opens_to_proposing_administrators(self, holder, browse):
        expected = {"keeper": 200, "second_keeper": 403, "proposer": 403, "viewer": 403, "approver": 403}
        for name, user in holder.people.items():
            assert browse(user).get(self.url(holder.account)).status_code == expected.get(name, 404), name
        assert browse(None).get(self.url(holder.account)).status_code == 302

    def test_is_offered_to_them_on_the_account(self, holder, browse):
        for name, shown in (("keeper", True), ("second_keeper", False), ("proposer", False)):
            page = browse(holder.people[name]).get(holder.account.get_absolute_url())
            assert (self.url(holder.account) in page.text) is shown, name
        final = Account.objects.get(registry=holder.registry, kind="retirement")
        page = browse(holder.people["keeper"]).get(final.get_absolute_url())
        assert self.url(final) not in page.text
        assert reverse("registry:transfer", args=[final.number]) not in page.text

    def test_is_checked_proposed_and_approved(self, holder, browse):
        browser = browse(holder.people["keeper"])
        page = browser.post(self.url(holder.account), self.answers(holder))
        assert DECISION in page.text
        assert [(effect.before, effect.after) for effect in page.context["preview"].effects] == [(180, 160), (0, 20)]
        answer = browser.post(self.url(holder.account), self.answers(holder, submit="1"))
        proposal = Proposal.objects.get(kind="correction")
        assert (answer.url, proposal.decision_number) == (proposal.get_absolute_url(), DECISION)
        browse(holder.people["second_keeper"]).post(reverse("registry:proposal-approve", args=[proposal.pk]))
        proposal.refresh_from_db()
        assert proposal.state == "approved"

    def test_asks_for_the_decision(self, holder, browse):
        page = browse(holder.people["keeper"]).post(self.url(holder.account), self.answers(holder, decision_number=""))
        assert list(page.context["form"].errors) == ["decision_number"]

    def test_tells_why_retired_credits_stay(self, holder, browse):
        holder.done(holder.propose(10, kind="retirement"))
        final = Account.objects.get(registry=holder.registry, kind="retirement")
        assert (accounts.balance(final).held, accounts.balance(final).free) == (10, 0)
        sent = self.answers(holder, serial="", quantity="5")
        page = browse(holder.people["keeper"]).post(self.url(final), sent)
        assert "Retired and cancelled credits are final." in page.text
        assert page.context["form"].errors


class TestProgram:
    @pytest.fixture
    def wish(self, holder):
        serial = f"JP-MN-{holder.project.number}-2019-1-20"
        return {
            "proposal_kind": "correction",
            "from_account": holder.account.number,
            "parts": [{"quantity": 20, "serial": serial, "to_account": holder.other.number}],
            "decision_number": DECISION,
        }

    def test_proposes_and_another_approves(self, holder, wish):
        made = Program(holder.people["keeper"]).post(PROPOSALS, wish)
        assert made.status_code == 201
        assert [line["serial"] for line in made.json()["lines"]] == [wish["parts"][0]["serial"]]
        done = Program(holder.people["second_keeper"]).post(f"{PROPOSALS}{made.json()['id']}/approve/")
        assert (done.status_code, done.json()["state"]) == (200, "approved")

    def test_of_a_holder_is_refused(self, holder, wish):
        assert Program(holder.people["proposer"]).post(PROPOSALS, wish).status_code == 403

    def test_reads_the_sentence(self, holder, wish):
        holder.done(holder.propose(10, kind="retirement"))
        wish["from_account"] = Account.objects.get(registry=holder.registry, kind="retirement").number
        answer = Program(holder.people["keeper"]).post(PROPOSALS, wish)
        assert answer.status_code == 422
        assert "Retired and cancelled credits are final." in answer.text

    def test_refuses_a_serial_number_that_is_none(self, holder, wish):
        wish["parts"][0]["serial"] = "JP-MN-XX999-2019-1-20"
        answer = Program(holder.people["keeper"]).post(PROPOSALS, wish)
        assert answer.status_code == 422
        assert "no credits with this serial number" in answer.text
