"""From the data of a definition to a checked Definition: the first fault is named with its place."""

import re
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from methodologies.engine import units
from methodologies.engine.definition import EQUATIONS, Definition, DefinitionError, Dimension, Parameter, Row
from methodologies.engine.expression import (
    AGE,
    RESERVED,
    ExpressionError,
    History,
    Node,
    Sum,
    Symbol,
    children,
    parse,
    walk,
)
from methodologies.engine.messages import gettext_noop as _

KINDS = ("monitored", "fixed", "table", "derived")
AGGREGATES = ("sum", "mean")
OPTIONS = ("A", "B", "C")
MISSING = ("refuse", "zero", "highest")
MAX_PARAMETERS = 50
MAX_DIMENSIONS = 4
MAX_ROWS = 200
MAX_CALIBRATION_MONTHS = 240
_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)


def read(data: Mapping[str, Any]) -> Definition:
    """Check and return a definition. Raises DefinitionError for the first fault."""
    dimensions = _dimensions(data.get("dimensions") or [])
    rows = data.get("parameters")
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_PARAMETERS:
        raise DefinitionError("parameters", _("Give between 1 and %(most)s parameters."), most=MAX_PARAMETERS)
    known: dict[str, Parameter] = {}
    for number, row in enumerate(rows, 1):
        parameter = _parameter(_fields(row, f"parameter {number}"), f"parameter {number}", known, dimensions)
        if parameter.symbol in known or parameter.symbol in dimensions:
            raise DefinitionError("parameters", _("A symbol is used twice."))
        known[parameter.symbol] = parameter
    reference, project = (_equation(str(data.get(where, "")), where, known, dimensions) for where in EQUATIONS)
    definition = Definition(tuple(known.values()), reference, project, tuple(dimensions.values()))
    if not definition.monitored():
        raise DefinitionError("parameters", _("At least one parameter must be monitored."))
    return definition


def check_units(definition: Definition) -> None:
    """Raise DefinitionError for the first term whose unit does not fit."""
    written = {parameter.symbol: parameter.unit for parameter in definition.parameters}
    for parameter in definition.parameters:
        _refused(parameter.symbol, lambda unit=parameter.unit: units.unit(unit))
    for where, node, result in definition.equations():
        _refused(where, lambda node=node, result=result: units.check(node, written, result=result))


def _refused(where: str, check: Any) -> Any:
    """Call the check; what it refuses is a fault of this part."""
    try:
        return check()
    except ExpressionError as problem:
        raise DefinitionError(where, problem.message, **problem.values) from problem


def decimal_text(text: str, *, where: str) -> Fraction:
    """Return the exact value of a plain decimal such as 0.797. Raises DefinitionError."""
    if not _DECIMAL.fullmatch(text.strip()):
        raise DefinitionError(where, _("“%(text)s” is not a decimal number such as 0.797."), text=text)
    return Fraction(text.strip())


def _fields(row: object, where: str) -> Mapping[str, Any]:
    if not isinstance(row, Mapping):
        raise DefinitionError(where, _("This is no list of named values."))
    return row


def _symbol(row: Mapping[str, Any], where: str) -> str:
    symbol = str(row.get("symbol", ""))
    if not _SYMBOL.fullmatch(symbol):
        raise DefinitionError(where, _("The symbol must start with a letter and hold letters, digits and _ only."))
    if symbol in RESERVED:
        raise DefinitionError(where, _("%(symbol)s is a word of the language; choose another symbol."), symbol=symbol)
    return symbol


def _dimensions(rows: object) -> dict[str, Dimension]:
    if not isinstance(rows, list) or len(rows) > MAX_DIMENSIONS:
        raise DefinitionError("dimensions", _("Give at most %(most)s dimensions."), most=MAX_DIMENSIONS)
    found: dict[str, Dimension] = {}
    for number, given in enumerate(rows, 1):
        where = f"dimension {number}"
        row = _fields(given, where)
        symbol, members = _symbol(row, where), _texts(row, "members", where)
        if symbol in found:
            raise DefinitionError("dimensions", _("A symbol is used twice."))
        found[symbol] = Dimension(symbol, str(row.get("name", "")), members)
    return found


