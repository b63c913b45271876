"""How a report's figures follow: each year's equations with the numbers filled in."""

from methodologies.engine.definition import DefinitionError
from methodologies.explanation import YearExplained, explained_year
from projects.calculation import definition_of, yearly_results
from projects.models import MonitoringReport


def explain(report: MonitoringReport) -> list[YearExplained]:
    """Return every calendar year of the report with its equations filled in. Raises DefinitionError."""
    definition = definition_of(report.project)
    return [explained_year(definition, result) for result in yearly_results(report)]


def explained(report: MonitoringReport) -> list[YearExplained]:
    """Return what `explain` tells, or nothing where the methodology has no equations, as in old public records."""
    try:
        return explain(report)
    except DefinitionError:
        return []
