"""The months of a monitoring period, and the empty table that participants fill in."""

import csv
import io
from datetime import date

from projects.calculation import definition_of
from projects.models import MonitoringReport

HEADER = ("meter", "parameter", "month", "value", "unit")


def months_of(start: date, end: date) -> list[date]:
    """Return the first day of every month of which the period has a day."""
    first, last = start.year * 12 + start.month - 1, end.year * 12 + end.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, last + 1)]


def empty_table(report: MonitoringReport) -> str:
    """Return a CSV with a row for every month of one meter of each parameter. Raises DefinitionError."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER)
    for parameter in definition_of(report.project).monitored():
        for month in months_of(report.period_start, report.period_end):
            writer.writerow([f"{parameter.symbol}-1", parameter.symbol, f"{month:%Y-%m}", "", parameter.unit])
    return file.getvalue()
