"""The gate: no credit of the acquiring Party from 2021 on without authorization of both Parties."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import InvalidInput, NotPermitted, SamePerson, TransitionRefused
from core.models import Event
from jcm.demo.cast import assemble
from registry import services
from registry.audit import audit
from registry.errors import SENTENCES
from registry.models import AuthorizationUse, CooperativeApproach, CreditBlock
from registry.workflow import LegState
from tests.factories.gate import approach, by_both, confirmed, recorded
from tests.factories.ledger import NOON, leg, registered_project

pytestmark = pytest.mark.django_db
WAITS = LegState.AWAITING_AUTHORIZATION


@pytest.fixture
def cast():
    return assemble("MN", source="entered")


@pytest.fixture
def parties(cast):
    return cast.partnership.parties


@pytest.fixture
def project():
    return registered_project()


@pytest.fixture
def waiting(project):
    return leg(project, {2020: 7, 2021: 40, 2022: 2}, state=WAITS)


def state_of(one):
    one.refresh_from_db()
    return one.state


def issue(one, cast):
    services.leg_propose(leg_id=one.pk, actor=cast.japan_proposer, at=NOON)
    services.leg_approve(leg_id=one.pk, actor=cast.japan_approver, at=NOON)
    services.credits_issue(leg_id=one.pk, at=NOON)


class TestAuthorizationRecord:
    @pytest.mark.parametrize(
        ("field", "terms"),
        [
            ("vintage_from", {"vintage_from": 2020}),
            ("vintage_to", {"vintage_to": 2020}),
            ("quantity", {"quantity": 0}),
            ("reference", {"reference": " "}),
            ("authorized_on", {"authorized_on": NOON.date() + timedelta(days=1)}),
        ],
    )
    def test_names_the_field_that_is_wrong(self, cast, parties, field, terms):
        with pytest.raises(InvalidInput) as refusal:
            recorded(cast, parties[0], **terms)
        assert set(refusal.value.fields) == {field}

    def test_refuses_a_project_of_another_partnership(self, cast, parties):
        with pytest.raises(InvalidInput) as refusal:
            recorded(cast, parties[0], project=registered_project("VN"))
        assert set(refusal.value.fields) == {"project"}

    def test_refuses_a_party_outside_the_partnership(self, cast):
        other = assemble("VN", source="entered")
        with pytest.raises(InvalidInput) as refusal:
            recorded(cast, other.partnership.host, actor=other.host_proposer)
        assert set(refusal.value.fields) == {"party"}

    def test_refuses_administrators_of_the_other_party(self, cast, parties):
        with pytest.raises(NotPermitted):
            recorded(cast, parties[1], actor=cast.japan_proposer)


class TestAuthorizationConfirm:
    def test_lets_a_leg_pass_once_both_parties_authorized(self, cast, parties, waiting):
        confirmed(cast, parties[0])
        assert state_of(waiting) == WAITS
        confirmed(cast, parties[1])
        assert state_of(waiting) == LegState.NOTIFIED
        assert Event.objects.filter(name="leg.authorized", subject_id=str(waiting.pk)).count() == 1

    def test_stores_what_each_vintage_from_the_threshold_on_took(self, cast, waiting):
        by_both(cast)
        taken = waiting.authorization_uses.values_list("authorization__party__iso2", "vintage", "quantity")
        assert set(taken) == {("JP", 2021, 40), ("JP", 2022, 2), ("MN", 2021, 40), ("MN", 2022, 2)}

    def test_needs_a_second_person(self, cast, parties):
        made = recorded(cast, parties[0])
        cast.japan_proposer.roles.create(role="registry_approver", party=parties[0], valid_from="2020-01-01")
        with pytest.raises(SamePerson):
            services.authorization_confirm(authorization_id=made.pk, actor=cast.japan_proposer, at=NOON)

    def test_needs_an_approver_of_that_party(self, cast, parties):
        made = recorded(cast, parties[0])
        with pytest.raises(NotPermitted):
            services.authorization_confirm(authorization_id=made.pk, actor=cast.host_approver, at=NOON)

    def test_happens_once(self, cast, parties):
        made = confirmed(cast, parties[0])
        with pytest.raises(TransitionRefused):
            services.authorization_confirm(authorization_id=made.pk, actor=cast.japan_approver, at=NOON)

    @pytest.mark.parametrize(
        "terms", [{"vintage_to": 2021}, {"vintage_from": 2022}, {"quantity": 41}], ids=["late", "early", "too little"]
    )
    def test_leaves_a_leg_waiting_that_is_covered_in_part(self, cast, parties, waiting, terms):
        confirmed(cast, parties[0])
        confirmed(cast, parties[1], **terms)
        assert state_of(waiting) == WAITS
        assert not AuthorizationUse.objects.exists()

    def test_of_another_project_covers_nothing(self, cast, parties, waiting):
        confirmed(cast, parties[0])
        confirmed(cast, parties[1], project=registered_project())
        assert state_of(waiting) == WAITS

    def test_adds_several_authorizations_up(self, cast, parties, waiting, project):
        confirmed(cast, parties[0])
        confirmed(cast, parties[1], vintage_to=2021, quantity=30, project=project)
        confirmed(cast, parties[1], quantity=12)
        assert state_of(waiting) == LegState.NOTIFIED

    def test_gives_a_quantity_to_one_leg_only(self, cast, parties, waiting, project):
        second = leg(project, {2021: 40}, state=WAITS)
        by_both(cast, quantity=60)
        assert (state_of(waiting), state_of(second)) == (LegState.NOTIFIED, WAITS)
        confirmed(cast, parties[0], quantity=22)
        assert state_of(second) == WAITS
        confirmed(cast, parties[1], quantity=22)
        assert state_of(second) == LegState.NOTIFIED

    def test_of_a_suspended_approach_covers_nothing_until_it_is_active(self, cast, waiting):
        CooperativeApproach.objects.filter(pk=approach(cast).pk).update(status="suspended")
        by_both(cast)
        assert state_of(waiting) == WAITS
        services.approach_set(
            approach_id=approach(cast).pk,
            identifier="",
            first_transfer=CooperativeApproach.FirstTransfer.ISSUANCE,
            status="active",
            actor=cast.japan_approver,
            at=NOON,
        )
        assert state_of(waiting) == LegState.NOTIFIED

    def test_issues_as_any_other_leg_then(self, cast, waiting):
        by_both(cast)
        issue(waiting, cast)
        assert sum(block.quantity for block in CreditBlock.objects.all()) == 49


class TestAuthorizationRevoke:
    @pytest.mark.parametrize("state", [LegState.NOTIFIED, LegState.PROPOSED])
    def test_sends_a_leg_back_that_nobody_approved(self, cast, parties, waiting, state):
        _ours, theirs = by_both(cast)
        if state != LegState.NOTIFIED:
            services.leg_propose(leg_id=waiting.pk, actor=cast.japan_proposer, at=NOON)
        revoke(theirs, cast.host_approver)
        assert state_of(waiting) == WAITS
        assert waiting.proposed_by is None
        confirmed(cast, parties[1])
        assert state_of(waiting) == LegState.NOTIFIED

    def test_keeps_the_leg_where_another_authorization_covers_it(self, cast, parties, waiting):
        _ours, theirs = by_both(cast)
        other = confirmed(cast, parties[1])
        revoke(theirs, cast.host_approver)
        assert state_of(waiting) == LegState.NOTIFIED
        assert waiting.authorization_uses.filter(authorization=other).count() == 2

    def test_comes_too_late_for_what_two_people_approved(self, cast, waiting):
        _ours, theirs = by_both(cast)
        services.leg_propose(leg_id=waiting.pk, actor=cast.japan_proposer, at=NOON)
        services.leg_approve(leg_id=waiting.pk, actor=cast.japan_approver, at=NOON)
        revoke(theirs, cast.host_approver)
        services.credits_issue(leg_id=waiting.pk, at=NOON)
        assert state_of(waiting) == LegState.ISSUED

    def test_leaves_what_was_first_transferred(self, cast, waiting):
        _ours, theirs = by_both(cast)
        issue(waiting, cast)
        revoke(theirs, cast.host_approver)
        assert state_of(waiting) == LegState.ISSUED
        assert waiting.authorization_uses.count() == 4

    def test_needs_a_reason(self, cast, parties):
        with pytest.raises(InvalidInput):
            revoke(confirmed(cast, parties[0]), cast.japan_approver, reason=" ")

    def test_refuses_the_other_party(self, cast, parties):
        with pytest.raises(NotPermitted):
            revoke(confirmed(cast, parties[0]), cast.host_approver)

    def test_happens_once(self, cast, parties):
        made = confirmed(cast, parties[0])
        revoke(made, cast.japan_approver)
        with pytest.raises(TransitionRefused):
            revoke(made, cast.japan_approver)


class TestApproachSet:
    def test_fixes_the_event_of_first_transfer_once_it_is_used(self, cast, parties):
        confirmed(cast, parties[0])
        terms = {"identifier": "CA0007", "status": "active", "actor": cast.japan_approver, "at": NOON}
        services.approach_set(approach_id=approach(cast).pk, first_transfer="issuance_by_acquirer", **terms)
        assert approach(cast).identifier == "CA0007"
        with pytest.raises(InvalidInput):
            services.approach_set(approach_id=approach(cast).pk, first_transfer="authorization", **terms)

    def test_refuses_the_host(self, cast):
        with pytest.raises(NotPermitted):
            services.approach_set(
                approach_id=approach(cast).pk,
                identifier="",
                first_transfer="authorization",
                status="active",
                actor=cast.host_approver,
                at=NOON,
            )


def revoke(authorization, actor, reason="Withdrawn by the ministry."):
    return services.authorization_revoke(authorization_id=authorization.pk, reason=reason, actor=actor, at=NOON)


# --- PostgreSQL keeps the gate by itself ----------------------------------------------------------------------------


def refused_by(constraint: str):
    assert constraint in SENTENCES
    return pytest.raises(IntegrityError, check=lambda error: error.__cause__.diag.constraint_name == constraint)


def sql(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement, values)


PASS = "UPDATE registry_issuanceleg SET state = 'notified' WHERE id = %s"
TAKE = "INSERT INTO registry_authorizationuse (authorization_id, leg_id, vintage, quantity) VALUES (%s, %s, 2021, %s)"


class TestGateOfTheDatabase:
    @pytest.mark.parametrize("state", ["notified", "proposed", "approved"])
    def test_holds_a_leg_that_is_born_beyond_it(self, project, state):
        with refused_by("registry_leg_waits_for_authorization"), transaction.atomic():
            leg(project, {2021: 40}, state=LegState(state), authorized=False)
            sql("SELECT 1")

    def test_holds_a_leg_that_one_party_authorized(self, waiting, cast, parties):
        confirmed(cast, parties[0])
        with refused_by("registry_leg_waits_for_authorization"):
            sql(PASS, waiting.pk)

    def test_holds_a_leg_whose_authorization_was_revoked_behind_our_back(self, waiting, cast):
        _ours, theirs = by_both(cast)
        sql(
            "UPDATE registry_authorization SET revoked_at = now(), revoked_by_id = %s, revocation_reason = 'x' "
            "WHERE id = %s",
            cast.host_approver.pk,
            theirs.pk,
        )
        with refused_by("registry_leg_waits_for_authorization"):
            services.leg_propose(leg_id=waiting.pk, actor=cast.japan_proposer, at=NOON)
            sql("SELECT 1")

    def test_lets_the_hosts_leg_pass(self, project):
        leg(project, {2021: 40}, party="MN", state=LegState.NOTIFIED)
        sql("SELECT 1")

    def test_lets_early_vintages_pass(self, project):
        leg(project, {2020: 40}, state=LegState.NOTIFIED)
        sql("SELECT 1")

    @pytest.mark.parametrize("terms", [{"quantity": 50}, {"vintage_from": 2022}, {"vintage_to": 2030, "quantity": 1}])
    def test_refuses_to_take_more_than_was_authorized(self, project, cast, parties, terms):
        made = confirmed(cast, parties[0], **terms)
        other = leg(project, {2021: 60}, state=WAITS)
        with refused_by("registry_authorization_covers_its_use"):
            sql(TAKE, made.pk, other.pk, 60)

    def test_refuses_an_authorization_that_nobody_confirmed(self, waiting, cast, parties):
        with refused_by("registry_authorization_covers_its_use"):
            sql(TAKE, recorded(cast, parties[0]).pk, waiting.pk, 40)

    def test_refuses_an_authorization_of_another_partnership(self, waiting):
        other = assemble("VN", source="entered")
        made = confirmed(other, other.partnership.host)
        with refused_by("registry_authorization_covers_its_use"):
            sql(TAKE, made.pk, waiting.pk, 40)

    @pytest.mark.parametrize(
        "breach",
        [
            "UPDATE registry_authorization SET quantity = 1",
            "UPDATE registry_authorization SET vintage_to = 2021",
            "DELETE FROM registry_authorizationuse WHERE vintage = 2022",
        ],
    )
    def test_is_audited(self, waiting, cast, as_owner, breach):
        by_both(cast)
        issue(waiting, cast)
        assert audit() == []
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE registry_authorization DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE registry_authorizationuse DISABLE TRIGGER USER")
            cursor.execute(breach)
        assert {finding.invariant for finding in audit()} == {11}
