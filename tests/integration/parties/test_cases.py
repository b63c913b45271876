"""Cases in one shape: opened with the first submission, moved with their record, with a clock of their own."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import InvalidInput, NotPermitted, TransitionRefused
from core.models import Event
from methodologies import services as methodologies
from parties import services
from parties.models import Case, CaseStage
from parties.workflow import CaseKind, Stage
from projects import services as projects
from tests.factories import cycle
from tests.factories.cycle import NOON


def opened(people, **other):
    return services.case_open(
        partnership=people.partnership, kind=CaseKind.PIN, title="Wind", url="/wind/", organisation=people.company,
        actor=people.participant, at=NOON, **other,
    )  # fmt: skip


def moved(case, stage, people, at=NOON, **other):
    return services.case_move(case_id=case.pk, stage=stage, actor=people.host_secretariat, at=at, **other)


class TestCaseOpen:
    def test_numbers_what_has_no_number(self, people):
        assert [opened(people).number, opened(people).number] == ["MN_PIN900", "MN_PIN901"]

    def test_keeps_the_pack_and_sets_the_deadline(self, people):
        case = opened(people)
        assert case.rule_pack.number == "JCM_MN_RP_ver01.0"
        # Seven days, 2 to 8 November, until midnight in Ulaanbaatar.
        assert case.due_at == datetime(2026, 11, 8, 16, 0, tzinfo=UTC)

    def test_has_no_deadline_with_the_third_party_entity(self, people):
        assert opened(people, stage=Stage.VALIDATION).due_at is None


class TestCaseMove:
    def test_starts_the_clock_again_after_a_return(self, people):
        case = opened(people)
        moved(case, Stage.RETURNED, people, at=NOON + timedelta(days=3), reason="A page is missing.")
        case.refresh_from_db()
        assert case.due_at is None
        moved(case, Stage.SUBMITTED, people, at=NOON + timedelta(days=10))
        case.refresh_from_db()
        assert case.due_at == datetime(2026, 11, 18, 16, 0, tzinfo=UTC)
        assert list(case.stages.values_list("stage", "counting")) == [
            ("submitted", True), ("returned", False), ("submitted", True),
        ]  # fmt: skip

    def test_refuses_what_does_not_follow(self, people):
        with pytest.raises(TransitionRefused):
            moved(opened(people), Stage.DECIDED, people)

    def test_does_nothing_for_a_record_without_case(self, people):
        assert services.case_move(case_id=None, stage=Stage.DECIDED, actor=None, at=NOON) is None


class TestCasePause:
    def test_stops_the_clock_and_moves_the_deadline(self, people):
        case = opened(people)
        secretariat = people.host_secretariat
        day = timedelta(days=1)
        services.case_pause(case_id=case.pk, reason="An answer", actor=secretariat, at=NOON + day)
        case = services.case_resume(case_id=case.pk, actor=secretariat, at=NOON + 4 * day)
        assert case.due_at == datetime(2026, 11, 11, 16, 0, tzinfo=UTC)

    def test_needs_a_reason_and_a_running_clock(self, people):
        case = opened(people)
        with pytest.raises(InvalidInput):
            services.case_pause(case_id=case.pk, reason=" ", actor=people.host_secretariat, at=NOON)
        with pytest.raises(TransitionRefused):
            services.case_resume(case_id=case.pk, actor=people.host_secretariat, at=NOON)
        services.case_pause(case_id=case.pk, reason="An answer", actor=people.host_secretariat, at=NOON)
        with pytest.raises(TransitionRefused):
            services.case_pause(case_id=case.pk, reason="Again", actor=people.host_secretariat, at=NOON)

    def test_does_not_stop_a_call_for_public_inputs(self, people):
        called = cycle.called_methodology(people)
        with pytest.raises(TransitionRefused):
            services.case_pause(case_id=called.case_id, reason="x", actor=people.host_secretariat, at=NOON)

    def test_is_for_the_secretariat(self, people, strangers):
        with pytest.raises(NotPermitted):
            services.case_pause(case_id=opened(people).pk, reason="x", actor=strangers.host_secretariat, at=NOON)


class TestCaseCheck:
    def test_names_what_is_missing_when_the_case_is_returned(self, people):
        case = opened(people)
        items = list(case.rule_pack.checklist.filter(kind=CaseKind.PIN).order_by("order"))
        ticked = [item.pk for item in items[:2]]
        services.case_check(case_id=case.pk, item_ids=ticked, actor=people.host_secretariat, at=NOON)
        moved(case, Stage.RETURNED, people, reason="See the list.")
        assert CaseStage.objects.latest("pk").missing == [item.pk for item in items[2:]]

    def test_can_be_corrected(self, people):
        case = opened(people)
        items = list(case.rule_pack.checklist.filter(kind=CaseKind.PIN).values_list("pk", flat=True))
        services.case_check(case_id=case.pk, item_ids=items, actor=people.host_secretariat, at=NOON)
        services.case_check(case_id=case.pk, item_ids=items[:1], actor=people.japan_secretariat, at=NOON)
        assert list(case.ticks.values_list("item", "ticked_by")) == [(items[0], people.host_secretariat.pk)]

    def test_refuses_another_checklists_items(self, people):
        case = opened(people)
        foreign = case.rule_pack.checklist.filter(kind=CaseKind.ISSUANCE).values_list("pk", flat=True)
        with pytest.raises(InvalidInput):
            services.case_check(case_id=case.pk, item_ids=foreign, actor=people.host_secretariat, at=NOON)

    def test_is_over_once_the_case_went_on(self, people):
        case = opened(people)
        moved(case, Stage.CONSIDERATION, people)
        with pytest.raises(TransitionRefused):
            services.case_check(case_id=case.pk, item_ids=[], actor=people.host_secretariat, at=NOON)


class TestRecords:
    def test_of_a_methodology(self, people):
        version = cycle.returned_methodology(people)
        case = Case.objects.get(pk=version.case_id)
        assert (case.number, case.stage) == (version.proposed_number, Stage.RETURNED)
        version = methodologies.methodology_submit(version_id=version.pk, actor=people.participant, at=NOON)
        version = methodologies.methodology_accept(version_id=version.pk, actor=people.host_secretariat, at=NOON)
        services.calls_close_due(at=version.case.call.closes_at)
        methodologies.methodology_approve(version_id=version.pk, decision=cycle.decision(people), at=NOON)
        case = Case.objects.get(pk=version.case_id)
        assert (case.stage, case.is_public, case.kind) == (Stage.DECIDED, True, CaseKind.METHODOLOGY)
        assert case.url.startswith("/methodologies/MN_AM")

    def test_of_a_project(self, people):
        project = cycle.requested_project(people)
        case = Case.objects.get(pk=project.case_id)
        assert (case.stage, case.is_public) == (Stage.SUBMITTED, True)
        projects.project_return(project_id=project.pk, reason="Unsigned", actor=people.host_secretariat, at=NOON)
        assert Case.objects.get(pk=project.case_id).stage == Stage.RETURNED
        projects.project_request_registration(project_id=project.pk, actor=people.participant, at=NOON)
        projects.project_accept(project_id=project.pk, actor=people.host_secretariat, at=NOON)
        projects.project_register(project_id=project.pk, decision=cycle.decision(people), at=NOON)
        assert Case.objects.get(pk=project.case_id).stage == Stage.DECIDED

    def test_of_a_request_for_issuance(self, people):
        request = cycle.decided_request(people)
        case = Case.objects.get(pk=request.case_id)
        assert (case.stage, case.number, case.is_public) == (Stage.DECIDED, request.reference, False)

    def test_tell_their_events(self, people):
        version = cycle.returned_methodology(people)
        told = Event.objects.filter(subject_type="parties.case", subject_id=str(version.case_id)).order_by(
            "recorded_at"
        )
        assert {event.name for event in told} == {"case.submitted", "case.returned"}
