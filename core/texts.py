"""The words of a filed document, as far as they can be read without other programs."""

import re
import zipfile
from io import BytesIO
from xml.parsers import expat

import pypdfium2

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
INSIDE_A_SENTENCE = re.compile(r"(?<![.:;。])\n(?=\S)")
BODY = "word/document.xml"
# The body of a document of some hundred pages; more is no rule that a committee adopts.
MOST_BYTES = 20 * 1024 * 1024


class Unreadable(ValueError):
    """The file is not the kind of document that its name says."""


def text_of(media_type: str, content: bytes) -> str:
    """Return the text, one paragraph a line; "" for kinds of files whose words cannot be read.

    Raises Unreadable for a broken file.
    """
    readers = {DOCX: _docx, PDF: _pdf}
    return readers[media_type](content) if media_type in readers else ""


def _pdf(content: bytes) -> str:
    """Lines of a page are no paragraphs: a paragraph ends where a line ends a sentence."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as problem:
        raise Unreadable("PDF") from problem
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return INSIDE_A_SENTENCE.sub(" ", "\n".join(pages).replace("\r", "")).strip()


def _docx(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if archive.getinfo(BODY).file_size > MOST_BYTES:
                raise Unreadable(BODY)
            body = archive.read(BODY)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError) as problem:
        raise Unreadable(BODY) from problem
    return _words(body)


def _words(body: bytes) -> str:
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reader.words, reader.declared
    try:
        parser.Parse(body, True)  # noqa: FBT003 (expat's own signature)
    except expat.ExpatError as problem:
        raise Unreadable(BODY) from problem
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
        raise Unreadable("a document type")  # such documents have none; entities could blow them up
