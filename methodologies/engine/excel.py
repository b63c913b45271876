"""Equations as formulas of a spreadsheet, from the same tree that computes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from methodologies.engine.definition import Parameter, Row
from methodologies.engine.evaluate import Key
from methodologies.engine.expression import AGE, Call, Choice, History, Node, Number, Operation, Sum, Symbol

# The cell of a symbol for these members in a year.
Cell = Callable[[str, Key, int], str]
# The sum over a dimension in a year, where its terms have cells of their own; None writes it out.
Summed = Callable[[Sum, "Place"], str | None]
_FUNCTIONS = {"exp": "EXP", "ln": "LN", "log10": "LOG10", "sqrt": "SQRT", "min": "MIN", "max": "MAX"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a formula stands: its year, the members of the sums around it, and the years since inside a history."""

    year: int
    bound: Mapping[str, str]
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Formulas:
    """Writes formulas for a workbook: where its cells are, the members of dimensions, the years with readings."""

    cell: Cell
    members: Mapping[str, Sequence[str]]
    years: Sequence[int]
    summed: Summed = lambda _node, _place: None

    def text(self, node: Node, place: Place) -> str:
        """Return the formula without its sign of equality; every operation stands in parentheses."""
        return _RULES[type(node)](self, node, place)


def _symbol(book: Formulas, node: Symbol, place: Place) -> str:
    if node.name == AGE:
        return str(place.age or 0)
    return book.cell(node.name, tuple(place.bound[index] for index in node.index), place.year)


def _operation(book: Formulas, node: Operation, place: Place) -> str:
    left, right = book.text(node.left, place), book.text(node.right, place)
    return f"POWER({left},{right})" if node.sign == "^" else f"({left}{node.sign}{right})"


def _call(book: Formulas, node: Call, place: Place) -> str:
    return f"{_FUNCTIONS[node.name]}({','.join(book.text(each, place) for each in node.arguments)})"


def _sum(book: Formulas, node: Sum, place: Place) -> str:
    if place.age is None and (found := book.summed(node, place)) is not None:
        return found
    return _added(book.text(node.body, bound(place, node.dimension, each)) for each in book.members[node.dimension])


def _history(book: Formulas, node: History, place: Place) -> str:
    years = [year for year in book.years if year <= place.year]
    return _added(book.text(node.body, replace(place, year=year, age=place.year - year)) for year in years)


def _choice(book: Formulas, node: Choice, place: Place) -> str:
    compared = f"{book.text(node.left, place)}{node.sign}{book.text(node.right, place)}"
    return f"IF({compared},{book.text(node.then, place)},{book.text(node.otherwise, place)})"


def bound(place: Place, dimension: str, member: str) -> Place:
    """Return the place inside of a sum, at one of its members."""
    return replace(place, bound={**place.bound, dimension: member})


def _added(terms: Iterable[str]) -> str:
    return f"({'+'.join(terms) or '0'})"


def looked_up(table: Parameter, by: str) -> str:
    """Return the formula of a table: the row's value for what stands in the cell `by`."""
    text = "NA()"
    for row in reversed(table.rows):
        text = _row(row, by, text)
    return text


def _row(row: Row, by: str, otherwise: str) -> str:
    value = _decimal(row)
    if row.choice:
        quoted = row.choice.replace('"', '""')
        return f'IF({by}="{quoted}",{value},{otherwise})'
    return value if row.below is None else f"IF({by}<{float(row.below)!r},{value},{otherwise})"


def _decimal(row: Row) -> str:
    return repr(float(row.value))


_RULES: dict[type[Node], Callable[[Formulas, Any, Place], str]] = {
    Number: lambda _book, node, _place: node.text,
    Symbol: _symbol,
    Operation: _operation,
    Call: _call,
    Sum: _sum,
    History: _history,
    Choice: _choice,
}
