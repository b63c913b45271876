"""Transfers, retirements and cancellations: proposed, reserved, approved by another, executed once."""

import hashlib
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import InvalidInput, NotPermitted, SamePerson, TransitionRefused
from core.models import Source, User
from parties.models import Country, Organisation
from registry import services
from registry.errors import KeyReused, LedgerRefused, NotEnoughCredits
from registry.holdings import Wanted
from registry.models import (
    Account,
    AccountRepresentative,
    CreditBlock,
    Freeze,
    LogLeaf,
    Movement,
    Proposal,
    ProposalLine,
    Registry,
    Transaction,
)
from registry.services import Ask, proposals
from registry.workflow import AccountState, ProposalState
from tests.factories.ledger import NOON, leg, person, registered_project

pytestmark = pytest.mark.django_db
RETIRE = {"purpose": "ndc", "beneficiary": "Government of Japan", "reporting_year": 2026}


class Desk:
    """An entity's account with 100 credits of 2019 and 50 of 2020, and the people who act for it."""

    def __init__(self) -> None:
        self.registry = Registry.objects.select_related("party").get(party__iso2="JP")
        self.account, self.other = self.open("Alpha"), self.open("Beta")
        self.proposer, self.approver = person("Proposer"), person("Approver")
        for user, right in ((self.proposer, "propose"), (self.approver, "approve")):
            AccountRepresentative.objects.create(
                account=self.account, user=user, right=right, valid_from=date(2020, 1, 1)
            )
        self.project = registered_project()
        self.issued = leg(self.project, {2019: 100, 2020: 50}, account=self.account)
        services.credits_issue(leg_id=self.issued.pk, at=NOON)

    def open(self, name: str) -> Account:
        holder = Organisation.objects.create(name=name, country=Country.objects.get(iso2="JP"))
        return services.account_open(party=holder.country, holder=holder, source=Source.ENTERED)

    def propose(self, quantity: int, *, kind: str = "transfer", key: str = "", **ask: object) -> Proposal:
        if kind == "transfer":
            ask = {"to_account": self.other, **ask}
        elif "purpose" not in ask:
            ask = {**RETIRE, **({"purpose": "voluntary"} if kind == "cancellation" else {}), **ask}
        return services.proposal_create(
            kind=kind,
            from_account=self.account,
            asks=[Ask(quantity=quantity, **ask)],
            key=key or f"key {Proposal.objects.count()}",
            actor=self.proposer,
            at=NOON,
        )

    def approve(self, proposal: Proposal, actor: User | None = None) -> Proposal:
        return services.proposal_approve(proposal_id=proposal.pk, actor=actor or self.approver, at=NOON)

    def done(self, proposal: Proposal) -> None:
        approved = self.approve(proposal)
        services.proposal_execute(proposal_id=proposal.pk, at=approved.execute_at)

    def holds(self, account: Account | None = None) -> dict[int, list[tuple[int, int]]]:
        blocks = CreditBlock.objects.filter(account=account or self.account).order_by("series__vintage", "first")
        found: dict[int, list[tuple[int, int]]] = {}
        for block in blocks.select_related("series"):
            found.setdefault(block.series.vintage, []).append((block.first, block.last))
        return found


@pytest.fixture
def desk() -> Desk:
    return Desk()


class TestTransfer:
    def test_takes_the_oldest_vintage_first_and_splits_a_block(self, desk):
        desk.done(desk.propose(120))
        assert desk.holds(desk.other) == {2019: [(1, 100)], 2020: [(1, 20)]}
        assert desk.holds() == {2020: [(21, 50)]}

    def test_takes_the_range_that_is_asked_for(self, desk):
        series = CreditBlock.objects.get(series__vintage=2019).series_id
        desk.done(desk.propose(10, wanted=Wanted(series_id=series, first=41, last=50)))
        assert desk.holds() == {2019: [(1, 40), (51, 100)], 2020: [(1, 50)]}

    def test_keeps_the_issuance_on_every_part(self, desk):
        desk.done(desk.propose(30))
        assert {block.leg_id for block in CreditBlock.objects.all()} == {desk.issued.pk}

    @pytest.mark.parametrize("quantity", [151, 10**9])
    def test_refuses_more_than_there_is(self, desk, quantity):
        with pytest.raises(NotEnoughCredits), transaction.atomic():
            desk.propose(quantity)
        assert not Proposal.objects.exists()

    @pytest.mark.parametrize("quantity", [0, -4000])
    def test_refuses_less_than_a_tonne(self, desk, quantity):
        with pytest.raises(InvalidInput) as refusal:
            desk.propose(quantity)
        assert list(refusal.value.fields) == ["quantity"]

    @pytest.mark.parametrize("kind", ["source", "retirement", "cancellation"])
    def test_refuses_accounts_that_hold_nothing_for_anybody(self, desk, kind):
        target = Account.objects.get(registry=desk.registry, kind=kind)
        with pytest.raises(InvalidInput) as refusal:
            desk.propose(1, to_account=target)
        assert list(refusal.value.fields) == ["to_account"]

    def test_refuses_an_account_of_another_registry(self, desk):
        target = Account.objects.get(registry__party__iso2="MN", kind="government")
        with pytest.raises(InvalidInput):
            desk.propose(1, to_account=target)


