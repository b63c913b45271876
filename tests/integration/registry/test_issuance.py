"""Issuance: what was notified, once, by two people, with serial numbers that follow each other."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from core.errors import NotPermitted, SamePerson, TransitionRefused
from core.models import Event
from jcm.demo.cast import assemble
from parties.models import Role, RoleAssignment
from registry import services
from registry.errors import LedgerRefused
from registry.models import CreditBlock, Movement, Transaction
from registry.workflow import LegState
from tests.factories import cycle
from tests.factories.ledger import NOON, leg, registered_project

pytestmark = pytest.mark.django_db


class TestNotificationCreate:
    def test_refuses_a_decision_that_one_person_signed_in_a_sentence(self):
        people = cycle.cast()
        request = cycle.decided_request(people)
        alone = replace(cycle.decision(people), signatories=("Chika Chair", "Chika Chair"))
        with pytest.raises(LedgerRefused, match="signatures of two different people"), transaction.atomic():
            services.notification_create(request=request, decision=alone, at=NOON)


class TestCreditsIssue:
    def test_gives_each_vintage_its_own_series(self):
        services.credits_issue(leg_id=leg(registered_project(), {2019: 40, 2020: 60}).pk, at=NOON)
        assert [(b.series.vintage, b.first, b.last) for b in CreditBlock.objects.order_by("first", "last")] == [
            (2019, 1, 40),
            (2020, 1, 60),
        ]

    def test_prints_serial_numbers_that_say_registry_host_project_and_vintage(self):
        project = registered_project()
        services.credits_issue(leg_id=leg(project, {2019: 40}).pk, at=NOON)
        assert CreditBlock.objects.get().serial == f"JP-MN-{project.number}-2019-1-40"

    def test_continues_the_series_without_a_gap(self):
        project = registered_project()
        first, second = leg(project, {2019: 40}), leg(project, {2019: 7})
        services.credits_issue(leg_id=first.pk, at=NOON)
        services.credits_issue(leg_id=second.pk, at=NOON)
        assert [(b.first, b.last) for b in CreditBlock.objects.order_by("first")] == [(1, 40), (41, 47)]

    def test_gives_each_government_serial_numbers_of_its_own(self):
        project = registered_project()
        services.credits_issue(leg_id=leg(project, {2019: 40}).pk, at=NOON)
        services.credits_issue(leg_id=leg(project, {2019: 10}, party="MN").pk, at=NOON)
        assert {b.serial for b in CreditBlock.objects.all()} == {
            f"JP-MN-{project.number}-2019-1-40",
            f"MN-MN-{project.number}-2019-1-10",
        }

    def test_repeated_returns_the_first_transaction(self):
        approved = leg(registered_project(), {2019: 40})
        first = services.credits_issue(leg_id=approved.pk, at=NOON)
        again = services.credits_issue(leg_id=approved.pk, at=NOON + timedelta(days=1))
        assert first == again
        assert Movement.objects.count() == 1

    @pytest.mark.parametrize("state", [LegState.NOTIFIED, LegState.PROPOSED, LegState.AWAITING_AUTHORIZATION])
    def test_refuses_a_leg_that_nobody_approved(self, state):
        waiting = leg(registered_project(), {2019: 40}, state=state)
        with pytest.raises(TransitionRefused):
            services.credits_issue(leg_id=waiting.pk, at=NOON)
        assert not Transaction.objects.exists()

    def test_records_the_day_and_the_story(self):
        approved = leg(registered_project(), {2019: 40})
        services.credits_issue(leg_id=approved.pk, at=NOON)
        approved.refresh_from_db()
        assert (approved.state, approved.issued_on) == (LegState.ISSUED, NOON.date())
        assert Event.objects.get(name="credits.issued").data == {"quantity": 40}


class TestFourEyes:
    @pytest.fixture
    def cast(self):
        return assemble("MN", source="entered")

    @pytest.fixture
    def notified(self):
        return leg(registered_project(), {2019: 40}, state=LegState.NOTIFIED)

    def test_a_proposer_and_an_approver_of_the_registry_issue_together(
        self, cast, notified, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            services.leg_propose(leg_id=notified.pk, actor=cast.japan_proposer, at=NOON)
            services.leg_approve(leg_id=notified.pk, actor=cast.japan_approver, at=NOON)
        notified.refresh_from_db()
        assert notified.state == LegState.ISSUED
        assert notified.transaction.approved_by == cast.japan_approver

    def test_refuses_the_administrator_of_another_registry(self, cast, notified):
        with pytest.raises(NotPermitted):
            services.leg_propose(leg_id=notified.pk, actor=cast.host_proposer, at=NOON)

    def test_refuses_an_approver_as_proposer(self, cast, notified):
        with pytest.raises(NotPermitted):
            services.leg_propose(leg_id=notified.pk, actor=cast.japan_approver, at=NOON)

    def test_refuses_the_proposer_as_approver_even_with_both_roles(self, cast, notified):
        RoleAssignment.objects.create(
            user=cast.japan_proposer, role=Role.REGISTRY_APPROVER, party=notified.registry.party, valid_from=NOON.date()
        )
        services.leg_propose(leg_id=notified.pk, actor=cast.japan_proposer, at=NOON)
        with pytest.raises(SamePerson):
            services.leg_approve(leg_id=notified.pk, actor=cast.japan_proposer, at=NOON)

    def test_refuses_an_approver_whose_time_is_over(self, cast, notified):
        services.leg_propose(leg_id=notified.pk, actor=cast.japan_proposer, at=NOON)
        cast.japan_approver.roles.update(valid_until=NOON.date() - timedelta(days=1))
        with pytest.raises(NotPermitted):
            services.leg_approve(leg_id=notified.pk, actor=cast.japan_approver, at=NOON)

    def test_a_proposal_can_be_sent_back_and_proposed_anew(self, cast, notified):
        services.leg_propose(leg_id=notified.pk, actor=cast.japan_proposer, at=NOON)
        services.leg_send_back(leg_id=notified.pk, actor=cast.japan_approver, at=NOON)
        again = services.leg_propose(leg_id=notified.pk, actor=cast.japan_proposer, at=NOON)
        assert again.state == LegState.PROPOSED

    def test_approving_twice_has_one_effect(self, cast, notified):
        services.leg_propose(leg_id=notified.pk, actor=cast.japan_proposer, at=NOON)
        services.leg_approve(leg_id=notified.pk, actor=cast.japan_approver, at=NOON)
        with pytest.raises(TransitionRefused), transaction.atomic():
            services.leg_approve(leg_id=notified.pk, actor=cast.japan_approver, at=NOON)
        assert Event.objects.filter(name="leg.approved").count() == 1
