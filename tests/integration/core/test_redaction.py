"""What a public file may still tell that its restricted twin keeps back."""

import pytest
from reportlab.pdfgen.canvas import Canvas

from core import redaction
from tests.factories.files import pdf

PDF = "application/pdf"
SECRET = "Contract price 41 million"


LINE = "Emissions are measured monthly. l I . , - _ | i 1 (a) = 0.814 tCO2/MWh"


def nothing(_canvas: Canvas) -> None: ...


def covered(canvas: Canvas) -> None:
    canvas.drawString(72, 700, SECRET)
    canvas.rect(70, 695, 200, 16, fill=1, stroke=0)


def white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(72, 700, SECRET)


def invisible(canvas: Canvas) -> None:
    text = canvas.beginText(72, 700)
    text.setTextRenderMode(3)
    text.textLine(SECRET)
    canvas.drawText(text)


def outside(canvas: Canvas) -> None:
    canvas.drawString(-400, 700, SECRET)


def white_on_black(canvas: Canvas) -> None:
    canvas.rect(70, 695, 200, 16, fill=1, stroke=0)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(72, 700, "Readable heading")


def box_alone(canvas: Canvas) -> None:
    canvas.rect(70, 695, 200, 16, fill=1, stroke=0)


def turned(canvas: Canvas) -> None:
    canvas.rotate(90)
    canvas.drawString(300, -300, "Turned by ninety degrees")


def tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 6)
    canvas.drawString(72, 700, "1. Small print at the foot of a page, i.e. 6 pt; l'été; Ill.")


class TestRedaction:
    @pytest.mark.parametrize("draw", [nothing, white_on_black, box_alone, turned, tiny])
    def test_accepts_what_everybody_sees(self, draw):
        assert redaction.faults(pdf(LINE, draw), PDF) == []

    @pytest.mark.parametrize("draw", [covered, white, invisible, outside])
    def test_finds_letters_that_nobody_sees(self, draw):
        (told,) = redaction.faults(pdf(LINE, draw), PDF)
        assert told.startswith("Page 1 hides")
        assert SECRET not in told

    @pytest.mark.parametrize("name", ["Author", "Title", "Subject", "Keywords"])
    def test_finds_properties(self, name):
        (told,) = redaction.faults(pdf(LINE, **{name: SECRET}), PDF)
        assert name in told
        assert SECRET not in told

    def test_finds_comments(self):
        (told,) = redaction.faults(
            pdf(LINE, lambda canvas: canvas.textAnnotation(SECRET, Rect=[72, 600, 90, 620])), PDF
        )
        assert "comments" in told

    def test_accepts_links(self):
        assert (
            redaction.faults(pdf(LINE, lambda canvas: canvas.linkURL("https://example.org", (72, 600, 90, 620))), PDF)
            == []
        )

    def test_finds_an_earlier_version(self):
        file = pdf(LINE)
        (told,) = redaction.faults(file + b"\n" + file[file.rindex(b"xref") :], PDF)
        assert "earlier version" in told

    @pytest.mark.parametrize("content", [b"", b"%PDF-1.7 nothing", b"PK\x03\x04"])
    def test_refuses_what_cannot_be_read(self, content):
        assert len(redaction.faults(content, PDF)) == 1

    def test_takes_no_other_kind_of_file(self):
        assert len(redaction.faults(b"a,b\n", "text/csv")) == 1
