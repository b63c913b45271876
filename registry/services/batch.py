"""Many transfers, retirements or cancellations from one file: all or nothing, as one proposal."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import DomainError, InvalidInput
from core.models import User
from registry import policies, serials
from registry.accounts import is_account_number
from registry.holdings import Span, Wanted
from registry.models import Account, Proposal, Series
from registry.services.proposals import Ask, proposal_create, proposal_plan

WHICH = ("quantity", "project", "vintage", "serial")
FINAL = (*WHICH, "purpose", "beneficiary", "reporting_year")
# The columns of the file. An empty project, vintage or serial leaves the choice to the registry, oldest first.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    Proposal.Kind.TRANSFER: ("to_account", *WHICH),
    Proposal.Kind.RETIREMENT: FINAL,
    Proposal.Kind.CANCELLATION: FINAL,
}
# Columns that a file may have besides, at the end.
OPTIONAL: Mapping[str, tuple[str, ...]] = {Proposal.Kind.RETIREMENT: ("declared_emissions",)}
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    Proposal.Kind.TRANSFER: ("JP-2000001-55", "100", "MN004", "2021", ""),
    Proposal.Kind.RETIREMENT: ("", "", "", "JP-MN-MN004-2021-1-100", "ndc", "Government of Japan", "2026", ""),
    Proposal.Kind.CANCELLATION: ("100", "", "", "", "voluntary", "Example Company", "2026"),
}
MOST_ROWS = 20_000
BEYOND = ""  # where a row has more cells than the first one
LONGEST_NAME = 300
YEAR_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Batch:
    """What the rows of a file ask for: `numbers` are those of the rows, as a spreadsheet counts them, `declared` the
    emissions in tCO2eq that each declares for GX-ETS, and `found` the credits that each would take now."""

    numbers: list[int] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    declared: list[int | None] = field(default_factory=list)
    found: list[list[Span]] = field(default_factory=list)


def batch_check(*, kind: str, from_account: Account, text: str, actor: User, at: datetime) -> Batch:
    """Return what `batch_create` would propose now, and save nothing. Raises what it raises."""
    policies.check_can_propose_from(actor, from_account, at=at)
    batch = batch_read(text, kind=kind, account=from_account)
    with _by_rows(batch):
        found = proposal_plan(kind=kind, account=from_account, asks=batch.asks)
    return replace(batch, found=found)


@transaction.atomic
def batch_create(
    *, kind: str, from_account: Account, text: str, key: str, actor: User, at: datetime, reason: str = ""
) -> Proposal:
    """Make one proposal of all rows of a CSV file, or none; repeating a key returns the first proposal.

    Raises what `proposal_create` raises; `fields` says row and column of everything that is wrong.
    """
    batch = batch_read(text, kind=kind, account=from_account)
    with _by_rows(batch):
        return proposal_create(
            kind=kind, from_account=from_account, asks=batch.asks, key=key, actor=actor, at=at, reason=reason
        )


@contextmanager
def _by_rows(batch: Batch) -> Iterator[None]:
    """Name row and column in a refusal that names parts."""
    try:
        yield
    except DomainError as refusal:
        refusal.fields = {_where(place, batch): why for place, why in refusal.fields.items()}
        raise


def _where(place: str, batch: Batch) -> str:
    """Return row and column of a part's field, which is called "n.field", or "field" where there is one part."""
    part, _dot, field = place.rpartition(".")
    if field == "account":  # the account from which the whole file takes its credits
        return "file"
    return _cell(batch.numbers[int(part or 0)], field)


def _cell(row: int, column: str) -> str:
    return _("Row %(row)s, column %(column)s") % {"row": row, "column": column}


def batch_read(text: str, *, kind: str, account: Account) -> Batch:
    """Return what the rows ask for. Raises InvalidInput with everything that cannot be read, by row and column."""
    rows = _rows(text, COLUMNS[kind], OPTIONAL.get(kind, ()))
    book = _Book(account, [row for _number, row in rows])
    batch = Batch()
    faults: dict[str, str] = {}
    for number, row in rows:
        reader = _Reader(row, book)
        batch.numbers.append(number)
        batch.asks.append(reader.ask())
        batch.declared.append(reader.declared())
        faults |= {_cell(number, column): why for column, why in reader.faults.items()}
    if faults:
        raise InvalidInput(fields=faults)
    return batch


