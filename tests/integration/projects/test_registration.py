"""Validation and registration: each step, and whom it refuses."""

from datetime import timedelta

import pytest

from core.errors import InvalidInput, NotPermitted, TransitionRefused
from core.models import Event
from parties.models import Designation, SectoralScope
from projects import services
from projects.models import ProjectParticipant, Validation
from projects.workflow import ProjectStatus
from tests.factories import cycle
from tests.factories.cycle import NOON


def validate(project, people, *, actor=None, designation=None, statement="Positive."):
    return services.project_validate(
        project_id=project.pk,
        designation_id=(designation or people.designation).pk,
        statement=statement,
        actor=actor or people.tpe,
        at=NOON,
    )


def events_of(project, name):
    return Event.objects.filter(name=name, subject_type="projects.project", subject_id=str(project.pk))


class TestProjectValidate:
    def test_records_who_signed_what(self, people):
        project = cycle.validated_project(people)
        project.refresh_from_db()
        validation = Validation.objects.get(project=project)
        assert project.status == ProjectStatus.VALIDATED
        assert (validation.designation, validation.signed_by, validation.signed_at) == (
            people.designation,
            people.tpe,
            NOON,
        )
        assert events_of(project, "project.validated").get().data == {"designation": "TPE-MN-900"}

    def refused(self, people, reason, *, project=None, **kwargs):
        subject = project or cycle.designed_project(people)
        with pytest.raises(InvalidInput, match=reason) as refusal:
            validate(subject, people, **kwargs)
        subject.refresh_from_db()
        assert subject.status == ProjectStatus.VALIDATION
        assert not Validation.objects.exists()
        return refusal.value.fields

    def test_refuses_an_expired_designation_but_not_on_its_last_day(self, people):
        Designation.objects.filter(pk=people.designation.pk).update(valid_until=NOON.date() - timedelta(days=1))
        self.refused(people, "not in force")
        Designation.objects.filter(pk=people.designation.pk).update(valid_until=NOON.date())
        assert validate(cycle.designed_project(people), people).status == ProjectStatus.VALIDATED

    def test_refuses_a_withdrawn_designation(self, people):
        Designation.objects.filter(pk=people.designation.pk).update(status=Designation.Status.WITHDRAWN)
        self.refused(people, "not in force")

    def test_refuses_a_designation_that_has_not_begun(self, people):
        Designation.objects.filter(pk=people.designation.pk).update(designated_on=NOON.date() + timedelta(days=1))
        self.refused(people, "not in force")

    def test_refuses_a_designation_of_another_partnership(self, people, strangers):
        elsewhere = Designation.objects.create(
            number="TPE-VN-901",
            partnership=strangers.partnership,
            organisation=people.designation.organisation,
            designated_on=NOON.date(),
        )
        self.refused(people, "not in force in this partnership", designation=elsewhere)

    def test_refuses_a_scope_that_is_not_designated_for_validation(self, people):
        people.designation.scopes_validation.remove(SectoralScope.objects.get(number=1))
        self.refused(people, "1. Energy industries")

    def test_verification_scopes_do_not_count(self, people):
        people.designation.scopes_verification.clear()
        assert validate(cycle.designed_project(people), people).status == ProjectStatus.VALIDATED

    def test_refuses_an_entity_that_takes_part(self, people):
        project = cycle.designed_project(people)
        ProjectParticipant.objects.create(
            project=project, organisation=people.designation.organisation, party=people.partnership.acquirer
        )
        self.refused(people, "takes part", project=project)

    def test_refuses_an_empty_statement(self, people):
        assert set(self.refused(people, "statement", statement="  ")) == {"statement"}

    def test_refuses_people_of_other_organisations(self, people, strangers):
        project = cycle.designed_project(people)
        for person in (people.participant, people.host_secretariat, strangers.tpe):
            with pytest.raises(NotPermitted):
                validate(project, people, actor=person)

    def test_refuses_a_second_opinion(self, people):
        with pytest.raises(TransitionRefused):
            validate(cycle.validated_project(people), people)


