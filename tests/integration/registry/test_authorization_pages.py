"""The screens of authorizations, and what the public reads of a credit's first transfer."""

from datetime import date

import pytest
from django.urls import reverse

from jcm.demo.cast import assemble
from jcm.inbox import items_for
from registry import services
from registry.models import Account, Authorization, CooperativeApproach, CreditBlock
from registry.selectors.authorizations import first_transfers
from registry.workflow import LegState
from tests.factories.gate import approach, by_both, recorded
from tests.factories.ledger import NOON, leg, registered_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return assemble("MN", source="entered")


@pytest.fixture
def waiting():
    return leg(registered_project(), {2020: 7, 2021: 40}, state=LegState.AWAITING_AUTHORIZATION)


def issued(one, cast):
    services.leg_propose(leg_id=one.pk, actor=cast.japan_proposer, at=NOON)
    services.leg_approve(leg_id=one.pk, actor=cast.japan_approver, at=NOON)
    services.credits_issue(leg_id=one.pk, at=NOON)
    return CreditBlock.objects.get(series__vintage=2021)


class TestRecordPage:
    def sent(self, cast, **other):
        terms = {
            "party": cast.partnership.acquirer.pk,
            "approach": approach(cast).pk,
            "vintage_from": 2021,
            "vintage_to": 2025,
            "purpose": "ndc",
            "authorized_on": "2026-10-20",
            "reference": "Letter 7",
        }
        return terms | other

    def test_records_what_was_typed(self, client, cast, waiting):
        client.force_login(cast.japan_proposer)
        number = waiting.notification.project.number
        answer = client.post(reverse("registry:authorization-record"), self.sent(cast, project=number.lower()))
        made = Authorization.objects.get()
        assert answer.headers["Location"] == made.get_absolute_url()
        assert (made.project, made.quantity, made.authorized_on) == (
            waiting.notification.project,
            None,
            date(2026, 10, 20),
        )

    @pytest.mark.parametrize(
        ("field", "value"), [("project", "XX999"), ("vintage_from", 2020), ("authorized_on", "2999-01-01")]
    )
    def test_shows_a_fault_at_its_field(self, client, cast, field, value):
        client.force_login(cast.japan_proposer)
        answer = client.post(reverse("registry:authorization-record"), self.sent(cast, **{field: value}))
        assert list(answer.context["form"].errors) == [field]
        assert not Authorization.objects.exists()

    def test_offers_neither_other_parties_nor_other_partnerships(self, client, cast):
        client.force_login(cast.host_proposer)
        answer = client.post(reverse("registry:authorization-record"), self.sent(cast))
        assert list(answer.context["form"].errors) == ["party"]


class TestAuthorizationPage:
    def test_lets_a_colleague_confirm(self, client, cast):
        made = recorded(cast, cast.partnership.acquirer)
        client.force_login(cast.japan_approver)
        assert (
            reverse("registry:authorization-confirm", args=[made.pk])
            in client.get(made.get_absolute_url()).content.decode()
        )

    def test_shows_which_issuances_rest_on_it(self, client, cast, waiting):
        ours, _theirs = by_both(cast)
        client.force_login(cast.host_proposer)
        page = client.get(ours.get_absolute_url()).content.decode()
        assert waiting.notification.project.number in page
        assert "registry:authorization-revoke" not in page

    def test_asks_for_the_reason_of_a_revocation(self, client, cast):
        ours, _theirs = by_both(cast)
        client.force_login(cast.japan_approver)
        answer = client.post(reverse("registry:authorization-revoke", args=[ours.pk]), {"reason": ""})
        assert answer.status_code == 200
        assert list(answer.context["form"].errors) == ["reason"]
        client.post(reverse("registry:authorization-revoke", args=[ours.pk]), {"reason": "Withdrawn."})
        ours.refresh_from_db()
        assert ours.state == "revoked"

    def test_is_in_the_inbox_of_who_may_confirm(self, cast):
        made = recorded(cast, cast.partnership.acquirer)
        assert made.get_absolute_url() in {item.url for item in items_for(cast.japan_approver, at=NOON)}
        for other in (cast.japan_proposer, cast.host_approver):
            assert made.get_absolute_url() not in {item.url for item in items_for(other, at=NOON)}


class TestApproachPage:
    def test_sets_identifier_and_event(self, client, cast):
        client.force_login(cast.japan_approver)
        sent = {"identifier": "CA0007", "first_transfer": "authorization", "status": "active"}
        client.post(reverse("registry:approach", args=[approach(cast).pk]), sent)
        found = approach(cast)
        assert (found.identifier, found.first_transfer) == ("CA0007", "authorization")


class TestLegPage:
    def test_shows_the_letters(self, client, cast, waiting):
        ours, theirs = by_both(cast)
        client.force_login(cast.japan_proposer)
        page = client.get(waiting.get_absolute_url()).content.decode()
        assert ours.get_absolute_url() in page
        assert theirs.get_absolute_url() in page


class TestFirstTransfer:
    def test_is_the_issuance_by_the_acquirer(self, client, cast, waiting):
        by_both(cast)
        block = issued(waiting, cast)
        (found,) = first_transfers(CreditBlock.objects.select_related("leg", "series"))
        assert (found.block, found.on) == (block, NOON.date())
        page = client.get(block.get_absolute_url()).content.decode()
        assert 'Authorized by both Parties, first transferred on <time datetime="2026-11-02">' in page
        assert "Letter of authorization of Mongolia" in page

    def test_is_nothing_that_early_vintages_have(self, client, cast, waiting):
        by_both(cast)
        issued(waiting, cast)
        early = CreditBlock.objects.get(series__vintage=2020)
        assert "Authorized by both Parties" not in client.get(early.get_absolute_url()).content.decode()

    def test_is_the_later_authorization_where_the_approach_says_so(self, cast, waiting):
        CooperativeApproach.objects.update(first_transfer=CooperativeApproach.FirstTransfer.AUTHORIZATION)
        by_both(cast)
        assert [found.on for found in first_transfers([issued(waiting, cast)])] == [date(2026, 10, 20)]

    def test_is_the_use_where_the_approach_says_so(self, cast, waiting):
        CooperativeApproach.objects.update(first_transfer=CooperativeApproach.FirstTransfer.USE)
        by_both(cast)
        block = issued(waiting, cast)
        assert [found.on for found in first_transfers([block])] == [None]
        ask = services.Ask(quantity=40, purpose="ndc", beneficiary="Japan", reporting_year=2026)
        account = Account.objects.get(pk=block.account_id)
        made = services.proposal_create(
            kind="retirement", from_account=account, asks=[ask], key="use", actor=cast.japan_proposer, at=NOON
        )
        services.proposal_approve(proposal_id=made.pk, actor=cast.japan_approver, at=NOON)
        services.proposal_execute(proposal_id=made.pk, at=NOON)
        after = CreditBlock.objects.select_related("leg", "series").filter(account__kind="retirement")
        assert {found.on for found in first_transfers(after) if found.block.series.vintage == 2021} == {NOON.date()}
