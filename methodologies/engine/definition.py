"""A methodology version as data: parameters, the equation of reference emissions, that of project emissions.

    {"dimensions": [{"symbol": "i", "name": "refrigerator"}],
     "parameters": [
       {"symbol": "EC", "name": "...", "unit": "MWh", "kind": "monitored", "over": ["i"], "options": ["C"]},
       {"symbol": "CAP", "name": "...", "unit": "kW", "kind": "fixed", "over": ["i"]},
       {"symbol": "COP_RE", "name": "...", "unit": "1", "kind": "table", "over": ["i"], "by": "CAP",
        "rows": [{"below": "300", "value": "4.92"}, {"value": "5.33"}]},
       {"symbol": "EF", "name": "...", "unit": "tCO2/MWh", "kind": "fixed", "default": "0.797"}],
     "reference": "sum(i, EC[i] * COP_PJ[i] / COP_RE[i]) * EF", "project": "sum(i, EC[i]) * EF"}

The kinds: `monitored` values come from meters and are summed (or averaged: `aggregate`) within a calendar year; `fixed`
ones have a value fixed ex ante, by default the one given here; a `table` looks its value up by another parameter, a
number below a limit or one of its `choices`; a `derived` one follows from an `expression` of those above it. What is
`over` a dimension has a value for each member: those named here, or the project's own. The equations give tCO2eq.

What is monitored may say how its meter is calibrated (`calibration`: months between two, or words) and what takes the
place of readings that are `missing`: nothing does (`refuse`), `zero`, or the `highest` reading of the year.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from methodologies.engine.expression import Node, Operation
from methodologies.engine.messages import EngineError
from methodologies.engine.messages import gettext_noop as _

EQUATIONS = ("reference", "project")


class DefinitionError(EngineError):
    """The definition cannot be used; `where` names the part: a symbol, "parameter 3", "reference", "project"."""

    def __init__(self, where: str, message: str, **values: object) -> None:
        super().__init__(message, **values)
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {super().__str__()}"


@dataclass(frozen=True, slots=True)
class Dimension:
    """What there are several of. Without members here the project names its own."""

    symbol: str
    name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its value for numbers below the limit, for one choice, or (neither) for all others."""

    value: Fraction
    below: Fraction | None = None
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One quantity of the equations, in its unit."""

    symbol: str
    name: str
    unit: str
    kind: str
    default: Fraction | None
    default_text: str = ""
    over: tuple[str, ...] = ()
    defaults: Mapping[str, Fraction] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    by: str = ""
    rows: tuple[Row, ...] = ()
    expression: Node | None = None
    aggregate: str = "sum"
    options: tuple[str, ...] = ()
    frequency: str = ""
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    missing: str = "refuse"
    calibration: str = ""

    @property
    def calibration_months(self) -> int | None:
        """The months between two calibrations of the meter, where the methodology counts them."""
        return int(self.calibration) if self.calibration.isdigit() else None


@dataclass(frozen=True, slots=True)
class Definition:
    """A checked definition."""

    parameters: tuple[Parameter, ...]
    reference: Node
    project: Node
    dimensions: tuple[Dimension, ...] = ()

    def monitored(self) -> list[Parameter]:
        """Parameters that meters deliver."""
        return [p for p in self.parameters if p.kind == "monitored"]

    def fixed(self) -> list[Parameter]:
        """Parameters fixed ex ante."""
        return [p for p in self.parameters if p.kind == "fixed"]

    def equations(self) -> Iterator[tuple[str, Node, str]]:
        """Give each expression with the part that holds it and the unit it must come to."""
        for parameter in self.parameters:
            if parameter.expression is not None:
                yield parameter.symbol, parameter.expression, parameter.unit
        yield "reference", self.reference, "tCO2eq"
        yield "project", self.project, "tCO2eq"


def combine(definitions: Iterable[Definition]) -> Definition:
    """Join the methodologies of one project: emissions add up, and each symbol means one thing.

    Raises DefinitionError where two methodologies use one symbol, or when there is no methodology.
    """
    joined: Definition | None = None
    for each in definitions:
        if joined is None:
            joined = each
            continue
        if shared := _symbols(joined) & _symbols(each):
            both = ", ".join(sorted(shared))
            raise DefinitionError("methodologies", _("Two methodologies use the symbol %(symbols)s."), symbols=both)
        joined = Definition(
            joined.parameters + each.parameters,
            Operation("+", joined.reference, each.reference),
            Operation("+", joined.project, each.project),
            joined.dimensions + each.dimensions,
        )
    if joined is None:
        raise DefinitionError("methodologies", _("There is no methodology to calculate with."))
    return joined


def _symbols(definition: Definition) -> set[str]:
    return {each.symbol for each in definition.parameters} | {each.symbol for each in definition.dimensions}
