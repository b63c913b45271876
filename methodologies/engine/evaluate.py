"""The exact value of an equation.

Whatever the four rules and whole powers give is exact. Exponentials, logarithms, roots and other powers are decimals of
PRECISION digits, rounded half to even, so that every machine gives the same digits.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Any

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

PRECISION = 60  # digits
MAX_EXPONENT = 100
MAX_ARGUMENT = 1_000  # of exp
MAX_BITS = 100_000  # of a numerator or denominator
MAX_STEPS = 2_000_000
_DIGITS = Context(prec=PRECISION, rounding=ROUND_HALF_EVEN, Emax=999_999, Emin=-999_999)

Key = tuple[str, ...]
Value = Fraction | Mapping[Key, Fraction]
Values = Mapping[str, Value]
_COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b,
}  # fmt: skip


@dataclass(slots=True)
class _Steps:
    left: int = MAX_STEPS


@dataclass(frozen=True, slots=True)
class Scope:
    """What the symbols mean: the year's values, the members of each dimension, and the years before.

    `past` has (years since, values) for each calendar year with readings, the present one first with 0.
    """

    values: Values
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)
    past: Sequence[tuple[int, Values]] = ()
    bound: Mapping[str, str] = field(default_factory=dict)
    steps: _Steps = field(default_factory=_Steps)


def evaluate(node: Node, scope: Scope | Values) -> Fraction:
    """Return the exact value. Raises ExpressionError for what has no value, or is too large to be computed."""
    return _value(node, scope if isinstance(scope, Scope) else Scope(scope))


def _value(node: Node, scope: Scope) -> Fraction:
    scope.steps.left -= 1
    if scope.steps.left < 0:
        raise ExpressionError(_("The equation takes more than %(most)s steps."), most=MAX_STEPS)
    return _RULES[type(node)](node, scope)


def _looked_up(node: Symbol, scope: Scope) -> Fraction:
    found = scope.values.get(node.name)
    if isinstance(found, Mapping):
        key = tuple(scope.bound.get(index, "") for index in node.index)
        found = found.get(key)
        if found is None:
            name = f"{node.name}[{', '.join(key)}]"
            raise ExpressionError(_("There is no value for %(symbol)s."), at=node.at, symbol=name)
    if found is None:
        raise ExpressionError(_("There is no value for %(symbol)s."), at=node.at, symbol=node.name)
    return found


def _summed(node: Sum, scope: Scope) -> Fraction:
    total = Fraction(0)
    for member in scope.members.get(node.dimension, ()):
        total += _value(node.body, replace(scope, bound={**scope.bound, node.dimension: member}))
        _bounded(total, node)
    return total


def _over_years(node: History, scope: Scope) -> Fraction:
    total = Fraction(0)
    for age, values in scope.past or ((0, scope.values),):
        total += _value(node.body, replace(scope, values={**values, AGE: Fraction(age)}))
    return _bounded(total, node)


def _operated(node: Operation, scope: Scope) -> Fraction:
    a, b = _value(node.left, scope), _value(node.right, scope)
    return _bounded(_joined(node, a, b), node)


def _joined(node: Operation, a: Fraction, b: Fraction) -> Fraction:
    match node.sign:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            if b == 0:
                raise ExpressionError(_("Division by nought."), at=node.at)
            return a / b
    return _power(node, a, b)


def _power(node: Operation, base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator == 1:
        if abs(exponent) > MAX_EXPONENT:
            raise ExpressionError(_("A power goes up to %(most)s."), at=node.at, most=MAX_EXPONENT)
        if base == 0 and exponent < 0:
            raise ExpressionError(_("Division by nought."), at=node.at)
        return base ** int(exponent)
    if base < 0 or (base == 0 and exponent < 0):
        raise ExpressionError(_("A number below nought has no such power."), at=node.at)
    if base == 0:
        return Fraction(0)
    return _exponential(exponent * Fraction(_DIGITS.ln(_decimal(base))), node)


def _chosen(node: Choice, scope: Scope) -> Fraction:
    holds = _COMPARE[node.sign](_value(node.left, scope), _value(node.right, scope))
    return _value(node.then if holds else node.otherwise, scope)


def _called(node: Call, scope: Scope) -> Fraction:
    arguments = [_value(each, scope) for each in node.arguments]
    return _bounded(_applied(node, arguments), node)


def _applied(node: Call, arguments: list[Fraction]) -> Fraction:
    first = arguments[0]
    match node.name:
        case "min":
            return min(arguments)
        case "max":
            return max(arguments)
        case "exp":
            return _exponential(first, node)
        case "sqrt":
            if first < 0:
                raise ExpressionError(_("A number below nought has no root."), at=node.at)
            return Fraction(_DIGITS.sqrt(_decimal(first)))
    if first <= 0:
        raise ExpressionError(_("Only a number above nought has a logarithm."), at=node.at)
    logarithm = _DIGITS.ln if node.name == "ln" else _DIGITS.log10
    return Fraction(logarithm(_decimal(first)))


def _exponential(exponent: Fraction, node: Node) -> Fraction:
    if abs(exponent) > MAX_ARGUMENT:
        raise ExpressionError(_("An exponent goes up to %(most)s."), at=node.at, most=MAX_ARGUMENT)
    return Fraction(_DIGITS.exp(_decimal(exponent)))


def _decimal(value: Fraction) -> Decimal:
    return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


def _bounded(value: Fraction, node: Node) -> Fraction:
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        raise ExpressionError(_("The numbers become too long to be computed exactly."), at=node.at)
    return value


_RULES: dict[type[Node], Callable[[Any, Scope], Fraction]] = {
    Number: lambda node, _scope: node.value,
    Symbol: _looked_up,
    Operation: _operated,
    Call: _called,
    Sum: _summed,
    History: _over_years,
    Choice: _chosen,
}
