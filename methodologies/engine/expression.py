"""A small arithmetic language: numbers, symbols, + - * / and parentheses. No eval, exact rationals.

The text is parsed once into a tree; every use (evaluation, display, spreadsheets) walks that tree.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from methodologies.engine.messages import EngineError
from methodologies.engine.messages import gettext_noop as _

MAX_LENGTH = 2_000
MAX_DEPTH = 40
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<symbol>[A-Za-z][A-Za-z0-9_]*)|(?P<sign>[-+*/()]))", re.ASCII)


class ExpressionError(EngineError):
    """The text is not an expression, or cannot be evaluated; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal written in the text, kept exactly."""

    value: Fraction
    text: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A parameter, for example EG."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Two terms joined by + - * or /."""

    sign: str
    left: "Node"
    right: "Node"


Node = Number | Symbol | Operation


class _Parser:
    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise ExpressionError(_("The expression is longer than %(most)s characters."), most=MAX_LENGTH)
        self.tokens = _tokens(text)
        self.place = 0

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.place += 1
        return token

    def sum(self, depth: int) -> Node:
        node = self.product(depth)
        while self.peek() in {"+", "-"}:
            node = Operation(self.take(), node, self.product(depth))
        return node

    def product(self, depth: int) -> Node:
        node = self.factor(depth)
        while self.peek() in {"*", "/"}:
            node = Operation(self.take(), node, self.factor(depth))
        return node

    def factor(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise ExpressionError(_("The expression is nested deeper than %(most)s levels."), most=MAX_DEPTH)
        token = self.take()
        if token == "-":  # noqa: S105 (a sign, not a secret)
            return Operation("-", Number(Fraction(0), "0"), self.factor(depth + 1))
        if token == "(":  # noqa: S105
            node = self.sum(depth + 1)
            if self.take() != ")":
                raise ExpressionError(_("A closing parenthesis is missing."))
            return node
        if token[:1].isdigit():
            return Number(Fraction(token), token)
        if token[:1].isalpha():
            return Symbol(token)
        if not token:
            raise ExpressionError(_("The expression ends where a number, a symbol or “(” is expected."))
        raise ExpressionError(_("Expected a number, a symbol or “(”, found “%(token)s”."), token=token)


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    stripped = text.rstrip()
    while place < len(stripped):
        match = _TOKEN.match(stripped, place)
        if match is None:
            rest = stripped[place:].lstrip()
            place = len(stripped) - len(rest) + 1
            raise ExpressionError(_("Unexpected “%(sign)s” at character %(place)s."), sign=rest[:1], place=place)
        tokens.append(match.group(0).strip())
        place = match.end()
    return tokens


def parse(text: str) -> Node:
    """Return the tree of `text`. Raises ExpressionError."""
    parser = _Parser(text)
    node = parser.sum(0)
    if parser.peek():
        raise ExpressionError(_("Unexpected “%(sign)s” after the end of the expression."), sign=parser.peek())
    return node


def symbols(node: Node) -> set[str]:
    """Return the names of all parameters in the tree."""
    match node:
        case Symbol(name):
            return {name}
        case Operation(left=left, right=right):
            return symbols(left) | symbols(right)
        case Number():
            return set()


def evaluate(node: Node, values: Mapping[str, Fraction]) -> Fraction:
    """Return the exact value of the tree. Raises ExpressionError for a missing value or a division by nought."""
    match node:
        case Number(value=value):
            return value
        case Symbol(name):
            if name not in values:
                raise ExpressionError(_("There is no value for %(symbol)s."), symbol=name)
            return values[name]
        case Operation(sign, left, right):
            a, b = evaluate(left, values), evaluate(right, values)
            if sign == "/" and b == 0:
                raise ExpressionError(_("Division by nought."))
            return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[sign]()