def _rows(text: str, columns: Sequence[str], optional: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Return the rows that are not empty, each with its number as a spreadsheet counts."""
    try:
        header, *rows = [*csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))] or [[]]
    except csv.Error as problem:
        raise InvalidInput(fields={"file": _("The file cannot be read as CSV.")}) from problem
    names = [name.strip() for name in header]
    if names not in ([*columns], [*columns, *optional]):
        raise InvalidInput(fields={"file": _("The first row must be: %(columns)s") % {"columns": ",".join(columns)}})
    filled = [(number, row) for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)]
    if not 0 < len(filled) <= MOST_ROWS:
        raise InvalidInput(fields={"file": _("The file must have between 1 and %(most)s rows.") % {"most": MOST_ROWS}})
    width = len(names)
    return [(number, {**dict(zip(names, row, strict=False)), BEYOND: "".join(row[width:])}) for number, row in filled]


class _Book:
    """The accounts and series that the rows name, looked up once."""

    def __init__(self, account: Account, rows: Sequence[Mapping[str, str]]) -> None:
        self.reader = serials.Reader()
        numbers = {row.get("to_account", "").strip().upper() for row in rows}
        related = Account.objects.select_related("registry__party", "holder")
        self.accounts = related.in_bulk(numbers, field_name="number")
        asked = {found.series for row in rows if (found := self.reader.read(row.get("serial", "")))}
        projects = {text.split("-")[2] for text in asked}
        series = Series.objects.filter(registry=account.registry_id, project__number__in=projects)
        named = series.select_related("registry__party", "project__partnership__host")
        self.series = {str(found): found.pk for found in named}
        self.declared: dict[tuple[str, int | None], int] = {}


@dataclass
class _Reader:
    """One row, read cell by cell; `faults` holds what is wrong by column."""

    row: Mapping[str, str]
    book: _Book

    def __post_init__(self) -> None:
        self.faults: dict[str, str] = {}
        if self.row[BEYOND].strip():
            self.faults["…"] = _("This row has more cells than the first row.")

    def ask(self) -> Ask:
        """Return what the row asks for, as far as it can be read."""
        serial, wanted = self._serial()
        quantity = self._number("quantity")
        if quantity is None and not self._text("serial") and "quantity" not in self.faults:
            self.faults["quantity"] = _("Say how many credits.")
        return Ask(
            quantity=quantity or (serial.quantity if serial else 0),
            wanted=wanted,
            to_account=self._account() if "to_account" in self.row else None,
            purpose=self._text("purpose").lower(),
            beneficiary=self._name("beneficiary"),
            reporting_year=self._number("reporting_year", YEAR_DIGITS) if "reporting_year" in self.row else None,
        )

    def declared(self) -> int | None:
        """Return the declared emissions; all rows of one beneficiary and year share them."""
        told = self._number("declared_emissions")
        whose = (self._text("beneficiary").upper(), self._number("reporting_year", YEAR_DIGITS))
        if told is not None and self.book.declared.setdefault(whose, told) != told:
            self.faults["declared_emissions"] = _("Another row declares other emissions for this beneficiary and year.")
        return told

    def _text(self, column: str) -> str:
        return (self.row.get(column) or "").strip()

    def _name(self, column: str) -> str:
        text = self._text(column)
        if len(text) > LONGEST_NAME:
            self.faults[column] = _("At most %(most)s characters.") % {"most": LONGEST_NAME}
        return text

    def _number(self, column: str, digits: int = 15) -> int | None:
        text = self._text(column)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= digits):
            self.faults[column] = _("Give a whole number, without separators.")
            return None
        return int(text)

    def _serial(self) -> tuple[serials.Serial | None, Wanted]:
        text = self._text("serial")
        if not text:
            return None, Wanted(
                project=self._text("project").upper() or None, vintage=self._number("vintage", YEAR_DIGITS)
            )
        serial = self.book.reader.read(text)
        series = self.book.series.get(serial.series) if serial else None
        if serial is None or series is None:
            self.faults["serial"] = _("This registry has no credits with this serial number.")
            return serial, Wanted()
        return serial, Wanted(series_id=series, first=serial.first, last=serial.last)

    def _account(self) -> Account | None:
        number = self._text("to_account").upper()
        found = self.book.accounts.get(number)
        if not is_account_number(number):
            self.faults["to_account"] = _("This is not an account number. Check every digit.")
        elif found is None:
            self.faults["to_account"] = _("There is no account with this number.")
        return found
