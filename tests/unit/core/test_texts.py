"""The words of filed documents."""

import zipfile
from io import BytesIO

import pytest
from reportlab.pdfgen.canvas import Canvas

from core.texts import DOCX, PDF, Unreadable, text_of
from tests.factories.files import pdf

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str, *, name: str = "word/document.xml", before: str = "") -> bytes:
    """Return a DOCX with this body."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, f"{before}<w:document {NAMESPACE}><w:body>{body}</w:body></w:document>")
    return file.getvalue()


class TestTextOf:
    def test_reads_runs_of_paragraphs(self) -> None:
        body = (
            "<w:p><w:r><w:t>Within </w:t></w:r><w:r><w:t>ten</w:t><w:tab/><w:t>days.</w:t></w:r></w:p>"
            "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r></w:p><w:p><w:r><w:t>合同委員会</w:t></w:r></w:p>"
        )
        assert text_of(DOCX, docx(body)).split("\n") == ["Within ten days.", "", "合同委員会"]

    def test_reads_sentences_of_a_pdf(self) -> None:
        def more(canvas: Canvas) -> None:
            canvas.drawString(72, 740, "days of the filing.")
            canvas.drawString(72, 720, "A second paragraph.")

        assert text_of(PDF, pdf("Within ten", more)).splitlines() == [
            "Within ten days of the filing.",
            "A second paragraph.",
        ]

    def test_says_nothing_of_other_kinds(self) -> None:
        assert text_of("text/csv", b"a,b") == ""

    def test_refuses_a_pdf_that_is_none(self) -> None:
        with pytest.raises(Unreadable):
            text_of(PDF, b"text")

    @pytest.mark.parametrize(
        "content",
        [
            b"no archive",
            docx("", name="other.xml"),
            docx("<w:p>"),
            docx("<w:p/>", before='<!DOCTYPE x [<!ENTITY a "aaaa">]>'),
        ],
    )
    def test_refuses_what_is_broken_or_dangerous(self, content: bytes) -> None:
        with pytest.raises(Unreadable):
            text_of(DOCX, content)
