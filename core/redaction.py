"""What a public file may still tell that its restricted twin keeps back.

A black box drawn over text leaves the text in the file, and so do white letters or an earlier version of a page. The
check reads the file as a browser does and looks whether each letter can be seen: where the page shows one colour only,
a letter hides. It names pages and counts, never the text.
"""

import re
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import pdfs

PDF = "application/pdf"
SCALE = 2  # pixels a point: 144 dpi, at which a letter of 6 pt is 12 pixels high
MARGIN = 2  # pixels around a letter; a full stop fills its own box
CONTRAST = 24  # of 255
FEW = 3  # letters that a page may hide: a line that touches a letter hides one
TELLING = ("Author", "Title", "Subject", "Keywords")
NAMES_AUTHOR = re.compile(rb"<dc:(creator|title|description)>\s*<rdf:(Seq|Alt|Bag)>\s*<rdf:li[^>]*>[^<\s]")
HARMLESS = {pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_WIDGET}


def faults(content: bytes, media_type: str) -> list[str]:
    """Return what is wrong with a public rendition that was made from a restricted one, as sentences; none if fit."""
    if media_type != PDF:
        return [_("Publish the version with parts made illegible as PDF: other files keep what was there before.")]
    try:
        with pdfs.opened(content) as document:
            return [*_of_pages(document), *_of_file(document, content)]
    except pypdfium2.PdfiumError:
        return [_("This PDF cannot be read, so nobody can check what it hides. Save it anew without a password.")]


def _of_pages(document: pypdfium2.PdfDocument) -> Iterator[str]:
    for number, page in enumerate(document, start=1):
        hidden = _letters_hidden(page)
        if hidden > FEW:
            yield ngettext(
                "Page %(page)s hides %(count)s letter that programs can read. Remove the text, do not cover it.",
                "Page %(page)s hides %(count)s letters that programs can read. Remove the text, do not cover it.",
                hidden,
            ) % {"page": number, "count": hidden}
        if _has_notes(page):
            yield _("Page %(page)s carries comments or attachments. Remove them.") % {"page": number}


def _letters_hidden(page: pypdfium2.PdfPage) -> int:
    text = page.get_textpage()
    if not text.count_chars():
        return 0
    seen = page.render(scale=SCALE, grayscale=True).to_pil()
    height = page.get_height()
    hidden = 0
    for place in range(text.count_chars()):
        if chr(pdfium.FPDFText_GetUnicode(text.raw, place)).isspace():
            continue
        left, bottom, right, top = text.get_charbox(place)
        if right <= left or top <= bottom:
            continue
        box = (
            int(left * SCALE) - MARGIN,
            int((height - top) * SCALE) - MARGIN,
            int(right * SCALE) + MARGIN + 1,
            int((height - bottom) * SCALE) + MARGIN + 1,
        )
        darkest, lightest = seen.crop(_inside(box, seen.size)).getextrema()
        hidden += lightest - darkest < CONTRAST
    return hidden


def _inside(box: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Keep a box on the page; a letter beside the page becomes one pixel at its edge, which shows one colour."""
    width, height = size
    left, top = min(max(0, box[0]), width - 1), min(max(0, box[1]), height - 1)
    return left, top, min(max(left + 1, box[2]), width), min(max(top + 1, box[3]), height)


def _has_notes(page: pypdfium2.PdfPage) -> bool:
    for place in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        note = pdfium.FPDFPage_GetAnnot(page.raw, place)
        kind = pdfium.FPDFAnnot_GetSubtype(note)
        pdfium.FPDFPage_CloseAnnot(note)
        if kind not in HARMLESS:
            return True
    return False


def _of_file(document: pypdfium2.PdfDocument, content: bytes) -> Iterator[str]:
    told = [name for name in TELLING if document.get_metadata_value(name).strip()]
    if told or NAMES_AUTHOR.search(content):
        yield _("The file's properties still say who wrote it and what it is (%(names)s). Empty them.") % {
            "names": ", ".join(told) or "XMP"
        }
    if document.count_attachments():
        yield _("The file carries other files inside. Remove them.")
    # A file that was saved "incrementally" holds its earlier versions; one for fast web view has two ends by design.
    if content.count(b"%%EOF") > (2 if b"/Linearized" in content[:1024] else 1):
        yield _("The file still holds an earlier version of itself. Save it anew as a new file.")