class TestReservation:
    def test_keeps_credits_from_a_second_proposal(self, desk):
        desk.propose(100)
        with pytest.raises(NotEnoughCredits), transaction.atomic():
            desk.propose(51)
        assert desk.propose(50).lines.get().series.vintage == 2020

    @pytest.mark.parametrize("end", ["proposal_reject", "proposal_cancel"])
    def test_ends_with_the_proposal(self, desk, end):
        first = desk.propose(150)
        getattr(services, end)(proposal_id=first.pk, actor=desk.approver, at=NOON)
        assert desk.propose(150).state == ProposalState.PROPOSED

    def test_ends_when_nobody_approves_in_time(self, desk):
        first = desk.propose(150)
        assert services.proposals_expire(at=first.expires_at) == 1
        first.refresh_from_db()
        assert first.state == ProposalState.EXPIRED
        assert desk.propose(150)

    def test_holds_against_raw_rows(self, desk):
        line = desk.propose(100).lines.get()
        thief = Proposal.objects.create(
            registry=desk.registry, kind="transfer", idempotency_key="thief", proposed_by=desk.approver,
            proposed_at=NOON, expires_at=NOON + timedelta(days=1),
        )  # fmt: skip
        line.pk, line.proposal = None, thief
        with pytest.raises(IntegrityError, match="registry_credits_reserved_once"), transaction.atomic():
            line.save(force_insert=True)


class TestFourEyes:
    def test_refuses_the_proposer_as_approver(self, desk):
        AccountRepresentative.objects.create(
            account=desk.account, user=desk.proposer, right="approve", valid_from=date(2020, 1, 1)
        )
        with pytest.raises(SamePerson):
            desk.approve(desk.propose(1), desk.proposer)

    def test_refuses_strangers(self, desk):
        with pytest.raises(NotPermitted):
            desk.approve(desk.propose(1), person("Stranger"))
        with pytest.raises(NotPermitted):
            services.proposal_create(
                kind="transfer", from_account=desk.other, asks=[Ask(1, to_account=desk.account)], key="x",
                actor=desk.proposer, at=NOON,
            )  # fmt: skip

    def test_refuses_who_may_only_see(self, desk):
        AccountRepresentative.objects.update(right="view")
        with pytest.raises(NotPermitted):
            desk.propose(1)

    def test_approving_twice_has_one_effect(self, desk):
        proposal = desk.approve(desk.propose(1))
        with pytest.raises(TransitionRefused), transaction.atomic():
            desk.approve(proposal)

    def test_holds_in_the_database(self, desk):
        proposal = desk.propose(1)
        with pytest.raises(IntegrityError, match="registry_proposal_approved_by_second_person"), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(
                state="approved", approved_by=desk.proposer, approved_at=NOON, execute_at=NOON
            )


