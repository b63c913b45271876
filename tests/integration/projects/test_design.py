"""The design of a project: drafting, its rules, its submission."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import InvalidInput, NotPermitted, TransitionRefused
from core.models import Event, Source
from methodologies.models import MethodologyVersion
from parties.models import Organisation, Partnership
from projects import services
from projects.models import Project
from projects.services import ParticipantLine
from projects.workflow import ProjectStatus
from tests.factories import cycle
from tests.factories.cycle import NOON
from tests.factories.files import pdf
from tests.factories.packs import pack

SPLIT = {
    "parameters": [
        {"symbol": "EC", "name": "Use", "unit": "MWh", "kind": "monitored"},
        {"symbol": "COP", "name": "Efficiency", "unit": "1", "kind": "fixed"},
    ],
    "reference": "EC * COP * 1 [tCO2/MWh]",
    "project": "EC * 1 [tCO2/MWh]",
}


def submit(project, people):
    return services.project_submit_design(project_id=project.pk, actor=people.participant, at=NOON)


def update(project, people, **changes):
    return services.project_update(project_id=project.pk, changes=changes, actor=people.participant, at=NOON)


def refused(project, people):
    with pytest.raises(InvalidInput) as refusal:
        submit(project, people)
    project.refresh_from_db()
    assert (project.status, project.number) == (ProjectStatus.DRAFT, None)
    return refusal.value.fields


class TestProjectDraft:
    def test_begins_a_design(self, people):
        project = services.project_draft(
            partnership=people.partnership, title="Plant", actor=people.participant, at=NOON
        )
        assert (project.status, project.number, project.source) == (ProjectStatus.DRAFT, None, Source.DEMONSTRATION)
        assert Event.objects.get(name="project.drafted").actor == people.participant

    def test_refuses_others_than_participants(self, people):
        for person in (people.tpe, people.japan_secretariat, people.japan_chair):
            with pytest.raises(NotPermitted):
                services.project_draft(partnership=people.partnership, title="Plant", actor=person, at=NOON)


class TestProjectUpdate:
    def test_changes_what_is_given_and_leaves_the_rest(self, people):
        project = cycle.drafted_project(people)
        update(project, people, location="Elsewhere")
        project.refresh_from_db()
        assert (project.location, project.title) == ("Elsewhere", "Solar power plant")
        assert project.participants.count() == 2

    def test_replaces_the_participants(self, people):
        japan, host = people.partnership.parties
        project = cycle.drafted_project(people)
        lines = [ParticipantLine("New Company", japan, focal_point=True), ParticipantLine("Other Company", host)]
        update(project, people, participants=lines)
        found = project.participants.values_list("organisation__name", "party", "focal_point")
        assert set(found) == {("New Company", japan.pk, True), ("Other Company", host.pk, False)}

    def test_takes_an_organisation_that_exists_as_it_is(self, people):
        cycle.drafted_project(people)
        assert Organisation.objects.filter(name=people.company.name).count() == 1

    def test_names_an_organisation_once(self, people):
        japan, _host = people.partnership.parties
        project = cycle.drafted_project(people)
        update(project, people, participants=[ParticipantLine("Same", japan), ParticipantLine("Same", japan)])
        assert project.participants.count() == 1

    def test_refuses_other_organisations(self, people, strangers):
        with pytest.raises(NotPermitted):
            update(cycle.drafted_project(people), strangers, title="Mine")

    def test_refuses_a_submitted_design(self, people):
        with pytest.raises(TransitionRefused):
            update(cycle.designed_project(people), people, title="Late")


class TestProjectAttachDocument:
    def test_files_both_renditions(self, people):
        project = cycle.drafted_project(people)
        files = {
            "public": SimpleUploadedFile("pdd.pdf", pdf("public")),
            "restricted": SimpleUploadedFile("pdd-full.pdf", b"%PDF full"),
        }
        services.project_attach_document(project_id=project.pk, files=files, actor=people.participant, at=NOON)
        project.refresh_from_db()
        assert set(project.document.renditions.values_list("access", "file_name")) == {
            ("public", "pdd.pdf"),
            ("restricted", "pdd-full.pdf"),
        }

    def test_refuses_a_kind_of_file_that_nobody_can_read(self, people):
        project = cycle.drafted_project(people)
        files = {"public": SimpleUploadedFile("pdd.exe", b"MZ")}
        with pytest.raises(InvalidInput) as refusal:
            services.project_attach_document(project_id=project.pk, files=files, actor=people.participant, at=NOON)
        assert set(refusal.value.fields) == {"public"}
        project.refresh_from_db()
        assert project.document is None

    def test_refuses_a_submitted_design(self, people):
        project = cycle.designed_project(people)
        files = {"public": SimpleUploadedFile("pdd.pdf", b"%PDF")}
        with pytest.raises(TransitionRefused):
            services.project_attach_document(project_id=project.pk, files=files, actor=people.participant, at=NOON)


class TestProjectSubmitDesign:
    def test_gives_the_reference_number(self, people):
        project = cycle.designed_project(people)
        project.refresh_from_db()
        assert (project.status, project.number, project.submitted_on) == (
            ProjectStatus.VALIDATION,
            "MN900",
            NOON.date(),
        )
        assert Event.objects.filter(name="project.design_submitted", subject_id=str(project.pk)).count() == 1

    def test_gives_each_project_its_own_number(self, people):
        methodology = cycle.approved_methodology(people)
        numbers = [cycle.designed_project(people, methodologies=[methodology]).number for _ in range(2)]
        assert numbers == ["MN900", "MN901"]

    def test_names_everything_that_is_missing(self, people):
        project = services.project_draft(
            partnership=people.partnership, title="Plant", actor=people.participant, at=NOON
        )
        assert set(refused(project, people)) == {
            "description",
            "location",
            "operation_start",
            "lifetime_years",
            "estimated_per_year",
            "methodologies",
            "participants",
        }

    def test_refuses_a_methodology_that_is_not_approved(self, people):
        project = cycle.drafted_project(people, methodologies=[cycle.considered_methodology(people)])
        assert "not an approved methodology" in refused(project, people)["methodologies"]

    @pytest.mark.parametrize(("grace", "refused"), [(0, True), (10, True), (11, False)])
    def test_refuses_an_old_version_once_the_grace_of_the_pack_is_over(self, people, grace, refused):
        old = cycle.approved_methodology(people)
        cycle.approved_methodology(people, methodology=old.methodology)
        pack(people.partnership, methodology_grace_days=grace)
        MethodologyVersion.objects.filter(pk=old.pk).update(ended_on=NOON.date() - timedelta(days=11))
        draft = cycle.drafted_project(people, methodologies=[old])
        if refused:
            with pytest.raises(InvalidInput, match=r"was superseded on .* ver2\.0"):
                submit(draft, people)
        else:
            assert submit(draft, people).number

    def test_refuses_a_methodology_of_another_partnership(self, people, strangers):
        project = cycle.drafted_project(people, methodologies=[cycle.approved_methodology(strangers)])
        assert "VN_AM900" in refused(project, people)["methodologies"]

    @pytest.mark.parametrize("side", [0, 1])
    def test_refuses_a_project_of_one_side(self, people, side):
        parties = people.partnership.parties
        project = cycle.drafted_project(people, participants=[ParticipantLine(people.company.name, parties[side])])
        assert str(parties[1 - side]) in refused(project, people)["participants"]

    def test_refuses_a_project_without_the_submitters_organisation(self, people):
        japan, host = people.partnership.parties
        project = cycle.drafted_project(
            people, participants=[ParticipantLine("Other", japan), ParticipantLine("Another", host)]
        )
        assert "Your own organisation" in refused(project, people)["participants"]

    def test_refuses_an_operation_before_the_mechanism(self, people):
        earliest = people.partnership.earliest_operation
        project = cycle.drafted_project(people, operation_start=earliest - timedelta(days=1))
        assert earliest.isoformat() in refused(project, people)["operation_start"]
        update(project, people, operation_start=earliest)
        assert submit(project, people).status == ProjectStatus.VALIDATION

    def test_follows_the_partnerships_own_first_day(self, people):
        Partnership.objects.filter(pk=people.partnership.pk).update(earliest_operation=date(2025, 1, 1))
        assert set(refused(cycle.drafted_project(people), people)) == {"operation_start"}

    def test_refuses_a_value_that_is_not_fixed(self, people):
        methodology = cycle.approved_methodology(people, definition=SPLIT)
        project = cycle.drafted_project(people, methodologies=[methodology])
        assert refused(project, people)["fixed_values"].startswith("COP: No value is fixed ex ante")
        update(project, people, fixed_values={"COP": "1,2"})
        assert "not a decimal number" in refused(project, people)["fixed_values"]
        update(project, people, fixed_values={"COP": "1.2"})
        assert submit(project, people).number == "MN900"

    def test_refuses_methodologies_that_share_a_symbol(self, people):
        two = [cycle.approved_methodology(people), cycle.approved_methodology(people)]
        project = cycle.drafted_project(people, methodologies=two)
        assert "use the symbol EF, EG" in refused(project, people)["fixed_values"]

    def test_refuses_a_methodology_that_cannot_compute(self, people):
        methodology = cycle.approved_methodology(people)
        type(methodology).objects.filter(pk=methodology.pk).update(definition=None)
        project = cycle.drafted_project(people, methodologies=[methodology])
        assert set(refused(project, people)) == {"fixed_values"}

    def test_refuses_other_people(self, people, strangers):
        project = cycle.drafted_project(people)
        for person in (strangers.participant, people.tpe, people.host_secretariat):
            with pytest.raises(NotPermitted):
                services.project_submit_design(project_id=project.pk, actor=person, at=NOON)

    def test_refuses_a_second_time(self, people):
        project = cycle.designed_project(people)
        with pytest.raises(TransitionRefused):
            submit(project, people)
        assert Project.objects.get(pk=project.pk).number == "MN900"
