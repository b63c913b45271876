"""What changed in the documents of a case, for whoever may open both files."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from core.models import Rendition
from jcm.demo.cast import Cast, assemble
from jcm.dossier import documents
from projects import services as projects
from projects.models import ProjectIdeaNote
from tests.factories import cycle, ideas, rulebook
from tests.factories.decisions import declared, open_decision
from tests.factories.files import docx, pdf, xlsx
from tests.papers import text_of

FIRST, SECOND = "The boiler is old.", "The boiler is replaced."


@pytest.fixture
def cast(transactional_db) -> Cast:
    with transaction.atomic():
        return assemble("MN")


Named = dict[str, tuple[str, bytes]]


def resubmitted(cast: Cast, before: Named, after: Named) -> ProjectIdeaNote:
    """Return an idea note that came back and was sent again with other files (access → name and content)."""
    now = timezone.now()
    note = ideas.filed(cast, files=_files(before))
    projects.idea_note_return(note_id=note.pk, reason="Say more.", actor=cast.host_secretariat, at=now)
    projects.idea_note_correct(
        note_id=note.pk, content=ideas.content(), files=_files(after), actor=cast.participant, at=now
    )
    return ProjectIdeaNote.objects.get(pk=note.pk)


def _files(chosen: Named) -> dict[str, SimpleUploadedFile]:
    return {access: SimpleUploadedFile(name, content) for access, (name, content) in chosen.items()}


def changes(client, case, access="public"):
    """Return the pages of what changed in the files of this access."""
    page = client.get(f"/cases/{case.number}/dossier/")
    pairs = [pair for pair in page.context["pairs"] if pair.after.access == access]
    return [client.get(f"/cases/{case.number}/dossier/changes/{pair.after.pk}/") for pair in pairs]


@pytest.mark.django_db(transaction=True)
class TestChangesOfResubmittedFiles:
    def test_are_told_paragraph_by_paragraph(self, client, cast):
        before = {"public": ("note.docx", docx("Where it stands.", FIRST))}
        note = resubmitted(cast, before, {"public": ("note2.docx", docx("Where it stands.", SECOND))})
        client.force_login(cast.host_secretariat)
        (page,) = changes(client, note.case)
        told = page.content.decode()
        assert "What changed since note.docx" in told
        assert "<ins>" in told
        added = [p.text for passage in page.context["difference"].passages for p in passage.pieces if p.kind == "added"]
        assert added == ["replaced."]

    def test_are_told_of_a_pdf(self, client, cast):
        before = {"public": ("note.pdf", pdf(FIRST))}
        note = resubmitted(cast, before, {"public": ("note.pdf", pdf(SECOND))})
        client.force_login(cast.host_secretariat)
        (page,) = changes(client, note.case)
        assert page.context["difference"].passages

    def test_are_told_cell_by_cell_and_then_counted(self, client, cast, monkeypatch):
        monkeypatch.setattr(documents, "MOST_CELLS_SHOWN", 2)
        before = {"public": ("n.xlsx", xlsx({"Sums": [["EF", 0.797], ["ER", "=B1*2"], ["a"], ["b"]]}))}
        after = {"public": ("n.xlsx", xlsx({"Sums": [["EF", 0.8], ["ER", "=B1*3"], ["c"], ["d"]]}))}
        note = resubmitted(cast, before, after)
        client.force_login(cast.host_secretariat)
        (page,) = changes(client, note.case)
        assert [(c.cell, c.before, c.after) for c in page.context["difference"].cells] == [
            ("B1", "0.797", "0.8"), ("B2", "=B1*2", "=B1*3")
        ]  # fmt: skip
        assert "2 more cells differ." in page.content.decode()

    @pytest.mark.parametrize(
        ("before", "after", "said"),
        [
            (("n.pdf", b"%PDF-1.7 broken"), ("n.pdf", pdf(SECOND)), "broken"),
            (("n.xlsx", b"broken"), ("n.xlsx", xlsx({"S": [[1]]})), "broken"),
            (("n.docx", docx(FIRST)), ("n.pdf", pdf(SECOND)), "different kinds"),
            (("n.csv", b"a,b"), ("n.csv", b"a,c"), "not compared"),
            (("n.pdf", pdf("")), ("n.pdf", pdf(SECOND)), "no text"),
        ],
    )
    def test_say_why_where_they_cannot_be_told(self, client, cast, before, after, said):
        note = resubmitted(cast, {"public": before}, {"public": after})
        client.force_login(cast.host_secretariat)
        (page,) = changes(client, note.case)
        assert said in page.content.decode()

    def test_are_not_compared_where_it_would_take_minutes(self, client, cast, monkeypatch):
        monkeypatch.setattr(documents, "MOST_PARAGRAPHS", 1)
        before = {"public": ("n.docx", docx("One.", FIRST))}
        note = resubmitted(cast, before, {"public": ("n.docx", docx("One.", SECOND))})
        client.force_login(cast.host_secretariat)
        (page,) = changes(client, note.case)
        assert "too long to be compared" in page.content.decode()

    def test_of_a_file_that_stayed_the_same_are_not_offered(self, client, cast):
        same = {"public": ("note.docx", docx(FIRST))}
        note = resubmitted(cast, same, same)
        client.force_login(cast.host_secretariat)
        assert changes(client, note.case) == []


@pytest.mark.django_db(transaction=True)
class TestChangesOfRestrictedFiles:
    @pytest.fixture
    def note(self, cast) -> ProjectIdeaNote:
        before = {"public": ("open.pdf", pdf("Open one")), "restricted": ("secret.docx", docx(FIRST))}
        after = {"public": ("open.pdf", pdf("Open two")), "restricted": ("secret.docx", docx(SECOND))}
        return resubmitted(cast, before, after)

    def test_are_for_those_who_may_open_the_files(self, client, cast, note):
        for person in (cast.participant, cast.colleague, cast.host_secretariat, cast.japan_secretariat):
            client.force_login(person)
            (page,) = changes(client, note.case, "restricted")
            assert "replaced." in page.content.decode()

    def test_open_with_the_declaration_that_there_is_no_conflict(self, client, cast, note):
        projects.idea_note_accept(note_id=note.pk, actor=cast.host_secretariat, at=timezone.now())
        decision, address = open_decision(cast, at=timezone.now()), self.address_of(note)
        for person, conflict in ((cast.host_member, ""), (cast.japan_member, "My brother's.")):
            client.force_login(person)
            assert changes(client, note.case, "restricted") == []
            assert client.get(address).status_code == 404
            declared(decision, person, at=timezone.now(), conflict=conflict)
            assert len(changes(client, note.case, "restricted")) == (0 if conflict else 1)
            assert client.get(address).status_code == (404 if conflict else 200)
            assert len(changes(client, note.case, "public")) == 1
            paper = text_of(client.get(f"/cases/{note.case.number}/dossier.pdf").content)
            assert ("secret.docx" in paper, "open.pdf" in paper) == (not conflict, True)

    def test_are_hidden_from_everybody_else(self, client, cast, note):
        projects.idea_note_accept(note_id=note.pk, actor=cast.host_secretariat, at=timezone.now())
        address = self.address_of(note)
        assert client.get(address).status_code == 404
        client.force_login(cast.tpe)
        assert client.get(address).status_code == 404

    def address_of(self, note: ProjectIdeaNote) -> str:
        restricted = Rendition.objects.get(document=note.document_id, access="restricted")
        return f"/cases/{note.case.number}/dossier/changes/{restricted.pk}/"


@pytest.mark.django_db(transaction=True)
class TestChangesOfRules:
    def test_are_told_against_the_version_in_force(self, client, cast):
        with transaction.atomic():
            old = SimpleUploadedFile("pcp1.docx", docx("Seven days."))
            rulebook.adopted(cast, ("PCP", "01.0", ""), file=old)
            new = SimpleUploadedFile("pcp2.docx", docx("Ten days."))
            rule_set = rulebook.proposed(cast, ("PCP", "02.0", ""), file=new)
        client.force_login(cast.host_chair)
        (page,) = changes(client, rule_set.case)
        assert "Ten" in page.content.decode()
        client.logout()
        address = page.request["PATH_INFO"]
        assert client.get(address).status_code == 404


@pytest.mark.django_db
class TestChangesOfARevisedMethodology:
    def test_are_told_against_the_version_that_is_revised(self, client):
        people = assemble("MN")
        sheets = [SimpleUploadedFile("s.xlsx", xlsx({"S": [[number]]})) for number in (1, 2)]
        former = cycle.approved_methodology(people, files={"restricted": sheets[0]})
        revised = cycle.submitted_methodology(people, methodology=former.methodology, files={"restricted": sheets[1]})
        client.force_login(people.host_secretariat)
        (page,) = changes(client, revised.case, "restricted")
        assert [(c.cell, c.before, c.after) for c in page.context["difference"].cells] == [("A1", "1", "2")]
        client.force_login(people.host_chair)
        assert changes(client, revised.case, "restricted") == []