class TestProjectRequestRegistration:
    def test_is_the_participants_act(self, people, strangers):
        project = cycle.validated_project(people)
        for person in (people.tpe, people.host_secretariat, strangers.participant):
            with pytest.raises(NotPermitted):
                services.project_request_registration(project_id=project.pk, actor=person, at=NOON)
        done = services.project_request_registration(project_id=project.pk, actor=people.participant, at=NOON)
        assert done.status == ProjectStatus.REGISTRATION_REQUESTED
        assert events_of(project, "project.registration_requested").exists()

    def test_needs_a_validation(self, people):
        with pytest.raises(TransitionRefused):
            services.project_request_registration(
                project_id=cycle.designed_project(people).pk, actor=people.participant, at=NOON
            )


class TestProjectAccept:
    def test_puts_it_on_the_way_to_the_committee(self, people):
        project = cycle.considered_project(people)
        assert project.status == ProjectStatus.CONSIDERED
        assert events_of(project, "project.considered").get().actor == people.host_secretariat

    def test_refuses_others_than_this_partnerships_secretariat(self, people, strangers):
        project = cycle.requested_project(people)
        for person in (people.participant, people.tpe, people.japan_chair, strangers.japan_secretariat):
            with pytest.raises(NotPermitted):
                services.project_accept(project_id=project.pk, actor=person, at=NOON)


class TestProjectReturn:
    def test_leads_back_to_a_new_request(self, people):
        project = cycle.requested_project(people)
        services.project_return(project_id=project.pk, reason="The map.", actor=people.japan_secretariat, at=NOON)
        project.refresh_from_db()
        assert (project.status, project.status_reason) == (ProjectStatus.VALIDATED, "The map.")
        again = services.project_request_registration(project_id=project.pk, actor=people.participant, at=NOON)
        assert (again.status, again.status_reason) == (ProjectStatus.REGISTRATION_REQUESTED, "")

    def test_refuses_without_a_reason(self, people):
        with pytest.raises(InvalidInput):
            services.project_return(
                project_id=cycle.requested_project(people).pk, reason="", actor=people.japan_secretariat, at=NOON
            )

    def test_refuses_the_participant(self, people):
        with pytest.raises(NotPermitted):
            services.project_return(
                project_id=cycle.requested_project(people).pk, reason="No", actor=people.participant, at=NOON
            )


class TestProjectRegister:
    def test_records_the_decision(self, people):
        project = cycle.registered_project(people)
        project.refresh_from_db()
        assert (project.status, project.registered_on, project.decision_number) == (
            ProjectStatus.REGISTERED,
            NOON.date(),
            "MN_JC900",
        )
        event = events_of(project, "project.registered").get()
        assert (event.actor, event.data) == (None, {"decision": "MN_JC900"})

    def test_refuses_what_the_secretariat_has_not_passed_on(self, people):
        with pytest.raises(TransitionRefused):
            services.project_register(
                project_id=cycle.requested_project(people).pk, decision=cycle.decision(people), at=NOON
            )


class TestProjectReject:
    def test_ends_the_project_with_the_reason(self, people):
        project = cycle.considered_project(people)
        services.project_reject(project_id=project.pk, decision=cycle.decision(people), reason="No.", at=NOON)
        project.refresh_from_db()
        assert (project.status, project.status_reason, project.registered_on) == (ProjectStatus.REJECTED, "No.", None)

    def test_refuses_without_a_reason(self, people):
        with pytest.raises(InvalidInput):
            services.project_reject(
                project_id=cycle.considered_project(people).pk, decision=cycle.decision(people), reason="", at=NOON
            )


class TestProjectWithdrawRequest:
    @pytest.mark.parametrize("make", [cycle.requested_project, cycle.considered_project])
    def test_ends_the_project_and_keeps_its_number(self, people, make):
        project = services.project_withdraw_request(project_id=make(people).pk, actor=people.participant, at=NOON)
        assert (project.status, project.number) == (ProjectStatus.REQUEST_WITHDRAWN, "MN900")

    def test_refuses_after_registration(self, people):
        with pytest.raises(TransitionRefused):
            services.project_withdraw_request(
                project_id=cycle.registered_project(people).pk, actor=people.participant, at=NOON
            )

    def test_refuses_the_secretariat(self, people):
        with pytest.raises(NotPermitted):
            services.project_withdraw_request(
                project_id=cycle.requested_project(people).pk, actor=people.host_secretariat, at=NOON
            )
