"""Extract what must be translated, keep the Japanese catalogue complete, compile it; no GNU gettext needed.

python tools/messages.py            extract, update locale/ja, compile
python tools/messages.py --check    fail when something is untranslated, unused, or not compiled
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PACKAGES = ("core", "parties", "methodologies", "projects", "registry", "committee", "article6", "jcm")
CATALOGUE = ROOT / "locale" / "ja" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def _python_of(template: str) -> str:
    """Return the template as Python-like text with one call per translation."""
    from django.utils.translation.template import templatize  # noqa: PLC0415 (needs no settings)

    # The text between the calls is noise whose indentation Python would refuse.
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def sources() -> Iterator[tuple[str, bytes]]:
    """Return (path, text as Python) of everything that people read."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_bytes()
    for path in sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.txt")):
        yield str(path.relative_to(ROOT)), _python_of(path.read_text(encoding="utf-8")).encode()


def extracted() -> Catalog:
    """Return every message in the sources, without line numbers, so that moving code changes nothing."""
    found = Catalog(project="JCM Registry", charset="utf-8")
    for path, text in sources():
        for _line, message, _comments, context in extract("python", io.BytesIO(text), keywords=KEYWORDS):
            flags = ["python-format"] if PLACEHOLDER.search(str(message)) else []
            found.add(message, locations=[(path, 0)], context=context, flags=flags)
    return found


def updated() -> Catalog:
    """Return the catalogue with what is new and without what is gone."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="ja")
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    """Return the catalogue as the text that is committed."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, omit_header=False, include_lineno=False, sort_output=True)
    # Dates of making would differ every time.
    return re.sub(rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By)[^\n]*\n', b"", buffer.getvalue())


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
    return value if isinstance(value, str) else " ".join(value or ())


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
