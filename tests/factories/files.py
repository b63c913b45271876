"""Small files as people send them."""

import io
from collections.abc import Callable

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
