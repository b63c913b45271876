"""Equations as people read them, from the same tree that computes."""

from collections.abc import Callable

from methodologies.engine.expression import Node, Number, Operation, Symbol

Leaf = Callable[[Number | Symbol], str]
_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_RANK = {"+": 1, "-": 1, "*": 2, "/": 2}
_LEAF_RANK = 3


def as_written(leaf: Number | Symbol) -> str:
    """Return the leaf as the author wrote it."""
    return leaf.name if isinstance(leaf, Symbol) else leaf.text


def formula(node: Node, leaf: Leaf = as_written) -> str:
    """Return the equation with × and ÷ and no more parentheses than it needs; `leaf` writes symbols and numbers."""
    if not isinstance(node, Operation):
        return leaf(node)
    left, right = formula(node.left, leaf), formula(node.right, leaf)
    if _rank(node.left) < _rank(node):
        left = f"({left})"
    if _rank(node.right) < _rank(node) or _groups(node):
        right = f"({right})"
    if node.sign == "-" and isinstance(node.left, Number) and node.left.text == "0":
        return f"−{right}"  # the parser reads −x as 0 − x
    return f"{left} {_SIGNS[node.sign]} {right}"


def _groups(node: Operation) -> bool:
    """Whether the right side is a group: a − (b − c) must keep it, a × (b ÷ c) keeps what the author wrote."""
    same_rank = isinstance(node.right, Operation) and _rank(node.right) == _rank(node)
    return same_rank and not (node.sign in "+*" and isinstance(node.right, Operation) and node.right.sign == node.sign)


def _rank(node: Node) -> int:
    return _RANK[node.sign] if isinstance(node, Operation) else _LEAF_RANK
