"""Small files as people send them."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from html import escape

from openpyxl import Workbook
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


def pdf(text: str, draw: Callable[[Canvas], None] | None = None, **properties: str) -> bytes:
    """Return a PDF of one page with a line of text and what else is drawn, and with no properties but these."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=True)
    for name in ("Author", "Title", "Subject", "Keywords", "Creator", "Producer"):
        getattr(canvas, f"set{name}")(properties.get(name, ""))
    canvas.setFont("Helvetica", 11)
    canvas.drawString(72, 760, text)
    if draw is not None:
        draw(canvas)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Return a workbook with these rows on each sheet; a text that begins with = is a formula."""
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def docx(*paragraphs: str) -> bytes:
    """Return a DOCX with these paragraphs."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>")
    return file.getvalue()
