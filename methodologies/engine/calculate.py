"""Reductions per calendar year: floor(RE − PE), once, from the unrounded difference (jcm.md 1.10)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from core.quantities import whole_tonnes
from methodologies.engine.definition import Definition, DefinitionError
from methodologies.engine.expression import ExpressionError, evaluate
from methodologies.engine.messages import gettext_noop as _

Reading = tuple[int, str, Fraction]


@dataclass(frozen=True, slots=True)
class YearResult:
    """Emissions of one calendar year in tCO2eq, unrounded, and the whole tonnes that may be credited.

    A negative year gives no credits and is flagged by `negative`.
    """

    year: int
    reference: Fraction
    project: Fraction
    reductions: int
    negative: bool
    inputs: Mapping[str, Fraction]


def fixed_values(definition: Definition, given: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Return the ex-ante values: those given for the project, else the methodology's defaults.

    Raises DefinitionError where neither exists.
    """
    values = {}
    for parameter in definition.fixed():
        value = given.get(parameter.symbol, parameter.default)
        if value is None:
            raise DefinitionError(parameter.symbol, _("No value is fixed ex ante and the methodology has no default."))
        values[parameter.symbol] = value
    return values


def by_year(definition: Definition, *, readings: Iterable[Reading], fixed: Mapping[str, Fraction]) -> list[YearResult]:
    """Return one result per calendar year that has readings (year, symbol, value), in order of years.

    Raises DefinitionError when an ex-ante value is missing or an equation cannot be evaluated.
    """
    sums: dict[int, dict[str, Fraction]] = defaultdict(dict)
    for year, symbol, value in readings:
        sums[year][symbol] = sums[year].get(symbol, Fraction(0)) + value
    constants = fixed_values(definition, fixed)
    results = []
    for year in sorted(sums):
        inputs = {**constants, **sums[year]}
        try:
            reference, project = evaluate(definition.reference, inputs), evaluate(definition.project, inputs)
        except ExpressionError as problem:
            raise DefinitionError(str(year), problem.message, **problem.values) from problem
        difference = reference - project
        results.append(YearResult(year, reference, project, whole_tonnes(difference), difference < 0, inputs))
    return results
