"""What happens to proposals by the clock: the delay of untrusted destinations, execution when due, expiry."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from registry import policies, services
from registry.errors import CancelTooLate, LedgerRefused, ProposalExpired
from registry.models import Freeze, Proposal, Registry, TrustedAccount
from registry.selectors import proposals
from registry.workflow import ProposalState
from tests.factories.ledger import NOON
from tests.integration.registry.test_proposals import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


class TestDelay:
    def test_lets_an_unknown_destination_wait_until_noon_of_the_next_working_day(self, desk):
        # Monday 2 November 2026; Tuesday is Culture Day in Japan, so Wednesday noon in Tokyo.
        assert desk.approve(desk.propose(1)).execute_at == datetime(2026, 11, 4, 3, 0, tzinfo=UTC)

    def test_is_not_needed_for_a_trusted_destination(self, desk):
        TrustedAccount.objects.create(
            account=desk.account, destination=desk.other, added_by=desk.approver, added_at=NOON,
            effective_from=NOON.date(),
        )  # fmt: skip
        assert desk.approve(desk.propose(1)).execute_at == NOON

    def test_is_not_needed_for_retirement(self, desk):
        assert desk.approve(desk.propose(1, kind="retirement")).execute_at == NOON

    def test_can_be_switched_off_by_the_registry(self, desk):
        Registry.objects.update(delays_untrusted=False)
        assert desk.approve(desk.propose(1)).execute_at == NOON

    def test_is_kept_by_the_database(self, desk):
        proposal = desk.approve(desk.propose(1))
        with pytest.raises(LedgerRefused, match="not before its time"), transaction.atomic():
            services.proposal_execute(proposal_id=proposal.pk, at=NOON)

    def test_can_be_used_to_cancel_until_two_hours_before(self, desk):
        proposal = desk.approve(desk.propose(1))
        late = proposal.execute_at - timedelta(hours=1, minutes=59)
        with pytest.raises(CancelTooLate), transaction.atomic():
            services.proposal_cancel(proposal_id=proposal.pk, actor=desk.proposer, at=late)
        in_time = proposal.execute_at - timedelta(hours=2)
        cancelled = services.proposal_cancel(proposal_id=proposal.pk, actor=desk.proposer, at=in_time)
        assert cancelled.state == ProposalState.CANCELLED
        assert services.proposals_execute_due(at=proposal.execute_at) == 0

    def test_ends_by_the_clock(self, desk):
        proposal = desk.approve(desk.propose(1))
        assert services.proposals_execute_due(at=proposal.execute_at) == 1
        assert desk.holds(desk.other) == {2019: [(1, 1)]}


class TestExecutionWhenDue:
    def test_is_not_held_up_by_a_proposal_that_is_refused(self, desk):
        refused, fine = (desk.approve(desk.propose(n)) for n in (100, 50))
        Freeze.objects.create(
            registry=desk.registry, series=refused.lines.get().series, first=1, last=1, reason="Theft",
            frozen_by=desk.approver, frozen_at=NOON,
        )  # fmt: skip
        with transaction.atomic():  # whoever calls it may have begun a transaction
            assert services.proposals_execute_due(at=fine.execute_at) == 1
        assert Proposal.objects.get(pk=fine.pk).state == ProposalState.COMPLETED
        assert Proposal.objects.get(pk=refused.pk).state == ProposalState.APPROVED
        assert desk.holds(desk.other) == {2020: [(1, 50)]}


class TestExpiry:
    def test_refuses_the_approval_before_the_sweeper_comes(self, desk):
        late = desk.propose(10)
        with pytest.raises(ProposalExpired, match="Ask for a new one") as refusal, transaction.atomic():
            services.proposal_approve(proposal_id=late.pk, actor=desk.approver, at=late.expires_at)
        assert refusal.value.code == "proposal-expired"
        assert services.proposals_expire(at=late.expires_at) == 1

    def test_is_not_early(self, desk):
        in_time = desk.propose(10)
        at = in_time.expires_at - timedelta(seconds=1)
        approved = services.proposal_approve(proposal_id=in_time.pk, actor=desk.approver, at=at)
        assert approved.state == ProposalState.APPROVED

    @pytest.mark.parametrize("over", [False, True])
    def test_takes_the_approval_from_the_queue(self, desk, over):
        proposal = desk.propose(10)
        at = proposal.expires_at - timedelta(seconds=0 if over else 1)
        actions = policies.proposal_actions(desk.approver, proposal, at=at)
        assert actions == {"reject", "cancel"} | (set() if over else {"approve"})
        assert list(proposals.awaiting(viewer=desk.approver, at=at)) == ([] if over else [proposal])
