"""Equations as people read them, from the same tree that computes: in one line of text, and as MathML."""

from collections.abc import Callable
from html import escape
from typing import Any

from methodologies.engine.expression import (
    Call,
    Choice,
    History,
    Node,
    Number,
    Operation,
    Sum,
    Symbol,
)

Leaf = Callable[[Number | Symbol], str]
_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷", "^": "^"}
_COMPARISONS = {"<=": "≤", ">=": "≥", "<>": "≠"}
_RANK = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
_LEAF_RANK = 4


def as_written(leaf: Number | Symbol) -> str:
    """Return the leaf as the author wrote it."""
    if isinstance(leaf, Number):
        return f"{leaf.text} [{leaf.unit}]" if leaf.unit else leaf.text
    return f"{leaf.name}[{', '.join(leaf.index)}]" if leaf.index else leaf.name


def formula(node: Node, leaf: Leaf = as_written) -> str:
    """Return the equation with × and ÷ and no more parentheses than it needs; `leaf` writes symbols and numbers."""
    match node:
        case Number() | Symbol():
            return leaf(node)
        case Operation():
            return _operation(node, leaf)
        case Call(name, arguments):
            return f"{name}({', '.join(formula(each, leaf) for each in arguments)})"
        case Sum(dimension, body):
            return f"sum({dimension}, {formula(body, leaf)})"
        case History(body):
            return f"history({formula(body, leaf)})"
        case Choice(sign, left, right, then, otherwise):
            compared = f"{formula(left, leaf)} {_COMPARISONS.get(sign, sign)} {formula(right, leaf)}"
            return f"if({compared}, {formula(then, leaf)}, {formula(otherwise, leaf)})"


def _operation(node: Operation, leaf: Leaf) -> str:
    left, right = formula(node.left, leaf), formula(node.right, leaf)
    if is_negation(node):
        return f"−{f'({right})' if _rank(node.right) <= _rank(node) else right}"
    if _needs_left(node):
        left = f"({left})"
    if _needs_right(node):
        right = f"({right})"
    if node.sign == "^":
        return f"{left}^{right}"
    return f"{left} {_SIGNS[node.sign]} {right}"


def is_negation(node: Node) -> bool:
    """Whether the author wrote −x: the parser reads it as 0 − x."""
    if not isinstance(node, Operation) or node.sign != "-" or not isinstance(node.left, Number):
        return False
    return node.left.text == "0" and not node.left.unit


def _needs_left(node: Operation) -> bool:
    """Whether the left side is a group: a power of a power is one too, and so is a sign before a power."""
    return _rank(node.left) < _rank(node) or (node.sign == "^" and isinstance(node.left, Operation))


def _needs_right(node: Operation) -> bool:
    """Whether the right side is a group: a − (b − c) must keep it, a × (b ÷ c) keeps what the author wrote."""
    right = node.right
    if _rank(right) != _rank(node):
        return _rank(right) < _rank(node)
    return node.sign != "^" and not (node.sign in "+*" and isinstance(right, Operation) and right.sign == node.sign)


def _rank(node: Node) -> int:
    return _RANK[node.sign] if isinstance(node, Operation) else _LEAF_RANK


def mathml(node: Node, *, equals: str) -> str:
    """Return "equals = the equation" as MathML that is safe in a page: fractions as fractions, sums with their Σ."""
    return f'<math displaystyle="true"><mi>{escape(equals)}</mi><mo>=</mo>{_row(node)}</math>'


def _row(node: Node) -> str:
    return _MATHML[type(node)](node)


def _number(node: Number) -> str:
    unit = f"<mspace width='0.2em'/><mtext>{escape(node.unit)}</mtext>" if node.unit else ""
    return f"<mn>{escape(node.text)}</mn>{unit}"


def _sum(node: Sum) -> str:
    return f"<munder><mo>∑</mo><mi>{escape(node.dimension)}</mi></munder>{_grouped(node.body, wanted=2)}"


def _history(node: History) -> str:
    return f"<munder><mo>∑</mo><mtext>years</mtext></munder>{_grouped(node.body, wanted=2)}"


def _choice(node: Choice) -> str:
    sign = escape(_COMPARISONS.get(node.sign, node.sign))
    compared = f"{_row(node.left)}<mo>{sign}</mo>{_row(node.right)}"
    lines = _case(node.then, compared) + _case(node.otherwise, "<mtext>otherwise</mtext>")
    return f"<mrow><mo>{{</mo><mtable columnalign='left'>{lines}</mtable></mrow>"


def _symbol(node: Symbol) -> str:
    base, *parts = node.name.split("_")
    letter, below = f"<mi>{escape(base)}</mi>", ",".join([*parts, *node.index])
    return f"<msub>{letter}<mtext>{escape(below)}</mtext></msub>" if below else letter


def _operation_row(node: Operation) -> str:
    if node.sign == "/":
        return f"<mfrac><mrow>{_row(node.left)}</mrow><mrow>{_row(node.right)}</mrow></mfrac>"
    if node.sign == "^":
        base = (
            f"<mrow>{_group(node.left)}</mrow>"
            if isinstance(node.left, Operation)
            else f"<mrow>{_row(node.left)}</mrow>"
        )
        return f"<msup>{base}<mrow>{_row(node.right)}</mrow></msup>"
    rank = _RANK[node.sign]
    if is_negation(node):
        return f"<mo>−</mo>{_grouped(node.right, wanted=rank + 1)}"
    right = _grouped(node.right, wanted=rank + 1 if node.sign == "-" else rank)
    return f"{_grouped(node.left, wanted=rank)}<mo>{_SIGNS[node.sign]}</mo>{right}"


def _call_row(node: Call) -> str:
    if node.name == "sqrt":
        return f"<msqrt>{_row(node.arguments[0])}</msqrt>"
    if node.name == "exp":
        return f"<msup><mi>e</mi><mrow>{_row(node.arguments[0])}</mrow></msup>"
    inside = "<mo>,</mo>".join(_row(each) for each in node.arguments)
    return f"<mi>{escape(node.name)}</mi><mrow><mo>(</mo>{inside}<mo>)</mo></mrow>"


def _case(value: Node, condition: str) -> str:
    return f"<mtr><mtd><mrow>{_row(value)}</mrow></mtd><mtd><mrow>{condition}</mrow></mtd></mtr>"


def _grouped(node: Node, *, wanted: int) -> str:
    """Return the term, in parentheses where it binds less than wanted; a fraction groups by itself."""
    if isinstance(node, Operation) and node.sign != "/" and _rank(node) < wanted:
        return _group(node)
    return f"<mrow>{_row(node)}</mrow>"


def _group(node: Node) -> str:
    return f"<mrow><mo>(</mo>{_row(node)}<mo>)</mo></mrow>"


_MATHML: dict[type[Node], Callable[[Any], str]] = {
    Number: _number,
    Symbol: _symbol,
    Operation: _operation_row,
    Call: _call_row,
    Sum: _sum,
    History: _history,
    Choice: _choice,
}
