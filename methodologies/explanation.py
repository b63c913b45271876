"""How a figure follows: a year's equations with the numbers filled in."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.formats import number_format

from core.quantities import six_places
from methodologies.engine.calculate import YearResult
from methodologies.engine.definition import Definition, Parameter
from methodologies.engine.display import as_written, formula
from methodologies.engine.evaluate import Value
from methodologies.engine.expression import Number, Symbol

UNIT = "tCO2"


@dataclass(frozen=True, slots=True)
class Input:
    """One parameter of a year: a sum of readings, or a value fixed ex ante."""

    parameter: Parameter
    value: str

    @property
    def monitored(self) -> bool:
        """Whether meters delivered it."""
        return self.parameter.kind == "monitored"


@dataclass(frozen=True, slots=True)
class YearExplained:
    """A calendar year's result and the way to it; texts are ready for the page."""

    result: YearResult
    inputs: tuple[Input, ...]
    reference: str
    project: str
    difference: str


def plain(value: Fraction) -> str:
    """Return a number in the reader's language: all its decimals, at most six."""
    text = format(six_places(value), "f")
    shown = Decimal(text.rstrip("0").rstrip(".") if "." in text else text)
    return str(number_format(shown, force_grouping=True))


def _told(value: Value) -> str:
    if isinstance(value, Fraction):
        return plain(value)
    return "; ".join(f"{', '.join(members)}: {plain(each)}" for members, each in value.items())


def explained_year(definition: Definition, result: YearResult) -> YearExplained:
    """Return the year's result and the way to it."""
    units = {p.symbol: p.unit for p in definition.parameters}

    def filled(leaf: Number | Symbol) -> str:
        if isinstance(leaf, Number):
            return plain(leaf.value)
        value, unit = result.inputs.get(leaf.name), units.get(leaf.name, "")
        if not isinstance(value, Fraction):  # one for each member: the sum around it stays in symbols
            return as_written(leaf)
        return plain(value) + (f" {unit}" if unit not in {"1", "-", "–"} else "")

    def line(equation: str, numbers: str, value: Fraction) -> str:
        """Leave out what only repeats its neighbour: an equation that is a number, or a single symbol's value."""
        outcome = f"{plain(value)} {UNIT}"
        return " = ".join([*([equation, numbers] if numbers != equation else []), outcome])

    emissions = {
        name: line(formula(node), formula(node, filled), value)
        for name, node, value in (
            ("reference", definition.reference, result.reference),
            ("project", definition.project, result.project),
        )
    }
    difference = result.reference - result.project
    return YearExplained(
        result=result,
        inputs=tuple(
            Input(p, _told(result.inputs[p.symbol])) for p in definition.parameters if p.symbol in result.inputs
        ),
        difference=f"{plain(result.reference)} − {plain(result.project)} = {plain(difference)} {UNIT}",
        **emissions,
    )
