"""An electronic decision from the agenda to its effects."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from committee import services
from committee.errors import AnswersClosed, BeforeTheCommittee, CommitteeIncomplete, NothingToDecide
from committee.models import Answer, Decision, DecisionItem
from committee.services.effects import EFFECTS
from committee.tasks import close_due_ballots
from committee.workflow import DecisionStatus
from core.errors import InvalidInput, NotPermitted, TransitionRefused
from core.models import Event
from methodologies import services as methodology_services
from methodologies.workflow import Status
from parties.models import Partnership
from projects.workflow import ProjectStatus, RequestStatus
from registry.models import IssuanceNotification
from registry.workflow import LegState
from tests.factories import cycle, ideas
from tests.factories.cycle import NOON
from tests.factories.decisions import adopted_decision, answered, declared, open_decision, prepared_decision

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return cycle.cast("MN")


@pytest.fixture
def considered(cast):
    """Put a complete methodology proposal on the agenda."""
    return cycle.considered_methodology(cast)


def answer(decision, who, value="affirm", reason="", at=NOON):
    return answered(decision, who, value, reason, at=at)


class TestAgenda:
    def test_takes_a_complete_case(self, cast, considered):
        item = DecisionItem.objects.get()
        assert (item.methodology_version, item.decision, item.waiting_since) == (considered, None, NOON)

    def test_loses_a_case_that_is_withdrawn(self, cast, considered):
        methodology_services.methodology_withdraw(version_id=considered.pk, actor=cast.participant, at=NOON)
        assert not DecisionItem.objects.exists()

    def test_a_case_before_the_committee_cannot_be_withdrawn(self, cast, considered):
        open_decision(cast)
        with pytest.raises(BeforeTheCommittee), transaction.atomic():
            methodology_services.methodology_withdraw(version_id=considered.pk, actor=cast.participant, at=NOON)
        considered.refresh_from_db()
        assert considered.status == Status.CONSIDERED


class TestPrepare:
    def test_takes_items_off_the_agenda_under_a_number(self, cast, considered):
        decision = prepared_decision(cast)
        assert decision.number == "MN_JC900"
        assert [item.methodology_version for item in decision.items.all()] == [considered]

    def test_refuses_an_empty_decision(self, cast):
        with pytest.raises(NothingToDecide):
            prepared_decision(cast)

    def test_refuses_items_of_another_partnership(self, cast, considered):
        with pytest.raises(NothingToDecide):
            services.decision_prepare(
                partnership=Partnership.objects.get(host__iso2="VN"),
                item_ids=[DecisionItem.objects.get().pk],
                text="",
                actor=cycle.cast("VN").host_secretariat,
                at=NOON,
            )

    @pytest.mark.parametrize("who", ["japan_chair", "host_member", "participant", "tpe", "japan_approver"])
    def test_is_for_the_secretariat(self, cast, considered, who):
        with pytest.raises(NotPermitted):
            services.decision_prepare(
                partnership=cast.partnership,
                item_ids=[DecisionItem.objects.get().pk],
                text="",
                actor=getattr(cast, who),
                at=NOON,
            )


class TestOpen:
    def test_asks_every_member_and_sets_the_deadline(self, cast, considered):
        decision = open_decision(cast)
        assert {a.member for a in decision.answers.all()} == {
            cast.japan_chair,
            cast.host_chair,
            cast.japan_member,
            cast.host_member,
        }
        # Opened at noon UTC, 20:00 in Ulaanbaatar: the 10th day ends at 24:00 on 11 November there.
        assert decision.closes_at.isoformat() == "2026-11-11T16:00:00+00:00"

    def test_refuses_a_committee_without_both_chairs(self, cast, considered):
        cast.host_chair.roles.update(valid_until=NOON.date() - timedelta(days=1))
        with pytest.raises(CommitteeIncomplete):
            open_decision(cast)

    def test_refuses_to_open_twice(self, cast, considered):
        decision = open_decision(cast)
        with pytest.raises(TransitionRefused):
            services.decision_open(decision_id=decision.pk, actor=cast.japan_secretariat, at=NOON)


class TestAnswer:
    def test_both_chairs_and_silence_adopt_after_the_deadline(self, cast, considered):
        decision = open_decision(cast)
        answer(decision, cast.japan_chair)
        assert answer(decision, cast.host_chair).status == DecisionStatus.OPEN
        assert services.decisions_close_due(at=decision.closes_at - timedelta(seconds=1)) == 0
        assert services.decisions_close_due(at=decision.closes_at) == 1
        considered.refresh_from_db()
        assert considered.status == Status.APPROVED

    def test_a_late_chair_adopts_at_once(self, cast, considered):
        decision = open_decision(cast)
        late = decision.closes_at + timedelta(days=3)
        answer(decision, cast.japan_chair)
        assert services.decisions_close_due(at=late) == 0
        assert answer(decision, cast.host_chair, at=late).status == DecisionStatus.ADOPTED

    def test_everybody_adopts_early(self, cast, considered):
        assert adopted_decision(cast).adopted_on == NOON.date()

    def test_an_objection_stops_and_the_item_waits_again(self, cast, considered):
        decision = open_decision(cast)
        stopped = answer(decision, cast.host_member, "object", "The default value is too high.")
        assert stopped.status == DecisionStatus.OBJECTED
        assert DecisionItem.objects.filter(decision=None, methodology_version=considered).count() == 1
        assert stopped.items.count() == 1

    def test_refuses_an_objection_without_a_reason(self, cast, considered):
        with pytest.raises(InvalidInput) as refusal:
            answer(open_decision(cast), cast.host_member, "object", "  ")
        assert list(refusal.value.fields) == ["reason"]

    def test_refuses_an_unknown_answer(self, cast, considered):
        with pytest.raises(InvalidInput):
            answer(open_decision(cast), cast.host_member, "perhaps")

    def test_refuses_who_was_not_asked(self, cast, considered):
        decision = open_decision(cast)
        for who in (cast.host_secretariat, cast.participant, cycle.cast("VN").japan_chair):
            if Answer.objects.filter(decision=decision, member=who).exists():
                continue
            with pytest.raises(NotPermitted):
                services.decision_answer(decision_id=decision.pk, value="affirm", reason="", actor=who, at=NOON)

    def test_refuses_who_left_the_committee_since(self, cast, considered):
        decision = open_decision(cast)
        declared(decision, cast.host_member)
        cast.host_member.roles.update(valid_until=NOON.date() - timedelta(days=1))
        with pytest.raises(NotPermitted):
            answer(decision, cast.host_member)

    def test_refuses_after_adoption(self, cast, considered):
        with pytest.raises(AnswersClosed):
            answer(adopted_decision(cast), cast.host_member)

    def test_may_be_changed_while_open(self, cast, considered):
        decision = open_decision(cast)
        answer(decision, cast.japan_chair)
        answer(decision, cast.japan_chair, at=NOON + timedelta(hours=1))
        assert Answer.objects.get(decision=decision, member=cast.japan_chair).answered_at == NOON + timedelta(hours=1)


class TestAdoption:
    def test_registers_a_project(self, cast):
        project = cycle.considered_project(cast)
        decision = adopted_decision(cast)
        project.refresh_from_db()
        assert (project.status, project.decision_number) == (ProjectStatus.REGISTERED, decision.number)

    def test_notifies_both_governments(self, cast):
        request = cycle.considered_request(cast, start=cycle.date(2025, 1, 1), end=cycle.date(2025, 12, 31))
        decision = adopted_decision(cast)
        request.refresh_from_db()
        notification = IssuanceNotification.objects.get()
        assert request.status == RequestStatus.DECIDED
        assert (notification.decision_number, notification.decided_on) == (decision.number, NOON.date())
        assert {leg.registry.party.iso2: (leg.notified, leg.state) for leg in notification.legs.all()} == {
            # Vintage 2025: Japan's issuance is the first transfer and waits for authorization.
            "JP": (3985, LegState.AWAITING_AUTHORIZATION),
            "MN": (3985, LegState.NOTIFIED),
        }

    @pytest.mark.parametrize(
        ("build", "state"),
        [
            (cycle.considered_methodology, Status.DENIED),
            (cycle.considered_project, ProjectStatus.REJECTED),
            (cycle.considered_request, RequestStatus.DENIED),
        ],
    )
    def test_may_be_a_refusal_with_its_reason(self, cast, build, state):
        case = build(cast)
        decision = adopted_decision(cast, outcome="deny")
        case.refresh_from_db()
        assert (case.status, case.status_reason) == (state, decision.text)
        assert not IssuanceNotification.objects.exists()

    def test_of_many_items_is_all_or_nothing(self, cast, considered):
        """A case that slipped out of consideration keeps the whole decision from being adopted."""
        project = cycle.considered_project(cast, methodologies=[cycle.approved_methodology(cast)])
        decision = open_decision(cast)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE projects_project SET status = 'request_withdrawn' WHERE id = %s", [project.pk])
        for member in (cast.japan_member, cast.host_member, cast.japan_chair):
            answer(decision, member)
        with pytest.raises(TransitionRefused), transaction.atomic():
            answer(decision, cast.host_chair)
        decision.refresh_from_db()
        considered.refresh_from_db()
        assert (decision.status, considered.status) == (DecisionStatus.OPEN, Status.CONSIDERED)

    def test_tells_the_story(self, cast, considered):
        adopted_decision(cast)
        event = Event.objects.get(name="decision.adopted")
        assert event.data["signatories"] == [cast.japan_chair.name, cast.host_chair.name]

    def test_cannot_be_changed_afterwards(self, cast, considered):
        decision = adopted_decision(cast)
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(text="Something else.")
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(status=DecisionStatus.OPEN)

    def test_is_done_by_the_scheduled_task(self, cast, considered, time_machine):
        decision = open_decision(cast)
        answer(decision, cast.japan_chair)
        answer(decision, cast.host_chair)
        time_machine.move_to(decision.closes_at)
        close_due_ballots()
        decision.refresh_from_db()
        assert decision.status == DecisionStatus.ADOPTED


class TestEffects:
    def test_exist_for_every_kind_of_matter(self):
        assert {kind for kind, _outcome in EFFECTS} == set(DecisionItem.Kind.values)

    def test_of_an_objection_to_an_idea_are_called_a_decision(self, cast):
        note = ideas.considered(cast)
        decision = adopted_decision(cast, outcome="deny")
        note.refresh_from_db()
        assert [item.kind for item in decision.items.all()] == ["pin_decision"]
        assert (note.status, note.decision_number) == ("objected", decision.number)


class TestOneBadDecision:
    def test_does_not_hold_up_the_others(self, cast, considered):
        """The scheduled task settles each decision by itself."""
        project = cycle.considered_project(cast, methodologies=[cycle.approved_methodology(cast)])
        item = DecisionItem.objects.get(project=project)
        bad = services.decision_prepare(
            partnership=cast.partnership, item_ids=[item.pk], text="", actor=cast.host_secretariat, at=NOON
        )
        services.decision_open(decision_id=bad.pk, actor=cast.host_secretariat, at=NOON)
        good = open_decision(cast)
        for decision in (bad, good):
            answer(decision, cast.japan_chair)
            answer(decision, cast.host_chair)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE projects_project SET status = 'request_withdrawn' WHERE id = %s", [project.pk])
        assert services.decisions_close_due(at=good.closes_at) == 1
        good.refresh_from_db()
        assert good.status == DecisionStatus.ADOPTED


class TestWithdraw:
    def test_returns_the_items_to_the_agenda(self, cast, considered):
        decision = open_decision(cast)
        services.decision_withdraw(decision_id=decision.pk, actor=cast.host_secretariat, at=NOON)
        assert DecisionItem.objects.filter(decision=None, methodology_version=considered).exists()

    def test_is_impossible_after_adoption(self, cast, considered):
        with pytest.raises(TransitionRefused):
            services.decision_withdraw(decision_id=adopted_decision(cast).pk, actor=cast.host_secretariat, at=NOON)
