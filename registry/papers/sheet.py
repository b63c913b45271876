"""Pages for every paper: fonts that PDF readers bring, text that is never mark-up, the same bytes each time.

Latin text is set in Helvetica, everything else in the Japanese font that PDF readers know by name (JIS X 0208, which
has Cyrillic and Greek too). Letters that neither has, such as Vietnamese ones, lose their marks; the page on the web
has the name in full.
"""

import unicodedata
from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import groupby
from typing import Any

import segno
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table, TableStyle

LATIN, LATIN_BOLD, JAPANESE = "Helvetica", "Helvetica-Bold", "HeiseiKakuGo-W5"
INK, MUTED, LINE, BRAND = (colors.HexColor(code) for code in ("#1a1a1c", "#5b5b5f", "#cccccc", "#00118f"))
MARGIN = 22 * mm
SMALL, GAP = 8, 4  # points: the size of text in tables, and the space between columns
FRAME = 6  # points that reportlab leaves around the text of a page
# Letters with a stroke do not come apart into a letter and its mark.
STROKES = str.maketrans("ĐđŁłĦħŦŧı", "DdLlHhTti")
pdfmetrics.registerFont(UnicodeCIDFont(JAPANESE))


def marked(text: object, *, bold: bool = False) -> str:
    """Return the text as reportlab's mark-up, each run in a font that has its letters."""
    latin = LATIN_BOLD if bold else LATIN
    shown = "".join(_drawable(letter) for letter in unicodedata.normalize("NFC", str(text)))
    runs = groupby(shown, key=lambda letter: latin if _is_latin(letter) else JAPANESE)
    return "".join(f'<font name="{font}">{_escaped("".join(letters))}</font>' for font, letters in runs)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _is_latin(letter: str) -> bool:
    return _encodes(letter, "cp1252")


def _encodes(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _drawable(letter: str) -> str:
    """Return the letter, without its marks where no font has it, or a question mark."""
    if unicodedata.category(letter).startswith("C"):
        return " "
    if _is_latin(letter) or _encodes(letter, "cp932"):
        return letter
    plain = "".join(
        part for part in unicodedata.normalize("NFKD", letter.translate(STROKES)) if not unicodedata.combining(part)
    )
    return plain if plain and all(_is_latin(part) for part in plain) else "?"


def style(size: float, *, colour: Any = INK, space: float = 0, align: int = 0) -> ParagraphStyle:
    """Return a style of text; `wordWrap` lets Japanese lines break between any two letters."""
    return ParagraphStyle(
        f"s{size}", fontName=LATIN, fontSize=size, leading=size * 1.4, textColor=colour, spaceAfter=space,
        alignment=align, splitLongWords=1,
    )  # fmt: skip


def text(words: object, size: float = 9.5, *, bold: bool = False, **more: Any) -> Paragraph:
    """Return a paragraph of plain text."""
    return Paragraph(marked(words, bold=bold), style(size, **more))


def facts(rows: Sequence[tuple[str, object]], width: float) -> Table:
    """Return labels beside their values."""
    table = Table(
        [[text(label, colour=MUTED), text(value)] for label, value in rows], colWidths=[width * 0.3, width * 0.7]
    )
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0),
                               ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)]))  # fmt: skip
    return table


def listing(head: Sequence[str], rows: Sequence[Sequence[object]], widths: Sequence[float], numeric: int) -> Table:
    """Return a table whose head repeats on every page; the last `numeric` columns are figures.

    Latin text that fits into its column is drawn as it is: a thousand paragraphs would take seconds.
    """
    first = len(head) - numeric
    aligned = [2 if column >= first else 0 for column in range(len(head))]
    top = [text(cell, SMALL, bold=True, align=align) for cell, align in zip(head, aligned, strict=True)]
    shape = list(zip(widths, aligned, strict=True))
    body = [[_cell(str(cell), *shape[column]) for column, cell in enumerate(row)] for row in rows]
    table = Table([top, *body], colWidths=list(widths), repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), LATIN, SMALL),
                ("TEXTCOLOR", (0, 0), (-1, -1), INK),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("ALIGN", (first, 0), (-1, -1), "RIGHT"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, BRAND),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), GAP),
                ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return table


def _cell(words: str, width: float, align: int) -> Any:
    if all(map(_is_latin, words)) and pdfmetrics.stringWidth(words, LATIN, SMALL) <= width - GAP:
        return words
    return text(words, SMALL, align=align)


class QrCode(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """A QR code that leads to an address; drawn as squares, so it prints sharp at any size."""

    def __init__(self, address: str, size: float) -> None:
        super().__init__()
        self.modules = [list(row) for row in segno.make(address, error="m", micro=False).matrix]
        self.width = self.height = size

    def draw(self) -> None:
        """Draw each row as runs of dark modules."""
        unit = self.width / len(self.modules)
        self.canv.setFillColor(colors.black)
        for line, row in enumerate(self.modules):
            start = 0
            for dark, run in groupby(row):
                length = len(list(run))
                if dark:
                    bottom = self.height - (line + 1) * unit
                    self.canv.rect(start * unit, bottom, length * unit, unit, stroke=0, fill=1)
                start += length


def pdf(story: list[Flowable], *, title: str, author: str, language: str, foot: Callable[[int], str]) -> bytes:
    """Return the pages as a PDF that has the same bytes whenever it is made; `foot` gives the text below page n."""
    target = BytesIO()

    def below(canvas: Canvas, _document: SimpleDocTemplate) -> None:
        canvas.setFillColor(BRAND)
        canvas.rect(0, A4[1] - 4 * mm, A4[0], 4 * mm, stroke=0, fill=1)
        line = text(foot(canvas.getPageNumber()), 7.5, colour=MUTED)
        line.wrapOn(canvas, A4[0] - 2 * MARGIN, 20 * mm)
        line.drawOn(canvas, MARGIN, 9 * mm)

    document = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=MARGIN - FRAME, rightMargin=MARGIN - FRAME, topMargin=20 * mm,
        bottomMargin=20 * mm, title=title, author=author, lang=language, invariant=1,
    )  # fmt: skip
    document.build(story, onFirstPage=below, onLaterPages=below)
    return target.getvalue()
