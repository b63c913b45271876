"""Meter readings: read from a table of text, checked row by row, stored all or not at all."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import InvalidInput, TransitionRefused
from core.models import User
from methodologies.engine.definition import DefinitionError
from projects import policies
from projects.calculation import definition_of
from projects.errors import CannotCalculate, Fault, ReadingsRefused
from projects.models import MeterReading, MonitoringReport
from projects.periods import HEADER, months_of
from projects.services.locking import report_locked
from projects.services.reports import report_calculate
from projects.workflow import REPORT_OPEN_FOR_CHANGES

MAX_ROWS = 100_000
_VALUE = re.compile(r"\d{1,14}(\.\d{1,6})?", re.ASCII)
# Spreadsheets turn 2025-03 into 2025/3/1 and the like; all of these say the month beyond doubt.
_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})(?:[-/]0?1)?", re.ASCII)
_METER_LENGTH = 60


class ReadingRow(NamedTuple):
    """One row as it was written. `row` is its number in the file, where the header is row 1."""

    row: int
    meter: str
    parameter: str
    month: str
    value: str
    unit: str


def readings_read(text: str) -> list[ReadingRow]:
    """Take apart a table with the header meter, parameter, month, value, unit; columns may stand in any order.

    Reads files separated by comma, semicolon or tab, as spreadsheets write and copy them. Raises InvalidInput.
    """
    lines = text.lstrip("\ufeff").lstrip()
    first = lines.partition("\n")[0]
    delimiter = max("\t;,", key=first.count)
    reader = csv.reader(io.StringIO(lines), delimiter=delimiter)
    try:
        columns = {name.strip().lower(): place for place, name in enumerate(next(reader, []))}
        if missing := [name for name in HEADER if name not in columns]:
            raise InvalidInput(
                _("The first row must name the columns %(all)s; missing: %(missing)s.")
                % {"all": ", ".join(HEADER), "missing": ", ".join(missing)}
            )
        places = [columns[name] for name in HEADER]
        rows = []
        for cells in reader:
            if any(cell.strip() for cell in cells):
                values = [cells[place].strip() if place < len(cells) else "" for place in places]
                rows.append(ReadingRow(reader.line_num, *values))
    except csv.Error as problem:
        raise InvalidInput(_("The table cannot be read near row %(row)s.") % {"row": reader.line_num}) from problem
    return rows


@transaction.atomic
def readings_replace(*, report_id: int, rows: Sequence[ReadingRow], actor: User, at: datetime) -> MonitoringReport:
    """Store these readings instead of the former ones, and calculate the reductions of each year.

    Raises NotPermitted, TransitionRefused once the report is submitted, ReadingsRefused with every fault, or
    InvalidInput when the equations cannot be evaluated; then nothing is changed.
    """
    report = report_locked(report_id)
    policies.check_can_prepare(actor, report.project, at=at)
    if report.status not in REPORT_OPEN_FOR_CHANGES:
        raise TransitionRefused(action="change", state=report.status)
    if not 0 < len(rows) <= MAX_ROWS:
        raise InvalidInput(_("Give between 1 and %(most)s readings.") % {"most": MAX_ROWS})
    readings = _Check(report).readings(rows)
    report.readings.all().delete()
    MeterReading.objects.bulk_create(readings, batch_size=2_000)
    report_calculate(report=report)
    report.save(update_fields=["updated_at"])
    events.emit("report.readings_replaced", report, actor=actor, at=at, data={"readings": len(readings)})
    return report


class _Check:
    """Gathers every fault of a table, so that a person corrects them in one go."""

    def __init__(self, report: MonitoringReport) -> None:
        self.report = report
        try:
            self.units = {p.symbol: p.unit for p in definition_of(report.project).monitored()}
        except DefinitionError as problem:
            raise CannotCalculate(problem) from problem
        self.months = months_of(report.period_start, report.period_end)
        self.faults: list[Fault] = []
        self.seen: dict[tuple[str, str], dict[date, int]] = {}
        self.unclear: set[tuple[str, str]] = set()

    def readings(self, rows: Sequence[ReadingRow]) -> list[MeterReading]:
        """Return the rows as readings. Raises ReadingsRefused."""
        found = [reading for row in rows if (reading := self._reading(row)) is not None]
        self._gaps()
        if self.faults:
            raise ReadingsRefused(self.faults)
        return found

    def _reading(self, row: ReadingRow) -> MeterReading | None:
        known = self._series(row)
        month = self._month(row)
        value = self._value(row)
        if known and month is None:
            self.unclear.add((row.parameter, row.meter))
        if not known or month is None:
            return None
        months = self.seen.setdefault((row.parameter, row.meter), {})
        if month in months:
            self._fault(row, "month", _("This month of this meter is already in row %(row)s.") % {"row": months[month]})
        months.setdefault(month, row.row)
        if value is None:
            return None
        return MeterReading(report=self.report, meter=row.meter, symbol=row.parameter, month=month, value=value)

    def _series(self, row: ReadingRow) -> bool:
        if not row.meter or len(row.meter) > _METER_LENGTH or not row.meter.isprintable():
            self._fault(row, "meter", _("Name the meter with at most %(most)s characters.") % {"most": _METER_LENGTH})
        if row.parameter not in self.units:
            known = ", ".join(self.units)
            self._fault(
                row, "parameter", _("The methodology does not monitor this; it monitors %(known)s.") % {"known": known}
            )
        elif row.unit != self.units[row.parameter]:
            self._fault(
                row,
                "unit",
                _("“%(unit)s” is not the unit of %(parameter)s; give the value in %(right)s.")
                % {"unit": row.unit, "parameter": row.parameter, "right": self.units[row.parameter]},
            )
        return bool(row.meter) and row.parameter in self.units

    def _month(self, row: ReadingRow) -> date | None:
        match = _MONTH.fullmatch(row.month)
        year, number = (int(match[1]), int(match[2])) if match else (0, 0)
        if year < 1 or not 1 <= number <= 12:
            self._fault(row, "month", _("“%(text)s” is not a month such as 2025-03.") % {"text": row.month})
            return None
        month = date(year, number, 1)
        if not self.months[0] <= month <= self.months[-1]:
            self._fault(
                row,
                "month",
                _("The month is outside the period %(start)s – %(end)s.")
                % {"start": self.report.period_start.isoformat(), "end": self.report.period_end.isoformat()},
            )
            return None
        return month

    def _value(self, row: ReadingRow) -> Decimal | None:
        if not _VALUE.fullmatch(row.value):
            self._fault(
                row,
                "value",
                _(
                    "“%(text)s” is not a number such as 1234.5: digits, a point, at most six decimals, "
                    "no separators of thousands, nothing below nought."
                )
                % {"text": row.value},
            )
            return None
        return Decimal(row.value)

    def _gaps(self) -> None:
        for symbol in self.units:
            if not any(symbol == parameter for parameter, _meter in [*self.seen, *self.unclear]):
                self.faults.append(Fault(None, symbol, _("There is no meter for %(symbol)s.") % {"symbol": symbol}))
        for (symbol, meter), months in self.seen.items():
            missing = [f"{month:%Y-%m}" for month in self.months if month not in months]
            if missing and (symbol, meter) not in self.unclear:
                place = _("Meter %(meter)s, %(symbol)s") % {"meter": meter, "symbol": symbol}
                text = _("There is no reading for %(months)s.") % {"months": ", ".join(missing)}
                self.faults.append(Fault(None, place, text))

    def _fault(self, row: ReadingRow, column: str, text: str) -> None:
        self.faults.append(Fault(row.row, column, text))
