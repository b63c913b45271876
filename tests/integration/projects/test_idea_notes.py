"""Project idea notes: filed, checked, answered by the committee, referred to by designs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from committee import services as committee
from committee.models import DecisionItem
from core.errors import InvalidInput, NotPermitted, TransitionRefused
from core.workflow import reachable
from parties.models import Partnership
from projects import rules, services
from projects.models import Project, ProjectIdeaNote
from projects.workflow import IDEA_NOTE, IdeaNoteStatus
from tests.factories import cycle, ideas
from tests.factories.cycle import NOON
from tests.factories.decisions import adopted_decision
from tests.factories.files import pdf

pytestmark = pytest.mark.django_db


def text(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


class TestFile:
    def test_gives_a_number_and_a_case(self, people):
        note = ideas.filed(people)
        assert (note.number, note.status, note.submitted_on) == ("MN_PIN900", "submitted", NOON.date())
        assert (note.case.number, note.case.kind, note.case.stage) == ("MN_PIN900", "pin", "submitted")

    @pytest.mark.parametrize("field", ["title", "summary", "technology", "location", "contribution"])
    def test_names_what_is_missing(self, people, field):
        with pytest.raises(InvalidInput) as refusal:
            ideas.filed(people, **{field: " "})
        assert set(refusal.value.fields) == {field}

    def test_wants_participants_of_both_sides_and_an_estimate(self, people):
        with pytest.raises(InvalidInput) as refusal:
            ideas.filed(people, participants_japan="", participants_host="", expected_per_year=None)
        assert set(refusal.value.fields) == {"participants_japan", "participants_host", "expected_per_year"}
        assert not ProjectIdeaNote.objects.exists()

    def test_refuses_people_of_other_organisations(self, people, strangers):
        for person in (people.tpe, people.host_secretariat, strangers.participant):
            with pytest.raises(NotPermitted):
                services.idea_note_file(
                    partnership=people.partnership,
                    proponent=people.company,
                    content=ideas.content(),
                    actor=person,
                    at=NOON,
                )


class TestCheck:
    def test_is_the_secretariats(self, people, strangers):
        note = ideas.filed(people)
        for person in (people.participant, people.japan_chair, strangers.host_secretariat):
            with pytest.raises(NotPermitted):
                services.idea_note_accept(note_id=note.pk, actor=person, at=NOON)
            with pytest.raises(NotPermitted):
                services.idea_note_return(note_id=note.pk, reason="Why.", actor=person, at=NOON)

    def test_returns_for_correction(self, people):
        note = ideas.filed(people)
        with pytest.raises(InvalidInput):
            services.idea_note_return(note_id=note.pk, reason="", actor=people.host_secretariat, at=NOON)
        services.idea_note_return(note_id=note.pk, reason="Which dairies?", actor=people.host_secretariat, at=NOON)
        corrected = services.idea_note_correct(
            note_id=note.pk, content=ideas.content(location="Erdenet"), actor=people.participant, at=NOON
        )
        assert (corrected.status, corrected.location, corrected.status_reason) == ("submitted", "Erdenet", "")
        stages = corrected.case.stages.values_list("stage", flat=True)
        assert list(stages) == ["submitted", "returned", "submitted"]

    def test_a_note_on_its_way_cannot_be_changed(self, people):
        note = ideas.considered(people)
        with pytest.raises(TransitionRefused):
            services.idea_note_correct(note_id=note.pk, content=ideas.content(), actor=people.participant, at=NOON)

    def test_puts_it_on_the_agenda_until_it_is_withdrawn(self, people):
        note = ideas.considered(people)
        assert DecisionItem.objects.get().idea_note == note
        services.idea_note_withdraw(note_id=note.pk, actor=people.participant, at=NOON)
        assert not DecisionItem.objects.exists()


class TestAnswer:
    def test_no_objection_follows_from_the_decision(self, people):
        case = ideas.considered(people).case
        decision = adopted_decision(people)
        note = ProjectIdeaNote.objects.get()
        case.refresh_from_db()
        assert (note.status, note.decided_on, note.decision_number) == ("no_objection", NOON.date(), decision.number)
        assert case.stage == "decided"

    def test_an_objection_keeps_its_reasons(self, people):
        note = ideas.considered(people)
        adopted_decision(people, outcome="deny")
        note.refresh_from_db()
        assert (note.status, note.status_reason) == ("objected", "The Joint Committee decides as proposed.")


class TestDesign:
    def test_refers_to_a_note_that_met_no_objection(self, people):
        project = cycle.drafted_project(people, idea_note=ideas.answered(people))
        assert rules.r_pd_08(project) == {}
        note = project.idea_note
        note.status = IdeaNoteStatus.OBJECTED
        assert set(rules.r_pd_08(project)) == {"idea_note"}

    def test_refuses_a_note_of_another_partnership(self, people, strangers):
        project = cycle.drafted_project(people, idea_note=ideas.answered(strangers))
        with pytest.raises(InvalidInput) as refusal:
            services.project_submit_design(project_id=project.pk, actor=people.participant, at=NOON)
        assert set(refusal.value.fields) == {"idea_note"}

    def test_chooses_it_on_its_page(self, client, people):
        note, project = ideas.answered(people), cycle.drafted_project(people)
        other = ideas.answered(people, objection="No coal.", title="Coal briquettes")
        client.force_login(people.participant)
        address = reverse("projects:design-section", args=[project.pk, "description"])
        shown = text(client, address)
        assert note.number in shown
        assert other.number not in shown
        client.post(address, {"title": project.title, "description": "x", "location": "y", "idea_note": note.pk})
        assert Project.objects.get(pk=project.pk).idea_note == note


class TestPages:
    def test_show_everybody_what_was_answered(self, client, people):
        note = ideas.answered(people, objection="It would prolong the use of coal.")
        shown = text(client, note.get_absolute_url())
        assert "It would prolong the use of coal." in shown
        assert "3,400" in shown
        assert note.number in text(client, "/idea-notes/")
        assert note.number in text(client, "/countries/mongolia/")
        assert client.get(f"/search/?q={note.number.lower()}")["Location"] == note.get_absolute_url()

    def test_keep_what_is_not_considered_to_those_inside(self, client, people, strangers):
        note = ideas.filed(people)
        for person in (None, strangers.host_secretariat, people.tpe):
            if person:
                client.force_login(person)
            assert client.get(note.get_absolute_url()).status_code == 404
        for person in (people.participant, people.japan_chair, people.host_secretariat):
            client.force_login(person)
            assert note.title in text(client, note.get_absolute_url())
        assert note.number not in text(client, "/idea-notes/")

    def test_keep_restricted_files_inside(self, client, people):
        files = {access: SimpleUploadedFile(f"{access}.pdf", pdf("x")) for access in ("public", "restricted")}
        note = ideas.considered(people, files=files)
        public, restricted = (f"{note.get_absolute_url()}documents/{access}/" for access in files)
        assert b"".join(client.get(public)) == pdf("x")
        assert client.get(restricted).status_code == 404
        client.force_login(people.japan_chair)
        assert client.get(restricted).status_code == 403, "before the conflicts of interest are declared"
        committee.conflicts_declare(statements={note.decision_items.get().pk: ""}, actor=people.japan_chair, at=NOON)
        assert b"".join(client.get(restricted)) == pdf("x")

    def test_file_return_and_correct(self, client, people):
        client.force_login(people.participant)
        sent = {**ideas.content(), "partnership": people.partnership.pk, "proponent": people.company.pk}
        missing = client.post(reverse("projects:idea-note-new"), {**sent, "technology": ""})
        assert "Name the technology." in missing.content.decode()
        response = client.post(reverse("projects:idea-note-new"), sent)
        note = ProjectIdeaNote.objects.get()
        assert response["Location"] == note.get_absolute_url()
        client.force_login(people.host_secretariat)
        assert "Check a project idea note" in text(client, reverse("inbox"))
        client.post(reverse("projects:idea-note-return", args=[note.number]), {"reason": "Which dairies?"})
        client.force_login(people.participant)
        assert "Correct a returned idea note" in text(client, reverse("inbox"))
        edit = reverse("projects:idea-note-edit", args=[note.number])
        assert "Which dairies?" in text(client, edit)
        client.post(edit, {**sent, "summary": "Three dairies."})
        note.refresh_from_db()
        assert (note.status, note.summary) == ("submitted", "Three dairies.")

    def test_filter_the_list(self, client, people):
        kept, other = ideas.answered(people), ideas.answered(people, objection="No.", title="Coal")
        shown = text(client, "/idea-notes/?status=no_objection&country=MN&q=biogas")
        assert kept.number in shown
        assert other.number not in shown


@pytest.mark.parametrize(("was", "now"), [(a, b) for a in IdeaNoteStatus for b in IdeaNoteStatus if a != b])
def test_database_agrees_with_the_workflow(was, now):
    row = ProjectIdeaNote.objects.create(
        number="MN_PIN001", partnership=Partnership.objects.get(host__iso2="MN"), status=was,
        decided_on=NOON.date(), decision_number="MN_JC900",
    )  # fmt: skip
    change = ProjectIdeaNote.objects.filter(pk=row.pk)
    if (was, now) in IDEA_NOTE.edges():
        assert change.update(status=now) == 1
    else:
        with pytest.raises(IntegrityError, match="does not go from"), transaction.atomic():
            change.update(status=now)


def test_every_state_can_be_reached():
    assert reachable(IDEA_NOTE, IdeaNoteStatus.SUBMITTED) == set(IdeaNoteStatus)
