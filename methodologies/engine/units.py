"""Do the units of an equation fit? Checked when a methodology is submitted, term by term.

The engine computes with plain numbers, so a conversion that is only meant does not count: W × h × tCO2/MWh is a
millionth of tCO2, and the author writes `0.000001 [MWh/Wh]`. An emission of greenhouse gas is a dimension of its own:
tonnes of waste are no tonnes of CO2.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import pint

from methodologies.engine.display import formula
from methodologies.engine.expression import (
    AGE,
    Call,
    Choice,
    ExpressionError,
    History,
    Node,
    Number,
    Operation,
    Sum,
    Symbol,
)
from methodologies.engine.messages import gettext_noop as _

RESULT = "tCO2eq"
# Names with small whole powers between * and /, and 1/ at the start: nothing that takes long to read.
_NAME = r"[A-Za-z°%µ][A-Za-z0-9°%µ]{0,19}(\^[1-9])?"
_WRITTEN = re.compile(rf"(1\s*/\s*)?{_NAME}(\s*[*/·]\s*{_NAME}){{0,5}}")
_PLAIN = frozenset({"1", "-", "–", ""})
_CUBIC = re.compile(r"\b([a-z]{0,2}m)([23])\b")
_CELSIUS = re.compile(r"°C|\bdegC\b")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: how many base units it is, the powers of its base dimensions, and its name."""

    factor: Fraction
    powers: frozenset[tuple[str, Fraction]]
    text: str

    @property
    def plain(self) -> bool:
        """Whether it is a number without unit and without factor, not even a percentage."""
        return not self.powers and self.factor == 1

    def fits(self, other: "Unit") -> bool:
        """Whether values of both may be added as they are."""
        return (self.factor, self.powers) == (other.factor, other.powers)

    def times(self, other: "Unit", power: int = 1) -> "Unit":
        """Return this unit multiplied with a whole power of the other."""
        powers = dict(self.powers)
        for name, exponent in other.powers:
            powers[name] = powers.get(name, Fraction(0)) + exponent * power
        left = frozenset((name, exponent) for name, exponent in powers.items() if exponent)
        return Unit(self.factor * other.factor**power, left, _joined(self, other, power))


PLAIN = Unit(Fraction(1), frozenset(), "1")


def _joined(one: Unit, other: Unit, power: int) -> str:
    if other.text == "1":
        return one.text
    several = re.search(r"[/×· ]", other.text) if power != 1 else "/" in other.text
    written = f"({other.text})" if several else other.text
    if power == -1:
        return f"{one.text}/{written}"
    raised = written if power == 1 else f"{written}^{power}"
    return raised if one.text == "1" else f"{one.text} × {raised}"


@cache
def _registry() -> Any:
    registry: Any = pint.UnitRegistry(non_int_type=Fraction, cache_folder=None)
    registry.define("tCO2eq = [greenhouse_gas] = tCO2 = tCO2e")
    registry.define("kgCO2eq = 0.001 * tCO2eq = kgCO2 = kgCO2e")
    registry.define("gCO2eq = 0.000001 * tCO2eq = gCO2 = gCO2e")
    registry.define("USRt = refrigeration_ton")
    return registry


@cache
def unit(text: str) -> Unit:
    """Return the unit that is written so, as in MWh, tCO2/GJ, %, m3, °C (a difference), 1. Raises ExpressionError."""
    if text.strip() in _PLAIN:
        return PLAIN
    if not _WRITTEN.fullmatch(text):
        raise ExpressionError(_("“%(unit)s” is no unit that is known here."), unit=text)
    readable = _CELSIUS.sub("delta_degC", _CUBIC.sub(r"\1**\2", text)).replace("·", "*")
    registry = _registry()
    try:
        base = registry.Quantity(Fraction(1), registry.parse_units(readable)).to_base_units()
    except Exception as problem:  # pint raises what its tokenizer, its parser and Python's arithmetic raise
        raise ExpressionError(_("“%(unit)s” is no unit that is known here."), unit=text) from problem
    powers = frozenset((str(name), Fraction(power)) for name, power in base.unit_items())
    return Unit(Fraction(base.magnitude), powers, text.strip())


