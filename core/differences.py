"""What changed between two texts, paragraph by paragraph and word by word, or between the cells of two workbooks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from core.texts import Book, address_of

Kind = Literal["same", "added", "removed", "changed"]
WORD = re.compile(r"\s+|[^\s]+")
# Longer texts are compared paragraph by paragraph only.
MOST_WORDS = 2_000
# Below this share of common words a paragraph is shown as replaced.
ALIKE = 0.4


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a paragraph that stayed, came or went."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph of the comparison; `skipped` counts unchanged ones that are left out instead."""

    kind: Kind
    pieces: tuple[Piece, ...] = ()
    skipped: int = 0


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text: its lines that are not empty, white space put in order."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def compare(before: str, after: str, *, context: int = 1) -> list[Passage]:
    """Return the paragraphs that differ, with as many unchanged ones around them; nothing where all is the same."""
    old, new = paragraphs(before), paragraphs(after)
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    if all(tag == "equal" for tag, *_range in opcodes):
        return []
    found: list[Passage] = []
    for number, (tag, a, b, c, d) in enumerate(opcodes):
        if tag == "equal":
            before_first, after_last = number == 0, number == len(opcodes) - 1
            found += _same(old[a:b], 0 if before_first else context, 0 if after_last else context)
        else:
            found += _different(old[a:b], new[c:d])
    return found


@dataclass(frozen=True, slots=True)
class CellChange:
    """What a cell said and says, as far as it said something; a sheet that came or went changes in all its cells."""

    sheet: str
    cell: str
    before: str
    after: str


def compare_cells(before: Book, after: Book) -> Iterator[CellChange]:
    """Yield the cells that differ, sheet by sheet in the order of the newer workbook, row by row."""
    old, new = ({sheet.name: sheet.cells for sheet in book.sheets} for book in (before, after))
    for name in [*new, *(name for name in old if name not in new)]:
        was, now = old.get(name, {}), new.get(name, {})
        for row, column in sorted(was.keys() | now.keys()):
            place = (row, column)
            if was.get(place, "") != now.get(place, ""):
                yield CellChange(name, address_of(row, column), was.get(place, ""), now.get(place, ""))


def _same(kept: list[str], head: int, tail: int) -> Iterator[Passage]:
    if len(kept) <= head + tail + 1:
        yield from (_whole("same", text) for text in kept)
        return
    yield from (_whole("same", text) for text in kept[:head])
    yield Passage("same", skipped=len(kept) - head - tail)
    yield from (_whole("same", text) for text in kept[len(kept) - tail :])


def _different(old: list[str], new: list[str]) -> Iterator[Passage]:
    paired = min(len(old), len(new))
    for was, now in zip(old, new, strict=False):
        yield from _changed(was, now)
    yield from (_whole("removed", text) for text in old[paired:])
    yield from (_whole("added", text) for text in new[paired:])


def _changed(was: str, now: str) -> Iterator[Passage]:
    if not _alike(was.split(), now.split()):
        yield _whole("removed", was)
        yield _whole("added", now)
        return
    old, new = WORD.findall(was), WORD.findall(now)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    pieces: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        pieces += [Piece("removed", "".join(old[a:b]))] if b > a else []
        pieces += [Piece("added", "".join(new[c:d]))] if d > c else []
    yield Passage("changed", tuple(pieces))


def _alike(was: list[str], now: list[str]) -> bool:
    """Whether the paragraphs have so much in common that a reader follows word by word."""
    return max(len(was), len(now)) <= MOST_WORDS and SequenceMatcher(None, was, now, autojunk=False).ratio() >= ALIKE


def _whole(kind: Kind, text: str) -> Passage:
    return Passage(kind, (Piece(kind, text),))
