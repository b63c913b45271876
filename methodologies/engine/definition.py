"""A methodology version as data: parameters, the equation of reference emissions, that of project emissions.

    {"parameters": [{"symbol": "EG", "name": "...", "unit": "MWh", "kind": "monitored"},
                    {"symbol": "EF", "name": "...", "unit": "tCO2/MWh", "kind": "fixed", "default": "0.797"}],
     "reference": "EG * EF", "project": "0"}

`monitored` parameters are summed over all meters within a calendar year; `fixed` ones have a value fixed ex ante,
by default the one given here. All equations give tCO2eq.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from methodologies.engine.expression import ExpressionError, Node, Operation, parse, symbols
from methodologies.engine.messages import EngineError
from methodologies.engine.messages import gettext_noop as _

KINDS = ("monitored", "fixed")
MAX_PARAMETERS = 50
_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)


class DefinitionError(EngineError):
    """The definition cannot be used; `where` names the part: a symbol, "parameter 3", "reference", "project"."""

    def __init__(self, where: str, message: str, **values: object) -> None:
        super().__init__(message, **values)
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {super().__str__()}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One quantity of the equations, in its unit."""

    symbol: str
    name: str
    unit: str
    kind: str
    default: Fraction | None
    default_text: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A checked definition."""

    parameters: tuple[Parameter, ...]
    reference: Node
    project: Node

    def monitored(self) -> list[Parameter]:
        """Parameters that meters deliver."""
        return [p for p in self.parameters if p.kind == "monitored"]

    def fixed(self) -> list[Parameter]:
        """Parameters fixed ex ante."""
        return [p for p in self.parameters if p.kind == "fixed"]


def decimal_text(text: str, *, where: str) -> Fraction:
    """Return the exact value of a plain decimal such as 0.797. Raises DefinitionError."""
    if not _DECIMAL.fullmatch(text.strip()):
        raise DefinitionError(where, _("“%(text)s” is not a decimal number such as 0.797."), text=text)
    return Fraction(text.strip())


def _parameter(row: Mapping[str, Any], number: int) -> Parameter:
    where = f"parameter {number}"
    symbol, kind = str(row.get("symbol", "")), str(row.get("kind", ""))
    if not _SYMBOL.fullmatch(symbol):
        raise DefinitionError(where, _("The symbol must start with a letter and hold letters, digits and _ only."))
    if kind not in KINDS:
        raise DefinitionError(where, _("The kind must be one of %(kinds)s."), kinds=", ".join(KINDS))
    if not row.get("unit"):
        raise DefinitionError(where, _("The unit is missing."))
    default = row.get("default")
    value = decimal_text(str(default), where=where) if default not in (None, "") else None
    return Parameter(
        symbol, str(row.get("name", "")), str(row["unit"]), kind, value, "" if value is None else str(default)
    )


def read(data: Mapping[str, Any]) -> Definition:
    """Check and return a definition. Raises DefinitionError for the first fault."""
    rows = data.get("parameters")
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_PARAMETERS:
        raise DefinitionError("parameters", _("Give between 1 and %(most)s parameters."), most=MAX_PARAMETERS)
    parameters = tuple(_parameter(row, number) for number, row in enumerate(rows, 1))
    names = [p.symbol for p in parameters]
    if len(set(names)) < len(names):
        raise DefinitionError("parameters", _("A symbol is used twice."))
    equations = {}
    for where in ("reference", "project"):
        try:
            equations[where] = parse(str(data.get(where, "")))
        except ExpressionError as problem:
            raise DefinitionError(where, problem.message, **problem.values) from problem
        if unknown := symbols(equations[where]) - set(names):
            names_unknown = ", ".join(sorted(unknown))
            raise DefinitionError(where, _("Unknown symbol: %(symbols)s."), symbols=names_unknown)
    definition = Definition(parameters, equations["reference"], equations["project"])
    if not definition.monitored():
        raise DefinitionError("parameters", _("At least one parameter must be monitored."))
    return definition


def combine(definitions: Iterable[Definition]) -> Definition:
    """Join the methodologies of one project: emissions add up, and each symbol means one thing.

    Raises DefinitionError where two methodologies use one symbol, or when there is no methodology.
    """
    joined: Definition | None = None
    for each in definitions:
        if joined is None:
            joined = each
            continue
        if shared := {p.symbol for p in joined.parameters} & {p.symbol for p in each.parameters}:
            both = ", ".join(sorted(shared))
            raise DefinitionError("methodologies", _("Two methodologies use the symbol %(symbols)s."), symbols=both)
        joined = Definition(
            joined.parameters + each.parameters,
            Operation("+", joined.reference, each.reference),
            Operation("+", joined.project, each.project),
        )
    if joined is None:
        raise DefinitionError("methodologies", _("There is no methodology to calculate with."))
    return joined
