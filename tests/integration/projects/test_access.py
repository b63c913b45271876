"""Who sees which project, report and request, who may do what, and what waits in whose inbox."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from core.models import User
from parties.models import Role, RoleAssignment
from projects import policies, selectors, services
from projects.models import ProjectParticipant
from tests.factories import cycle
from tests.factories.cycle import NOON
from tests.factories.files import pdf

WHO = (
    "participant",
    "colleague",
    "partner",
    "tpe",
    "japan_secretariat",
    "host_secretariat",
    "host_chair",
    "japan_member",
    "japan_proposer",
    "anonymous",
    "stranger",
)
INVOLVED = {
    "participant",
    "colleague",
    "partner",
    "tpe",
    "japan_secretariat",
    "host_secretariat",
    "host_chair",
    "japan_member",
}
SECRETARIATS = ("japan_secretariat", "host_secretariat")
PARTICIPANTS = ("participant", "colleague", "partner")


def employ(name, organisation):
    user = User.objects.create_user(f"{name}@people.example", name=name)
    RoleAssignment.objects.create(
        user=user, role=Role.PARTICIPANT, organisation=organisation, valid_from=date(2020, 1, 1)
    )
    return user


@pytest.fixture
def everybody(people, strangers):
    """One person of every kind; `colleague` works with the maker, `partner` for the other participant."""
    extra = {
        "anonymous": AnonymousUser(),
        "stranger": strangers.participant,
        "colleague": employ("colleague", people.company),
        "partner": employ("partner", people.partner_company),
    }
    return {who: extra.get(who) or getattr(people, who) for who in WHO}


class TestProjectList:
    def test_a_draft_is_seen_by_its_makers_organisation_alone(self, people, everybody):
        draft = cycle.drafted_project(people)
        seen = {
            who
            for who, viewer in everybody.items()
            if selectors.project_list(viewer=viewer, at=NOON).filter(pk=draft.pk).exists()
        }
        assert seen == {"participant", "colleague"}

    def test_a_submitted_design_is_public(self, people, everybody):
        project = cycle.designed_project(people)
        for viewer in everybody.values():
            assert selectors.project_list(viewer=viewer, at=NOON).filter(pk=project.pk).count() == 1


class TestReportList:
    @pytest.mark.parametrize(
        ("make", "seen_by"),
        [
            (cycle.measured_report, INVOLVED),
            (cycle.submitted_report, INVOLVED),
            (cycle.verified_report, set(WHO)),
        ],
    )
    def test_only_verified_reports_are_public(self, people, everybody, make, seen_by):
        report = make(people)
        seen = {
            who
            for who, viewer in everybody.items()
            if selectors.report_list(viewer=viewer, at=NOON).filter(pk=report.pk).exists()
        }
        assert seen == seen_by


class TestIssuanceRequestList:
    @pytest.mark.parametrize(
        ("make", "seen_by"),
        [
            (cycle.submitted_request, INVOLVED),
            (cycle.considered_request, INVOLVED),
            (cycle.decided_request, set(WHO)),
        ],
    )
    def test_only_decided_requests_are_public(self, people, everybody, make, seen_by):
        request = make(people)
        seen = {
            who
            for who, viewer in everybody.items()
            if selectors.issuance_request_list(viewer=viewer, at=NOON).filter(pk=request.pk).exists()
        }
        assert seen == seen_by


def table(**verbs):
    """Return who → verbs, nothing for everybody who is not named."""
    return {who: verbs.get(who, []) for who in WHO}


def each(people, verbs):
    return dict.fromkeys(people, verbs)


PROJECT_ACTIONS = [
    (cycle.drafted_project, table(participant=["submit_design"], colleague=["submit_design"])),
    (cycle.designed_project, table(tpe=["validate"])),
    (cycle.validated_project, table(**each(PARTICIPANTS, ["request_registration"]))),
    (
        cycle.requested_project,
        table(**each(SECRETARIATS, ["accept", "return"]), **each(PARTICIPANTS, ["withdraw_request"])),
    ),
    (cycle.considered_project, table(**each(PARTICIPANTS, ["withdraw_request"]))),
    (cycle.registered_project, table()),
]
REPORT_ACTIONS = [
    (cycle.measured_report, table(**each(PARTICIPANTS, ["submit"]))),
    (cycle.submitted_report, table(tpe=["return", "verify"])),
    (cycle.verified_report, table()),
]
REQUEST_ACTIONS = [
    (cycle.submitted_request, table(**each(SECRETARIATS, ["accept", "return"]), **each(PARTICIPANTS, ["withdraw"]))),
    (cycle.considered_request, table(**each(PARTICIPANTS, ["withdraw"]))),
    (cycle.decided_request, table()),
]


class TestActions:
    @pytest.mark.parametrize(("make", "expected"), PROJECT_ACTIONS)
    def test_on_projects(self, people, everybody, make, expected):
        project = make(people)
        assert {
            who: policies.project_actions(policies.parts_of(viewer, project, at=NOON), project)
            for who, viewer in everybody.items()
        } == expected

    @pytest.mark.parametrize(("make", "expected"), REPORT_ACTIONS)
    def test_on_reports(self, people, everybody, make, expected):
        report = make(people)
        assert {
            who: policies.report_actions(policies.parts_of(viewer, report.project, at=NOON), report)
            for who, viewer in everybody.items()
        } == expected

    @pytest.mark.parametrize(("make", "expected"), REQUEST_ACTIONS)
    def test_on_requests(self, people, everybody, make, expected):
        request = make(people)
        project = request.report.project
        assert {
            who: policies.request_actions(policies.parts_of(viewer, project, at=NOON), request)
            for who, viewer in everybody.items()
        } == expected

    def test_a_role_that_has_ended_opens_nothing(self, people):
        project = cycle.requested_project(people)
        for person in (people.participant, people.tpe, people.host_secretariat):
            person.roles.update(valid_until=NOON.date() - timedelta(days=1))
            assert policies.parts_of(person, project, at=NOON) == set()


class TestCanRequestIssuance:
    def can(self, people, report):
        return policies.can_request_issuance({"participant"}, report)

    def test_once_the_report_is_verified_and_nothing_is_open(self, people):
        report = cycle.verified_report(people)
        assert self.can(people, report)
        assert not policies.can_request_issuance({"tpe", "secretariat"}, report)

    def test_not_before_verification_nor_beside_an_open_request(self, people):
        assert not self.can(people, cycle.submitted_report(people))
        assert not self.can(people, cycle.submitted_request(people).report)
        assert not self.can(people, cycle.decided_request(people).report)

    def test_again_when_the_request_was_returned(self, people):
        request = cycle.submitted_request(people)
        services.issuance_request_return(request_id=request.pk, reason="No", actor=people.host_secretariat, at=NOON)
        assert self.can(people, request.report)


class TestRenditionsOf:
    def test_the_restricted_one_is_for_those_involved(self, people):
        from django.core.files.uploadedfile import SimpleUploadedFile

        project = cycle.drafted_project(people)
        files = {
            "public": SimpleUploadedFile("a.pdf", pdf("a")),
            "restricted": SimpleUploadedFile("b.pdf", b"%PDF b"),
        }
        services.project_attach_document(project_id=project.pk, files=files, actor=people.participant, at=NOON)
        project.refresh_from_db()
        assert [r.access for r in selectors.renditions_of(project, involved=True)] == ["public", "restricted"]
        assert [r.access for r in selectors.renditions_of(project, involved=False)] == ["public"]


def kinds(viewer):
    return [item.kind for item in selectors.inbox_items(viewer=viewer, at=NOON)]


class TestInboxItems:
    @pytest.mark.parametrize(
        ("make", "who", "kind"),
        [
            (cycle.drafted_project, "participant", "Finish a draft design"),
            (cycle.designed_project, "tpe", "Validate a project"),
            (cycle.validated_project, "participant", "Request registration"),
            (cycle.requested_project, "japan_secretariat", "Check a request for registration"),
            (cycle.measured_report, "participant", "Finish a monitoring report"),
            (cycle.submitted_report, "tpe", "Verify a report"),
            (cycle.verified_report, "participant", "Request issuance"),
            (cycle.submitted_request, "host_secretariat", "Check a request for issuance"),
        ],
    )
    def test_each_step_waits_for_one_part(self, people, everybody, make, who, kind):
        make(people)
        assert kinds(everybody[who]) == [kind]
        others = {other for other in WHO if kinds(everybody[other])}
        same_part = next((part for part in (PARTICIPANTS, SECRETARIATS) if who in part), (who,))
        assert others <= set(same_part)

    def test_the_secretariat_has_seven_days(self, people):
        project = cycle.requested_project(people)
        (item,) = selectors.inbox_items(viewer=people.japan_secretariat, at=NOON)
        assert (item.title, item.url) == (str(project), project.get_absolute_url())
        assert (item.waiting_since, item.due_at) == (NOON, project.case.due_at)

    def test_returned_work_waits_for_the_participants(self, people):
        report = cycle.submitted_report(people)
        services.report_return(report_id=report.pk, reason="No", actor=people.tpe, at=NOON)
        request = cycle.submitted_request(people)
        services.issuance_request_return(request_id=request.pk, reason="No", actor=people.host_secretariat, at=NOON)
        assert kinds(people.participant) == ["Correct a returned report", "Correct a returned request for issuance"]

    def test_a_third_party_entity_gets_no_project_of_its_own(self, people):
        report = cycle.submitted_report(people, project=cycle.designed_project(people))
        assert len(kinds(people.tpe)) == 2
        ProjectParticipant.objects.create(
            project=report.project, organisation=people.designation.organisation, party=people.partnership.acquirer
        )
        assert kinds(people.tpe) == []

    def test_no_issuance_is_asked_for_a_project_that_was_given_up(self, people):
        project = cycle.requested_project(people)
        cycle.verified_report(people, project=project)
        services.project_withdraw_request(project_id=project.pk, actor=people.participant, at=NOON)
        assert kinds(people.participant) == []

    def test_a_verified_year_of_nought_waits_for_nobody(self, people):
        table_of_noughts = cycle.solar_table(date(2025, 1, 1), date(2025, 12, 31), values=["0"] * 12)
        cycle.verified_report(people, table=table_of_noughts)
        assert kinds(people.participant) == []

    def test_asks_as_many_queries_for_many_as_for_one(self, people, django_assert_max_num_queries):
        methodology = cycle.approved_methodology(people)
        for _ in range(6):
            cycle.requested_project(people, methodologies=[methodology])
        with django_assert_max_num_queries(10):
            assert len(selectors.inbox_items(viewer=people.japan_secretariat, at=NOON)) == 6
