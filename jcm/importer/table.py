"""Reads one CSV file of public records strictly: what is not understood is said with its line and column."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from django.utils.translation import gettext as _

Value = TypeVar("Value")

# What the site prints where there is nothing to say.
NOTHING = {"", "N/A", "n/a", "-", "–", "—"}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEARS = range(1990, 2101)
WHOLE = re.compile(r"[0-9]{1,18}")  # what PostgreSQL's bigint certainly holds


class Refused(Exception):
    """The row is left out; `column` and `reason` say why."""

    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(f"{column}: {reason}")


class Unreadable(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, reason: str, *, line: int = 1, column: str = "") -> None:
        self.reason, self.line, self.column = reason, line, column
        super().__init__(reason)


@dataclass(slots=True)
class Row:
    """One record of a file. `line` is where it starts; what is worth telling of a kept record is collected here."""

    line: int
    cells: Mapping[str, str]
    missing: dict[str, str] = field(default_factory=dict)
    differing: dict[str, str] = field(default_factory=dict)

    def lacks(self, column: str, reason: str) -> None:
        """Note that the record is loaded without this: it is kept as incomplete."""
        self.missing[column] = reason

    def differs(self, column: str, reason: str) -> None:
        """Note that the system knows this otherwise, and keeps what it knows."""
        self.differing[column] = reason

    def text(self, column: str, *, limit: int | None = None) -> str:
        """Return the cell in one line of composed characters; a cell that says "nothing" is empty."""
        cell = " ".join(unicodedata.normalize("NFC", self.cells[column]).split())
        if limit is not None and len(cell) > limit:
            raise Refused(column, _("The text is longer than %(limit)d characters.") % {"limit": limit})
        return "" if cell in NOTHING else cell

    def required(self, column: str, *, limit: int | None = None) -> str:
        """Return the cell's text. Raises Refused when it is empty."""
        text = self.text(column, limit=limit)
        if not text:
            raise Refused(column, _("The cell is empty; the record cannot be told from others without it."))
        return text

    def day(self, column: str) -> date | None:
        """Return the cell's date, None for an empty cell. Only 2026-01-31 is understood."""
        text = self.text(column)
        if not text:
            return None
        try:
            found = date.fromisoformat(text) if DAY.fullmatch(text) else None
        except ValueError:
            found = None
        if found is None or found.year not in YEARS:
            raise Refused(column, _("“%(text)s” is not a date such as 2026-01-31.") % {"text": text[:40]})
        return found

    def whole(self, column: str) -> int | None:
        """Return the cell's whole number, None for an empty cell. Only digits are understood."""
        text = self.text(column)
        if not text:
            return None
        if not WHOLE.fullmatch(text):
            raise Refused(column, _("“%(text)s” is not a whole number written in digits.") % {"text": text[:40]})
        return int(text)

    def word(self, column: str, words: Mapping[str, Value]) -> Value:
        """Return what the cell's word stands for."""
        text = self.text(column)
        if text not in words:
            known = ", ".join(word or _("an empty cell") for word in words)
            raise Refused(column, _("“%(text)s” is not one of: %(known)s.") % {"text": text[:40], "known": known})
        return words[text]

    def parts(self, column: str, *, by: str = ";") -> list[str]:
        """Return the parts of a list in one cell, without empty ones."""
        return [part.strip() for part in self.text(column).split(by) if part.strip()]


@dataclass(slots=True)
class Table:
    """The rows of one file, and the lines that are not rows."""

    rows: list[Row]
    broken: list[tuple[int, Refused]]

    @property
    def read(self) -> int:
        """How many records the file has, understood or not."""
        return len(self.rows) + len(self.broken)


def read(path: Path, columns: Sequence[str]) -> Table:
    """Read the file, whose header must name `columns`, in any order, among others.

    Raises Unreadable for a file that is not UTF-8 text or has another header.
    """
    records = _records(_text(path))
    header = _header(next(records, None), columns)
    table = Table(rows=[], broken=[])
    for line, record in records:
        if isinstance(record, csv.Error):
            reason = _("The line is not well-formed CSV (%(error)s).") % {"error": record}
            table.broken.append((line, Refused("", reason)))
        elif len(record) != len(header):
            reason = _("The line has %(found)d cells, the header has %(wanted)d.")
            table.broken.append((line, Refused("", reason % {"found": len(record), "wanted": len(header)})))
        elif "\x00" in "".join(record):  # the database takes no such text
            table.broken.append((line, Refused("", _("The line holds a character that is not text."))))
        else:
            table.rows.append(Row(line=line, cells=dict(zip(header, record, strict=True))))
    return table


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(_("The file cannot be read: %(error)s.") % {"error": error.strerror}) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(_("The file is not UTF-8 text."), line=line) from error


def _records(text: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Give each record that is not blank with the line on which it starts, or the error in its place."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, error
            continue
        if any(cell.strip() for cell in record):
            yield line, record


def _header(first: tuple[int, list[str] | csv.Error] | None, columns: Sequence[str]) -> list[str]:
    if first is None or isinstance(first[1], csv.Error):
        raise Unreadable(_("The file has no header line."))
    header = [name.strip() for name in first[1]]
    for name in columns:
        if header.count(name) != 1:
            reason = _("The column “%(name)s” is missing.") if name not in header else _("“%(name)s” is there twice.")
            raise Unreadable(reason % {"name": name}, line=first[0], column=name)
    return header
