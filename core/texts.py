"""What a filed document says: the words of PDF and DOCX, the cells of XLSX.

Nothing in a file is carried out or fetched: no macro, no link to another workbook, no entity. What is read is bounded,
so that a small file which unpacks to a large one is refused.
"""

import csv
import re
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from io import BytesIO, StringIO
from typing import Any
from xml.parsers import expat

import pypdfium2
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from core import pdfs

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
INSIDE_A_SENTENCE = re.compile(r"(?<![.:;。])\n(?=\S)")
BODY = "word/document.xml"
# The body of a document of some hundred pages; more is no rule that a committee adopts.
MOST_BYTES = 20 * 1024 * 1024
MOST_PAGES = 1_000
# A workbook unpacked, and what is looked at in it: years of hourly readings of some meters.
MOST_BOOK_BYTES = 100 * 1024 * 1024
MOST_COLUMNS = 256
MOST_CELLS = 500_000
MACROS = "xl/vbaProject.bin"


class Unreadable(ValueError):
    """The file is not the kind of document that its name says, or too much; its text is for the reader."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: what stands in its cells by (row, column), both from 1; formulas as they are written."""

    name: str
    cells: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a workbook; not `whole` where it has more columns or cells than are read."""

    sheets: list[Sheet]
    whole: bool


def address_of(row: int, column: int) -> str:
    """Return how a spreadsheet calls a cell: (7, 2) is B7."""
    return f"{get_column_letter(column)}{row}"


def text_of(media_type: str, content: bytes) -> str:
    """Return the text, one paragraph a line; "" for kinds of files whose words cannot be read.

    Raises Unreadable for a broken file.
    """
    readers = {DOCX: _docx, PDF: _pdf}
    return readers[media_type](content) if media_type in readers else ""


def cells_of(content: bytes) -> Book:
    """Return what stands in the cells of an XLSX file. Raises Unreadable for a broken, dangerous or too large one."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_unpacked(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells what else is in the file that it does not read
            book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
            try:
                return _read(book)
            finally:
                book.close()
    except Unreadable:
        raise
    except Exception as problem:  # a broken file stops the reader in any place
        raise _broken() from problem


def cells_of_csv(content: bytes) -> Book:
    """Return what stands in the cells of a CSV file. Raises Unreadable for one that is none."""
    try:
        return _bounded([("", csv.reader(StringIO(content.decode("utf-8-sig", errors="replace"))))])
    except csv.Error as problem:
        raise _broken() from problem


def _check_unpacked(archive: zipfile.ZipFile) -> None:
    if sum(part.file_size for part in archive.infolist()) > MOST_BOOK_BYTES:
        raise _too_large()
    if MACROS in archive.namelist():
        raise Unreadable(_("The workbook has macros, so it is not read."))


def _read(book: Any) -> Book:
    sheets = []
    for worksheet in book.worksheets:
        worksheet.reset_dimensions()  # what a file says of its own size may be wrong
        sheets.append((worksheet.title, worksheet.iter_rows(values_only=True)))
    return _bounded(sheets)


def _bounded(sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]]) -> Book:
    book, left, whole = list[Sheet](), MOST_CELLS, True
    for name, rows in sheets:
        sheet = Sheet(name)
        book.append(sheet)
        for row, cells in enumerate(rows, start=1):
            left -= 1 + len(cells)  # an empty row costs time too
            if left < 0:
                return Book(book, whole=False)
            whole = whole and len(cells) <= MOST_COLUMNS
            shown = enumerate(cells[:MOST_COLUMNS], start=1)
            sheet.cells.update({(row, column): _shown(value) for column, value in shown if value not in (None, "")})
    return Book(book, whole)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, (date, time)):
        return value.isoformat().removesuffix("T00:00:00")  # a day
    return str(getattr(value, "text", value))  # the formula of a range


def _broken() -> Unreadable:
    return Unreadable(_("The file is broken, or protected by a password."))


def _too_large() -> Unreadable:
    return Unreadable(_("The file is too large to be shown."))


def _pdf(content: bytes) -> str:
    """Lines of a page are no paragraphs: a paragraph ends where a line ends a sentence."""
    try:
        with pdfs.opened(content) as document:
            if len(document) > MOST_PAGES:
                raise Unreadable(_("The document has more than %(most)s pages.") % {"most": MOST_PAGES})
            pages = [words_of(page) for page in document]
    except pypdfium2.PdfiumError as problem:
        raise _broken() from problem
    return INSIDE_A_SENTENCE.sub(" ", "\n".join(pages)).strip()


def words_of(page: pypdfium2.PdfPage) -> str:
    """Return the lines of a page."""
    words: str = page.get_textpage().get_text_bounded()
    return words.replace("\r", "")


def _docx(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if archive.getinfo(BODY).file_size > MOST_BYTES:
                raise _too_large()
            body = archive.read(BODY)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError) as problem:
        raise _broken() from problem
    return _words(body)


def _words(body: bytes) -> str:
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reader.words, reader.declared
    try:
        parser.Parse(body, True)  # noqa: FBT003 (expat's own signature)
    except expat.ExpatError as problem:
        raise _broken() from problem
    return "".join(reader.told).strip()


class _Reader:
    """Collects the runs of text (w:t); a paragraph (w:p) ends a line, a break or a tab parts words."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.inside = False

    def start(self, name: str, _attributes: object) -> None:
        self.inside = name == "w:t"
        if name in ("w:br", "w:tab"):
            self.told.append(" ")

    def end(self, name: str) -> None:
        self.inside = False
        if name == "w:p":
            self.told.append("\n")

    def words(self, text: str) -> None:
        if self.inside:
            self.told.append(text)

    def declared(self, *_declaration: object) -> None:
        raise _broken()  # such documents have none; entities could blow them up
