"""Extract what must be translated, keep the Japanese catalogue complete, compile it; no GNU gettext needed.

python tools/messages.py            extract, update locale/ja, compile
python tools/messages.py --check    fail when something is untranslated, unused, or not compiled
"""

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PACKAGES = ("core", "parties", "methodologies", "projects", "registry", "committee", "article6", "jcm")
CATALOGUE = ROOT / "locale" / "ja" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


# The header says nothing of when and with what the catalogue was made, so that it is the same every time.
HEADER = {"Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}

Words = str | tuple[str, ...]


class Steady(Catalog):
    """A catalogue that is written alike whenever it holds the same."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """What the header says."""
        return [(name, value) for name, value in super().mime_headers if name in HEADER]


def _python_of(template: str) -> str:
    """Return the template as Python-like text with one call per translation."""
    from django.utils.translation.template import templatize  # noqa: PLC0415 (needs no settings)

    # The text between the calls is noise whose indentation Python would refuse.
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def python_messages(source: bytes) -> Iterator[tuple[Words, str | None]]:
    """Return (message, context) of every call; Babel's own reader overlooks calls inside f-strings."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in KEYWORDS:
                yield from _message(node.args, KEYWORDS[name] or (1,))


def _message(arguments: list[ast.expr], places: Sequence[int | tuple[int, str]]) -> Iterator[tuple[Words, str | None]]:
    numbers = [place[0] if isinstance(place, tuple) else place for place in places]
    values = [getattr(arguments[number - 1], "value", None) for number in numbers if number <= len(arguments)]
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) == len(numbers):
        context = texts.pop(0) if isinstance(places[0], tuple) else None
        yield (texts[0] if len(texts) == 1 else tuple(texts)), context


def template_messages(template: str) -> Iterator[tuple[Words, str | None]]:
    """Return (message, context) of every translation in a template."""
    text = io.BytesIO(_python_of(template).encode())
    for _line, message, _comments, context in extract("python", text, keywords=KEYWORDS):
        yield message, context


def sources() -> Iterator[tuple[str, Words, str | None]]:
    """Return (path, message, context) of everything that people read."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                for message, context in python_messages(path.read_bytes()):
                    yield str(path.relative_to(ROOT)), message, context
    for path in sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.txt")):
        for message, context in template_messages(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(ROOT)), message, context


def updated() -> Catalog:
    """Return every message in the sources with its translation, where there is one; no line numbers, so that
    moving code changes nothing.
    """
    with CATALOGUE.open("rb") as file:
        known = read_po(file, locale="ja")
    catalogue = Steady(locale="ja", charset="utf-8", header_comment="", fuzzy=False)
    for path, message, context in sources():
        flags = ["python-format"] if PLACEHOLDER.search(str(message)) else []
        old = known.get(message, context)
        string = old.string if old and isinstance(old.id, str) == isinstance(message, str) else None
        catalogue.add(message, string, locations=[(path, 0)], context=context, flags=flags)
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    """Return the catalogue as the text that is committed."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, omit_header=False, include_lineno=False, sort_output=True)
    return buffer.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """Return the compiled catalogue."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def faults(catalogue: Catalog) -> list[str]:
    """Return what is wrong with the translations: missing ones, and placeholders that differ."""
    messages: list[Message] = [message for message in catalogue if message.id]
    wrong = [f"untranslated: {message.id!r}" for message in messages if not _text(message.string)]
    for message in messages:
        wanted, given = (set(PLACEHOLDER.findall(_text(text))) for text in (message.id, message.string))
        if _text(message.string) and not given <= wanted:
            wrong.append(f"unknown placeholder {given - wanted} in the translation of {message.id!r}")
    return wrong


def _text(value: str | tuple[str, ...] | list[str] | None) -> str:
    return value if isinstance(value, str) else " ".join(value or ()).strip()


def main() -> int:
    """Update the catalogue, or check it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    catalogue = updated()
    text, compiled = as_po(catalogue), as_mo(catalogue)
    wrong = faults(catalogue)
    if check:
        if text != CATALOGUE.read_bytes():
            wrong.append("locale/ja is not up to date: run `python3 run.py messages`")
        mo_file = CATALOGUE.with_suffix(".mo")
        if not mo_file.exists() or mo_file.read_bytes() != compiled:
            wrong.append("locale/ja is not compiled: run `python3 run.py messages`")
    else:
        CATALOGUE.write_bytes(text)
        CATALOGUE.with_suffix(".mo").write_bytes(compiled)
    print("\n".join(wrong) or f"{len(catalogue)} messages, all translated", file=sys.stderr)  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
