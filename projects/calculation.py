"""From the readings of a report to the reductions of each calendar year, by the project's methodologies."""

from collections.abc import Mapping
from fractions import Fraction

from django.db.models import Count, Sum
from django.db.models.functions import ExtractYear

from methodologies.engine.calculate import Given, Reading, YearResult, by_year
from methodologies.engine.definition import Definition, combine
from methodologies.engine.reading import decimal_text, read
from methodologies.workbook import Content, Measured
from projects.models import MonitoringReport, Project

# Between the members in a key of Project.fixed_values; no member's name holds it.
KEY_SEPARATOR = ", "


def definition_of(project: Project) -> Definition:
    """Return what the project's methodologies compute together.

    Raises DefinitionError when one has no definition, as in old public records, or when two use one symbol.
    """
    return combine(read(version.definition or {}) for version in project.methodologies.order_by("pk"))


def fixed_of(project: Project, definition: Definition) -> dict[str, Given]:
    """Return the values that the project fixed ex ante. Raises DefinitionError for one that is not a decimal."""
    choices = {parameter.symbol for parameter in definition.fixed() if parameter.choices}
    return {
        symbol: _given(symbol, given, is_choice=symbol in choices)
        for symbol, given in project.fixed_values.items()
        if given
    }


def _given(symbol: str, given: str | Mapping[str, str], *, is_choice: bool) -> Given:
    if isinstance(given, Mapping):
        return {
            tuple(key.split(KEY_SEPARATOR)): text if is_choice else decimal_text(str(text), where=f"{symbol}[{key}]")
            for key, text in given.items()
            if text
        }
    return given if is_choice else decimal_text(str(given), where=symbol)


def workbook_content(report: MonitoringReport) -> Content:
    """Return what the report's workbook is made of. Raises DefinitionError."""
    listed = report.readings.order_by("symbol", "members", "meter", "month")
    definition = definition_of(report.project)
    return Content(
        title=f"{report.project.number} {report.period_start} – {report.period_end}",
        definition=definition,
        fixed=fixed_of(report.project, definition),
        readings=[
            Measured(each.month, each.symbol, tuple(each.members), each.meter, Fraction(each.value)) for each in listed
        ],
        members=report.project.members,
    )


def yearly_results(report: MonitoringReport) -> list[YearResult]:
    """Calculate a report's calendar years, exactly, from the stored readings. Raises DefinitionError."""
    definition = definition_of(report.project)
    return by_year(
        definition,
        readings=_sums(report, definition),
        fixed=fixed_of(report.project, definition),
        members=report.project.members,
    )


def _sums(report: MonitoringReport, definition: Definition) -> list[Reading]:
    """Return the sum, or the mean, of each parameter and calendar year."""
    means = {parameter.symbol for parameter in definition.monitored() if parameter.aggregate == "mean"}
    rows = (
        report.readings.values("symbol", "members", year=ExtractYear("month"))
        .annotate(total=Sum("value"), count=Count("pk"))
        .order_by("year", "symbol", "members")
    )
    return [
        (
            row["year"],
            row["symbol"],
            Fraction(row["total"]) / (row["count"] if row["symbol"] in means else 1),
            tuple(row["members"]),
        )
        for row in rows
    ]
