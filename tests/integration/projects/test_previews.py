"""A look into a filed document, part by part, for whoever may open it."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from core import previews
from projects.models import ProjectIdeaNote
from tests.factories import ideas
from tests.factories.decisions import declared, open_decision
from tests.factories.files import docx, pdf, xlsx

pytestmark = pytest.mark.django_db


def pages(count: int, size: tuple[float, float] = (595, 842)) -> bytes:
    """Return a PDF of so many pages, each with its number."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size)
    for number in range(1, count + 1):
        canvas.drawString(20, 20, f"This is leaf {number}.")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


@pytest.fixture
def look(client, people):
    """File a document and return what the address of its preview answers."""

    def answer(name: str, content: bytes, query: str = "preview"):
        note = ProjectIdeaNote.objects.first() or ideas.filed(
            people, files={"public": SimpleUploadedFile(name, content)}
        )
        client.force_login(people.host_secretariat)
        return client.get(f"{reverse('projects:idea-note-document', args=[note.number, 'public'])}?{query}")

    return answer


class TestPreviewOfPdf:
    def test_shows_pages_some_at_a_time_with_their_words(self, look):
        page = look("note.pdf", pages(7))
        told = page.content.decode()
        assert [number for number, _words in page.context["preview"].pages] == [1, 2, 3, 4, 5]
        assert '<img src="?preview=5" alt="Page 5"' in told
        assert "This is leaf 5." in told
        assert "This is leaf 6." not in told
        assert "?preview=&amp;part=2" in told
        second = look("note.pdf", b"", "preview=&part=2")
        assert [number for number, _words in second.context["preview"].pages] == [6, 7]

    def test_draws_each_page_once(self, look, monkeypatch):
        previews.image_of.cache_clear()
        first = look("note.pdf", pages(2), "preview=2")
        assert first["Content-Type"] == "image/webp"
        assert Image.open(io.BytesIO(first.content)).size == (1000, 1416)
        assert look("note.pdf", b"", "preview=2").content == first.content
        assert previews.image_of.cache_info().misses == 1

    @pytest.mark.parametrize("size", [(14_400, 14_400), (20, 14_400), (14_400, 20)])
    def test_draws_no_image_larger_than_a_screen(self, look, size):
        image = Image.open(io.BytesIO(look("note.pdf", pages(1, size), "preview=1").content))
        assert image.size <= (previews.WIDTH, previews.HEIGHT)
        assert image.height <= previews.HEIGHT

    def test_has_no_page_beyond_the_last(self, look):
        for asked in ("3", "0", "999999"):
            assert look("note.pdf", pages(2), f"preview={asked}").status_code == 404
        beyond = look("note.pdf", b"", "preview=&part=9")
        assert [number for number, _words in beyond.context["preview"].pages] == [1, 2]

    def test_says_what_is_wrong_with_a_broken_one(self, look):
        page = look("note.pdf", b"%PDF-1.7 broken")
        assert page.status_code == 200
        assert "broken, or protected by a password" in page.content.decode()
        assert look("note.pdf", b"", "preview=1").status_code == 404


class TestPreviewOfOtherKinds:
    def test_shows_the_words_of_a_docx(self, look):
        page = look("note.docx", docx("One & two.", *(f"Paragraph {number}." for number in range(250))))
        assert "<p>One &amp; two.</p>" in page.content.decode()
        assert len(page.context["preview"].words) == previews.PARAGRAPHS
        assert len(look("note.docx", b"", "preview=&part=2").context["preview"].words) == 51

    def test_shows_the_cells_of_each_sheet(self, look):
        rows = [["Meter", "MWh"], *(["M1", number] for number in range(150))]
        page = look("note.xlsx", xlsx({"Readings": rows, "Sums": [["=SUM(1,2)"]]}))
        told, shown = page.content.decode(), page.context["preview"]
        assert (shown.columns, shown.rows[0], len(shown.rows)) == (["A", "B"], (1, ["Meter", "MWh"]), previews.ROWS)
        assert 'href="?preview&amp;sheet=2"' in told
        rest = look("note.xlsx", b"", "preview=&part=2").context["preview"]
        assert (rest.rows[0], rest.rows[-1]) == ((101, ["M1", "99"]), (151, ["M1", "149"]))
        assert "=SUM(1,2)" in look("note.xlsx", b"", "preview&sheet=2").content.decode()

    def test_says_where_columns_are_left_out(self, look):
        page = look("note.xlsx", xlsx({"Wide": [list(range(40))]}))
        assert len(page.context["preview"].columns) == previews.COLUMNS
        assert "Not all cells are shown here" in page.content.decode()

    def test_shows_a_csv_as_a_table(self, look):
        page = look("note.csv", '\ufeffmeter,month\nM1,"2025-01, all"\n'.encode())
        assert page.context["preview"].rows == [(1, ["meter", "month"]), (2, ["M1", "2025-01, all"])]

    @pytest.mark.parametrize(("name", "content"), [("n.docx", b"broken"), ("n.xlsx", b"broken")])
    def test_say_what_is_wrong_with_a_broken_one(self, look, name, content):
        assert "broken" in look(name, content).content.decode()

    @pytest.mark.parametrize("query", ["preview=&part=x", "preview=&part=-1", "preview=&sheet=²", "preview=x"])
    def test_take_any_address(self, look, query):
        assert look("note.pdf", pages(1), query).status_code == 200


class TestPreview:
    def test_is_offered_beside_the_file(self, client, people):
        note = ideas.filed(people, files={"public": SimpleUploadedFile("note.pdf", pdf("Words"))})
        client.force_login(people.participant)
        address = reverse("projects:idea-note-document", args=[note.number, "public"])
        for page in (note.get_absolute_url(), f"/cases/{note.case.number}/dossier/"):
            told = client.get(page).content.decode()
            assert f'href="{address}"' in told
            assert f'href="{address}?preview"' in told

    def test_opens_to_those_only_who_may_open_the_file(self, client, people):
        files = {
            "public": SimpleUploadedFile("open.pdf", pdf("Open")),
            "restricted": SimpleUploadedFile("secret.pdf", pdf("Quietness")),
        }
        note = ideas.considered(people, files=files)
        decision = open_decision(people)
        address = reverse("projects:idea-note-document", args=[note.number, "restricted"])

        def answers() -> list[int]:
            got = [client.get(f"{address}{query}") for query in ("", "?preview", "?preview=1")]
            assert all(b"".join(answer) for answer in got)  # read to the end: that closes the file
            return [answer.status_code for answer in got]

        assert answers() == [404, 404, 404]
        client.force_login(people.participant)
        assert answers() == [200, 200, 200]
        client.force_login(people.host_member)
        assert answers() == [403, 403, 403]
        declared(decision, people.host_member)
        assert answers() == [200, 200, 200]
        assert "Quietness" in client.get(f"{address}?preview").content.decode()
        declared(decision, people.host_member, conflict="My brother's.")
        assert answers() == [403, 403, 403]