def check(node: Node, units: Mapping[str, str], *, result: str = RESULT) -> None:
    """Raise ExpressionError where a term does not fit its neighbours, or the whole not the unit of the result.

    `units` has the unit of each symbol.
    """
    found, wanted = unit_of(node, units), unit(result)
    if found is not None and not found.fits(wanted):
        same = found.powers == wanted.powers
        message = (
            _("The result is in %(unit)s, which is %(factor)s %(wanted)s. Multiply it by a conversion.")
            if same
            else _("The result is in %(unit)s instead of %(wanted)s.")
        )
        factor = _short(found.factor / wanted.factor)
        raise ExpressionError(message, at=node.at, unit=found.text, wanted=result, factor=factor)


def _short(value: Fraction) -> str:
    return f"{float(value):.6g}"


def unit_of(node: Node, units: Mapping[str, str]) -> Unit | None:
    """Return the unit of a term; None for nought, which fits everywhere. Raises ExpressionError."""
    return _RULES[type(node)](node, units)


def _of_number(node: Number, _units: Mapping[str, str]) -> Unit | None:
    return None if node.value == 0 and not node.unit else unit(node.unit)


def _of_operation(node: Operation, units: Mapping[str, str]) -> Unit | None:
    if node.sign in "+-":
        return _alike(node, node.left, node.right, units)
    if node.sign == "^":
        return _raised(node, units)
    one, other = unit_of(node.left, units), unit_of(node.right, units)
    return None if one is None else one.times(other or PLAIN, 1 if node.sign == "*" else -1)


def _of_choice(node: Choice, units: Mapping[str, str]) -> Unit | None:
    _alike(node, node.left, node.right, units)
    return _alike(node, node.then, node.otherwise, units)


def _alike(node: Node, one: Node, other: Node, units: Mapping[str, str]) -> Unit | None:
    left, right = unit_of(one, units), unit_of(other, units)
    if left is None or right is None:
        return left or right
    if not left.fits(right):
        raise ExpressionError(
            _("%(left)s and %(right)s do not go together in “%(term)s”."),
            at=node.at,
            left=left.text,
            right=right.text,
            term=formula(node),
        )
    return left


def _raised(node: Operation, units: Mapping[str, str]) -> Unit | None:
    base, exponent = unit_of(node.left, units), unit_of(node.right, units)
    if exponent is not None and not exponent.plain:
        raise ExpressionError(
            _("An exponent has no unit, “%(term)s” has %(unit)s."),
            at=node.right.at,
            unit=exponent.text,
            term=formula(node.right),
        )
    if base is None or base.plain:
        return base
    if not isinstance(node.right, Number) or node.right.value.denominator != 1:
        raise ExpressionError(
            _("What has a unit (%(unit)s) is raised to a whole number only."), at=node.at, unit=base.text
        )
    return PLAIN.times(base, int(node.right.value))


def _of_call(node: Call, units: Mapping[str, str]) -> Unit | None:
    first, *others = node.arguments
    if node.name in {"min", "max"}:
        found = unit_of(first, units)
        for other in others:
            found = _alike(node, first, other, units) or found
        return found
    given = unit_of(first, units)
    if given is not None and not given.plain:
        raise ExpressionError(
            _("%(name)s takes a number without a unit, “%(term)s” is in %(unit)s."),
            at=node.arguments[0].at,
            name=node.name,
            unit=given.text,
            term=formula(first),
        )
    return PLAIN


_RULES: dict[type[Node], Callable[[Any, Mapping[str, str]], Unit | None]] = {
    Number: _of_number,
    Symbol: lambda node, units: unit("year" if node.name == AGE else units[node.name]),
    Operation: _of_operation,
    Call: _of_call,
    Sum: lambda node, units: unit_of(node.body, units),
    History: lambda node, units: unit_of(node.body, units),
    Choice: _of_choice,
}