def _texts(row: Mapping[str, Any], name: str, where: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
    """Return a list of different texts, all of those allowed."""
    given = row.get(name) or []
    if not isinstance(given, list) or len(set(map(str, given))) != len(given):
        raise DefinitionError(where, _("%(name)s must be a list of different values."), name=name)
    texts = tuple(str(each) for each in given)
    if allowed is not None and (unknown := [each for each in texts if each not in allowed]):
        raise DefinitionError(
            where, _("%(name)s knows no %(value)s, only %(allowed)s."),
            name=name, value=unknown[0], allowed=", ".join(allowed) or "–",
        )  # fmt: skip
    return texts


def _number(row: Mapping[str, Any], name: str, where: str) -> Fraction | None:
    given = row.get(name)
    return None if given in (None, "") else decimal_text(str(given), where=where)


def _parameter(
    row: Mapping[str, Any], where: str, known: Mapping[str, Parameter], dimensions: Mapping[str, Dimension]
) -> Parameter:
    symbol, kind = _symbol(row, where), str(row.get("kind", ""))
    if kind not in KINDS:
        raise DefinitionError(where, _("The kind must be one of %(kinds)s."), kinds=", ".join(KINDS))
    if not row.get("unit"):
        raise DefinitionError(where, _("The unit is missing."))
    over = _texts(row, "over", where, dimensions)
    default, defaults = _default(row, where, over, dimensions)
    minimum, maximum = _number(row, "minimum", where), _number(row, "maximum", where)
    if minimum is not None and maximum is not None and minimum > maximum:
        raise DefinitionError(where, _("The minimum is above the maximum."))
    return Parameter(
        symbol=symbol,
        name=str(row.get("name", "")),
        unit=str(row["unit"]),
        kind=kind,
        default=default,
        default_text=_default_text(row.get("default")),
        over=over,
        defaults=defaults,
        choices=_texts(row, "choices", where),
        by=str(row.get("by") or ""),
        rows=_rows(row, where, over, known) if kind == "table" else (),
        expression=_derived(row, where, over, known, dimensions) if kind == "derived" else None,
        aggregate=_word(row, "aggregate", where, AGGREGATES),
        options=_texts(row, "options", where, OPTIONS),
        frequency=str(row.get("frequency") or ""),
        minimum=minimum,
        maximum=maximum,
        missing=_word(row, "missing", where, MISSING),
        calibration=_calibration(row, where, kind),
    )


def _word(row: Mapping[str, Any], name: str, where: str, allowed: tuple[str, ...]) -> str:
    """Return one of the allowed words; the first is meant where there is none."""
    word = str(row.get(name) or allowed[0])
    if word not in allowed:
        raise DefinitionError(where, _("%(name)s must be one of %(words)s."), name=name, words=", ".join(allowed))
    return word


def _calibration(row: Mapping[str, Any], where: str, kind: str) -> str:
    """Return the months between two calibrations, or words about them. Only meters are calibrated."""
    text = str(row.get("calibration") or "").strip()
    if kind != "monitored" and (text or row.get("missing")):
        raise DefinitionError(where, _("Only what is monitored is calibrated, or may be missing."))
    if re.fullmatch(r"\d+", text, re.ASCII) and not 0 < int(text[:9]) <= MAX_CALIBRATION_MONTHS:
        raise DefinitionError(
            where, _("A meter is calibrated every 1 to %(most)s months."), most=MAX_CALIBRATION_MONTHS
        )
    return text


def _default(
    row: Mapping[str, Any], where: str, over: tuple[str, ...], dimensions: Mapping[str, Dimension]
) -> tuple[Fraction | None, dict[str, Fraction]]:
    """Return the default of all, or one for each member of a dimension whose members the methodology names."""
    given = row.get("default")
    if not isinstance(given, Mapping):
        return (None if row.get("choices") else _number(row, "default", where)), {}
    members = dimensions[over[0]].members if len(over) == 1 else ()
    if set(given) != set(members):
        raise DefinitionError(where, _("Give a default for each of %(members)s."), members=", ".join(members) or "–")
    return None, {member: decimal_text(str(given[member]), where=where) for member in members}


def _default_text(given: object) -> str:
    if isinstance(given, Mapping):
        return "; ".join(f"{member} {value}" for member, value in given.items())
    return "" if given is None else str(given)


def _rows(row: Mapping[str, Any], where: str, over: tuple[str, ...], known: Mapping[str, Parameter]) -> tuple[Row, ...]:
    by, given = known.get(str(row.get("by") or "")), row.get("rows")
    if by is None or by.kind != "fixed" or not set(by.over) <= set(over):
        raise DefinitionError(where, _("A table is looked up by a parameter above it that is fixed ex ante."))
    if not isinstance(given, list) or not 0 < len(given) <= MAX_ROWS:
        raise DefinitionError(where, _("Give between 1 and %(most)s rows."), most=MAX_ROWS)
    rows = [_row(_fields(each, where), where, by) for each in given]
    limits = [each.below for each in rows if each.below is not None]
    if limits != sorted(set(limits)) or any(each.below is None for each in rows[:-1] if not by.choices):
        raise DefinitionError(where, _("The limits of a table rise from row to row; only the last has none."))
    if by.choices and sorted(each.choice for each in rows) != sorted(by.choices):
        raise DefinitionError(
            where, _("A table has one row for each choice: %(choices)s."), choices=", ".join(by.choices)
        )
    return tuple(rows)


def _row(row: Mapping[str, Any], where: str, by: Parameter) -> Row:
    value = _number(row, "value", where)
    if value is None:
        raise DefinitionError(where, _("A row of the table has no value."))
    return Row(value, None if by.choices else _number(row, "below", where), str(row.get("is") or ""))


def _derived(
    row: Mapping[str, Any],
    where: str,
    over: tuple[str, ...],
    known: Mapping[str, Parameter],
    dimensions: Mapping[str, Dimension],
) -> Node:
    return _equation(str(row.get("expression") or ""), where, known, dimensions, bound=over)


def _equation(
    text: str,
    where: str,
    known: Mapping[str, Parameter],
    dimensions: Mapping[str, Dimension],
    bound: tuple[str, ...] = (),
) -> Node:
    node: Node = _refused(where, lambda: parse(text))
    names = {each.name for each in walk(node) if isinstance(each, Symbol)} - {AGE}
    if unknown := names - set(known):
        raise DefinitionError(where, _("Unknown symbol: %(symbols)s."), symbols=", ".join(sorted(unknown)))
    _check_scopes(node, where, known, dimensions, frozenset(bound), in_history=False)
    return node


def _check_scopes(
    node: Node,
    where: str,
    known: Mapping[str, Parameter],
    dimensions: Mapping[str, Dimension],
    bound: frozenset[str],
    *,
    in_history: bool,
) -> None:
    """Each index is bound by a sum around it, AGE stands in a history, and a choice is no number."""
    if isinstance(node, Symbol):
        _check_symbol(node, where, known, bound, in_history=in_history)
    if isinstance(node, Sum):
        if node.dimension not in dimensions or node.dimension in bound:
            message = _("A sum runs over a dimension of its own, not %(name)s.")
            raise DefinitionError(where, message, name=node.dimension)
        bound |= {node.dimension}
    if isinstance(node, History):
        if in_history:
            raise DefinitionError(where, _("A history does not stand inside another."))
        in_history = True
    for child in children(node):
        _check_scopes(child, where, known, dimensions, bound, in_history=in_history)


def _check_symbol(
    node: Symbol, where: str, known: Mapping[str, Parameter], bound: frozenset[str], *, in_history: bool
) -> None:
    if node.name == AGE:
        if not in_history or node.index:
            raise DefinitionError(where, _("AGE stands inside history( … ) only."))
        return
    parameter = known[node.name]
    if parameter.choices:
        message = _("%(symbol)s is a choice; a table turns it into a number.")
        raise DefinitionError(where, message, symbol=parameter.symbol)
    if node.index != parameter.over:
        wanted = f"{parameter.symbol}[{', '.join(parameter.over)}]" if parameter.over else parameter.symbol
        raise DefinitionError(where, _("Write %(wanted)s here."), wanted=wanted)
    if free := [each for each in node.index if each not in bound]:
        message = _("%(symbol)s stands outside of a sum over %(name)s.")
        raise DefinitionError(where, message, symbol=parameter.symbol, name=free[0])
