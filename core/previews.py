"""A look into a filed document without a program for it: pages as images, words, cells. All of it in parts and bounded.

Images stay in the memory of the process that made them, some at a time; nothing of a document is written elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

import pypdfium2
from django.core.files.storage import storages
from openpyxl.utils import get_column_letter

from core import pdfs
from core.differences import paragraphs
from core.services import content_path
from core.texts import CSV, DOCX, PDF, XLSX, Book, Sheet, Unreadable, cells_of, cells_of_csv, text_of, words_of

PAGES, PARAGRAPHS, ROWS, COLUMNS = 5, 200, 100, 30  # shown at a time
WIDTH, HEIGHT = 1_000, 2_000  # pixels of an image at most
IMAGES_KEPT = 48  # of some hundred kilobytes each


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One part of a document: pages with their words, paragraphs, or the rows of a sheet.

    `part` counts from 1 to `parts`; not `whole` where cells are left out at the right or at the end.
    """

    part: int
    parts: int
    pages: Sequence[tuple[int, str]] = ()
    words: Sequence[str] = ()
    sheets: Sequence[str] = ()
    sheet: int = 1
    columns: Sequence[str] = ()
    rows: Sequence[tuple[int, Sequence[str]]] = ()
    whole: bool = True

    @property
    def earlier(self) -> int:
        """The part before."""
        return self.part - 1

    @property
    def later(self) -> int:
        """The part after."""
        return self.part + 1


def preview_of(media_type: str, sha256: str, *, part: int, sheet: int) -> Preview:
    """Return a part of a stored document; numbers beyond it mean its last part. Raises Unreadable."""
    content = _stored(sha256)
    if media_type == PDF:
        return _pages(content, part)
    if media_type == DOCX:
        words = paragraphs(text_of(DOCX, content))
        part, parts = _place(part, len(words), PARAGRAPHS)
        return Preview(part=part, parts=parts, words=words[(part - 1) * PARAGRAPHS : part * PARAGRAPHS])
    if media_type in (XLSX, CSV):
        return _rows(cells_of(content) if media_type == XLSX else cells_of_csv(content), part, sheet)
    raise Unreadable(media_type)


@lru_cache(maxsize=IMAGES_KEPT)
def image_of(sha256: str, number: int) -> bytes:
    """Return a page of a stored PDF, counted from 1, as WebP. Raises Unreadable, also where there is no such page."""
    try:
        with pdfs.opened(_stored(sha256)) as document:
            if not 1 <= number <= len(document):
                raise Unreadable(str(number))
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(WIDTH / max(width, 1), HEIGHT / max(height, 1))
            image = BytesIO()
            page.render(scale=scale).to_pil().convert("RGB").save(image, "WEBP", quality=80)
    except pypdfium2.PdfiumError as problem:
        raise Unreadable(str(number)) from problem
    return image.getvalue()


def _stored(sha256: str) -> bytes:
    with storages["documents"].open(content_path(sha256)) as stored:
        content: bytes = stored.read()
    return content


def _pages(content: bytes, part: int) -> Preview:
    try:
        with pdfs.opened(content) as document:
            part, parts = _place(part, len(document), PAGES)
            numbers = range((part - 1) * PAGES + 1, min(part * PAGES, len(document)) + 1)
            return Preview(part=part, parts=parts, pages=[(n, words_of(document[n - 1]).strip()) for n in numbers])
    except pypdfium2.PdfiumError as problem:
        text_of(PDF, content)  # says why it cannot be read
        raise Unreadable from problem


def _rows(book: Book, part: int, chosen: int) -> Preview:
    chosen = min(max(chosen, 1), max(len(book.sheets), 1))
    sheet = book.sheets[chosen - 1] if book.sheets else Sheet("")
    height, width = (max((place[axis] for place in sheet.cells), default=0) for axis in (0, 1))
    part, parts = _place(part, height, ROWS)
    columns = range(1, min(width, COLUMNS) + 1)
    numbers = range((part - 1) * ROWS + 1, min(part * ROWS, height) + 1)
    return Preview(
        part=part,
        parts=parts,
        sheets=[each.name for each in book.sheets],
        sheet=chosen,
        columns=[get_column_letter(column) for column in columns],
        rows=[(row, [sheet.cells.get((row, column), "") for column in columns]) for row in numbers],
        whole=book.whole and width <= COLUMNS,
    )


def _place(part: int, length: int, size: int) -> tuple[int, int]:
    parts = max(1, -(-length // size))
    return min(max(part, 1), parts), parts