class TestExecution:
    def test_happens_once(self, desk):
        proposal = desk.propose(10, kind="retirement")
        desk.approve(proposal)
        first = services.proposal_execute(proposal_id=proposal.pk, at=NOON)
        assert services.proposal_execute(proposal_id=proposal.pk, at=NOON) == first
        assert Movement.objects.filter(transaction_id=first).count() == 1

    def test_follows_the_approval_by_a_worker(self, desk, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            desk.approve(desk.propose(10, kind="retirement"))
        assert Transaction.objects.filter(kind="retirement").count() == 1

    def test_writes_a_leaf_of_the_log(self, desk):
        desk.done(desk.propose(10, kind="retirement"))
        leaf = LogLeaf.objects.get(transaction__kind="retirement")
        assert '"kind":"retirement"' in leaf.body
        assert f'"from":"{Account.objects.get(pk=desk.account.pk).log_name}"' in leaf.body
        assert desk.account.number not in leaf.body
        assert bytes(leaf.leaf_hash) == hashlib.sha256(b"\x00" + leaf.body.encode()).digest()

    def test_of_a_proposal_that_nobody_approved_is_refused(self, desk):
        proposal = desk.propose(10)
        with pytest.raises(LedgerRefused), transaction.atomic():
            services.proposal_execute(proposal_id=proposal.pk, at=NOON)


class TestRetirement:
    @pytest.mark.parametrize("field", ["purpose", "beneficiary", "reporting_year"])
    def test_says_what_for_and_for_whom(self, desk, field):
        with pytest.raises(InvalidInput) as refusal:
            desk.propose(1, kind="retirement", **{**RETIRE, field: None if field == "reporting_year" else ""})
        assert list(refusal.value.fields) == [field]

    def test_for_gx_ets_refuses_vintages_of_2020_and_before(self, desk):
        with pytest.raises(InvalidInput) as refusal, transaction.atomic():
            desk.propose(1, kind="retirement", **{**RETIRE, "purpose": "gx_ets"})
        assert refusal.value.fields == {"purpose": "GX-ETS takes no credits of vintages of 2020 and before."}

    @pytest.mark.parametrize(("kind", "purpose"), [("retirement", "voluntary"), ("cancellation", "ndc")])
    def test_and_cancellation_have_their_own_purposes(self, desk, kind, purpose):
        with pytest.raises(InvalidInput) as refusal:
            desk.propose(1, kind=kind, **{**RETIRE, "purpose": purpose})
        assert list(refusal.value.fields) == ["purpose"]

    def test_cancellation_goes_to_its_own_account(self, desk):
        desk.done(desk.propose(10, kind="cancellation"))
        assert desk.holds(Account.objects.get(registry=desk.registry, kind="cancellation")) == {2019: [(1, 10)]}


class TestFreeze:
    @pytest.mark.parametrize("what", ["account", "other", "registry", "credits"])
    def test_stops_the_movement(self, desk, what):
        proposal = desk.approve(desk.propose(10))
        line = proposal.lines.get()
        named = {
            "account": {"account": desk.account},
            "other": {"account": desk.other},
            "registry": {},
            "credits": {"series": line.series, "first": 10, "last": 10},
        }[what]
        Freeze.objects.create(registry=desk.registry, reason="Suspected theft", frozen_by=desk.approver,
                              frozen_at=NOON, **named)  # fmt: skip
        with pytest.raises(LedgerRefused, match="frozen"), transaction.atomic():
            services.proposal_execute(proposal_id=proposal.pk, at=proposal.execute_at)
        assert desk.holds() == {2019: [(1, 100)], 2020: [(1, 50)]}

    def test_of_other_credits_does_not_stop_it(self, desk):
        proposal = desk.approve(desk.propose(10))
        series = proposal.lines.get().series
        Freeze.objects.create(registry=desk.registry, series=series, first=11, last=100, reason="Suspected theft",
                              frozen_by=desk.approver, frozen_at=NOON)  # fmt: skip
        assert services.proposal_execute(proposal_id=proposal.pk, at=proposal.execute_at)

    def test_suspended_accounts_neither_give_nor_take(self, desk):
        proposal = desk.approve(desk.propose(10))
        Account.objects.filter(pk=desk.other.pk).update(state=AccountState.SUSPENDED)
        with pytest.raises(LedgerRefused, match="not open"), transaction.atomic():
            services.proposal_execute(proposal_id=proposal.pk, at=proposal.execute_at)


class TestKey:
    def test_repeated_gives_the_same_proposal(self, desk):
        assert desk.propose(10, key="once") == desk.propose(10, key="once")
        assert ProposalLine.objects.count() == 1

    def test_reused_for_something_else_is_refused(self, desk):
        desk.propose(10, key="once")
        with pytest.raises(KeyReused):
            desk.propose(11, key="once")

    def test_taken_meanwhile_for_another_account_is_refused_in_a_sentence(self, desk, monkeypatch):
        def meanwhile(**asked: object) -> list[list[object]]:
            Proposal.objects.create(
                registry=desk.registry, kind="transfer", idempotency_key="once", proposed_by=desk.proposer,
                proposed_at=NOON, expires_at=NOON + timedelta(days=1),
            )  # fmt: skip
            return proposal_plan(**asked)

        proposal_plan = proposals.proposal_plan
        monkeypatch.setattr(proposals, "proposal_plan", meanwhile)
        with pytest.raises(LedgerRefused, match="Use a new key"), transaction.atomic():
            desk.propose(10, key="once")
