"""From the readings of a report to the reductions of each calendar year, by the project's methodologies."""

from fractions import Fraction

from django.db.models import Sum
from django.db.models.functions import ExtractYear

from methodologies.engine.calculate import YearResult, by_year
from methodologies.engine.definition import Definition, combine
from methodologies.engine.reading import decimal_text, read
from methodologies.workbook import Content, Measured
from projects.models import MonitoringReport, Project


def definition_of(project: Project) -> Definition:
    """Return what the project's methodologies compute together.

    Raises DefinitionError when one has no definition, as in old public records, or when two use one symbol.
    """
    return combine(read(version.definition or {}) for version in project.methodologies.order_by("pk"))


def fixed_of(project: Project) -> dict[str, Fraction]:
    """Return the values that the project fixed ex ante. Raises DefinitionError for one that is not a decimal."""
    return {symbol: decimal_text(str(text), where=symbol) for symbol, text in project.fixed_values.items() if text}


def workbook_content(report: MonitoringReport) -> Content:
    """Return what the report's workbook is made of. Raises DefinitionError."""
    listed = report.readings.order_by("symbol", "meter", "month")
    return Content(
        title=f"{report.project.number} {report.period_start} – {report.period_end}",
        definition=definition_of(report.project),
        fixed=fixed_of(report.project),
        readings=[Measured(each.month, each.symbol, (), each.meter, Fraction(each.value)) for each in listed],
    )


def yearly_results(report: MonitoringReport) -> list[YearResult]:
    """Calculate a report's calendar years, exactly, from the stored readings. Raises DefinitionError."""
    sums = (
        report.readings.values("symbol", year=ExtractYear("month"))
        .annotate(total=Sum("value"))
        .order_by("year", "symbol")
    )
    readings = [(row["year"], row["symbol"], Fraction(row["total"])) for row in sums]
    return by_year(definition_of(report.project), readings=readings, fixed=fixed_of(report.project))
