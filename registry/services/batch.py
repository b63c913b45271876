"""Many transfers, retirements or cancellations from one file: all or nothing, as one proposal."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import DomainError, InvalidInput
from core.models import User
from registry import serials
from registry.accounts import is_account_number
from registry.holdings import Wanted
from registry.models import Account, Proposal, Series
from registry.services.proposals import Ask, proposal_create

WHICH = ("quantity", "project", "vintage", "serial")
FINAL = (*WHICH, "purpose", "beneficiary", "reporting_year")
# The columns of the file. An empty project, vintage or serial leaves the choice to the registry, oldest first.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    Proposal.Kind.TRANSFER: ("to_account", *WHICH),
    Proposal.Kind.RETIREMENT: FINAL,
    Proposal.Kind.CANCELLATION: FINAL,
}
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    Proposal.Kind.TRANSFER: ("JP-2000001-55", "100", "MN004", "2021", ""),
    Proposal.Kind.RETIREMENT: ("", "", "", "JP-MN-MN004-2021-1-100", "ndc", "Government of Japan", "2026"),
    Proposal.Kind.CANCELLATION: ("100", "", "", "", "voluntary", "Example Company", "2026"),
}
MOST_ROWS = 20_000
FIRST_ROW = 2  # as a spreadsheet counts: the first row holds the names of the columns


@transaction.atomic
def batch_create(
    *, kind: str, from_account: Account, text: str, key: str, actor: User, at: datetime, reason: str = ""
) -> Proposal:
    """Make one proposal of all rows of a CSV file, or none; repeating a key returns the first proposal.

    Raises what `proposal_create` raises; `fields` says row and column of everything that is wrong.
    """
    asks = batch_read(text, kind=kind, account=from_account)
    try:
        return proposal_create(
            kind=kind, from_account=from_account, asks=asks, key=key, actor=actor, at=at, reason=reason
        )
    except DomainError as refusal:
        if refusal.fields:
            refusal.fields = {_where(place): why for place, why in refusal.fields.items()}
        raise


def _where(place: str) -> str:
    """Return row and column of a part's field, which is called "n.field", or "field" where there is one part."""
    part, _dot, field = place.rpartition(".")
    if field == "account":  # the account from which the whole file takes its credits
        return "file"
    return _cell(int(part or 0) + FIRST_ROW, field)


def _cell(row: int, column: str) -> str:
    return _("Row %(row)s, column %(column)s") % {"row": row, "column": column}


def batch_read(text: str, *, kind: str, account: Account) -> list[Ask]:
    """Return what the rows ask for. Raises InvalidInput with everything that cannot be read, by row and column."""
    rows = _rows(text, COLUMNS[kind])
    book = _Book(account, rows)
    asks: list[Ask] = []
    faults: dict[str, str] = {}
    for number, row in enumerate(rows, start=FIRST_ROW):
        reader = _Reader(row, book)
        asks.append(reader.ask())
        faults |= {_cell(number, column): why for column, why in reader.faults.items()}
    if faults:
        raise InvalidInput(fields=faults)
    return asks


def _rows(text: str, columns: Sequence[str]) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), restkey="", restval="")
    try:
        rows = [row for row in reader if any(value for value in row.values())]
    except csv.Error as problem:
        raise InvalidInput(fields={"file": _("The file cannot be read as CSV.")}) from problem
    if [name.strip() for name in reader.fieldnames or ()] != list(columns):
        raise InvalidInput(fields={"file": _("The first row must be: %(columns)s") % {"columns": ",".join(columns)}})
    if not 0 < len(rows) <= MOST_ROWS:
        raise InvalidInput(fields={"file": _("The file must have between 1 and %(most)s rows.") % {"most": MOST_ROWS}})
    return rows


class _Book:
    """The accounts and series that the rows name, looked up once."""

    def __init__(self, account: Account, rows: Sequence[Mapping[str, str]]) -> None:
        numbers = {row.get("to_account", "").strip().upper() for row in rows}
        self.accounts = Account.objects.select_related("registry__party").in_bulk(numbers, field_name="number")
        asked = {found.series for row in rows if (found := serials.read(row["serial"]))}
        projects = {text.split("-")[2] for text in asked}
        series = Series.objects.filter(registry=account.registry_id, project__number__in=projects)
        related = series.select_related("registry__party", "project__partnership__host")
        self.series = {str(found): found.pk for found in related}


@dataclass
class _Reader:
    """One row, read cell by cell; `faults` holds what is wrong by column."""

    row: Mapping[str, str]
    book: _Book

    def __post_init__(self) -> None:
        self.faults: dict[str, str] = {}

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
            beneficiary=self._text("beneficiary"),
            reporting_year=self._number("reporting_year") if "reporting_year" in self.row else None,
        )

    def _text(self, column: str) -> str:
        return (self.row.get(column) or "").strip()

    def _number(self, column: str) -> int | None:
        text = self._text(column)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 15):
            self.faults[column] = _("Give a whole number, without separators.")
            return None
        return int(text)

    def _serial(self) -> tuple[serials.Serial | None, Wanted]:
        text = self._text("serial")
        if not text:
            return None, Wanted(project=self._text("project").upper() or None, vintage=self._number("vintage"))
        serial = serials.read(text)
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
