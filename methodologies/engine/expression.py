"""The language of equations: what can be written, and the tree that comes of it. No eval.

    EC[i] * COP_PJ[i] / COP_RE[i] * EF          a symbol per unit i carries its index
    sum(i, EC[i]) * EF                          the sum over every i
    history(W * exp(-k * AGE))                  the sum over this year and all before; AGE is the years since
    if(T > 30 [degC], a, b)                     one or the other
    EC * 0.001 [MWh/kWh]                        a number may have a unit
    + - * / ^, exp ln log10 sqrt min max

The text is parsed once; evaluation, check of units, display and spreadsheets walk the same tree. Every node knows
where in the text it stands, so that a fault points at its term.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from methodologies.engine.messages import EngineError
from methodologies.engine.messages import gettext_noop as _

MAX_LENGTH = 2_000
MAX_DEPTH = 40
AGE = "AGE"
# How many arguments each takes; None is two or more.
FUNCTIONS: dict[str, int | None] = {"exp": 1, "ln": 1, "log10": 1, "sqrt": 1, "min": None, "max": None}
RESERVED = frozenset({*FUNCTIONS, "sum", "history", "if", AGE})
COMPARISONS = ("<=", ">=", "<>", "<", ">", "=")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<symbol>[A-Za-z][A-Za-z0-9_]*)|(?P<unit>\[[^][]{1,40}\])"
    r"|(?P<sign><=|>=|<>|[-+*/^(),<>=]))",
    re.ASCII,
)
_INDEX = re.compile(r"\[\s*([A-Za-z]\w*(?:\s*,\s*[A-Za-z]\w*)*)\s*\]", re.ASCII)

Span = tuple[int, int]


class ExpressionError(EngineError):
    """The text is not an expression, or cannot be evaluated; the message says why, `at` where in the text."""

    def __init__(self, message: str, *, at: Span | None = None, **values: object) -> None:
        super().__init__(message, **values)
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """Something that stands in the text from one character to another."""

    at: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Number(_Placed):
    """A decimal written in the text, kept exactly; its unit where it has one."""

    value: Fraction
    text: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Symbol(_Placed):
    """A parameter, for example EG, or EC[i] for the one of unit i."""

    name: str
    index: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation(_Placed):
    """Two terms joined by + - * / or ^."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Call(_Placed):
    """A function of FUNCTIONS with its arguments."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Sum(_Placed):
    """The sum of the body over all members of a dimension."""

    dimension: str
    body: "Node"


@dataclass(frozen=True, slots=True)
class History(_Placed):
    """The sum of the body over this calendar year and every year before it that has readings."""

    body: "Node"


@dataclass(frozen=True, slots=True)
class Choice(_Placed):
    """One of two terms, by a comparison."""

    sign: str
    left: "Node"
    right: "Node"
    then: "Node"
    otherwise: "Node"


Node = Number | Symbol | Operation | Call | Sum | History | Choice


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: Span


def _tokens(text: str) -> list[_Token]:
    tokens, place, stripped = [], 0, text.rstrip()
    while place < len(stripped):
        match = _TOKEN.match(stripped, place)
        if match is None:
            rest = stripped[place:].lstrip()
            at = len(stripped) - len(rest)
            raise ExpressionError(
                _("Unexpected “%(sign)s” at character %(place)s."), at=(at, at + 1), sign=rest[:1], place=at + 1
            )
        kind = match.lastgroup or ""
        tokens.append(_Token(kind, match.group(kind), match.span(kind)))
        place = match.end()
    return tokens


class _Parser:
    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise ExpressionError(_("The expression is longer than %(most)s characters."), most=MAX_LENGTH)
        self.tokens = _tokens(text)
        self.end = _Token("end", "", (len(text), len(text)))
        self.place = 0

    def peek(self) -> _Token:
        return self.tokens[self.place] if self.place < len(self.tokens) else self.end

    def take(self) -> _Token:
        token = self.peek()
        self.place += 1
        return token

    def expect(self, sign: str) -> _Token:
        token = self.take()
        if token.text != sign:
            if sign == ")" and token is self.end:
                raise ExpressionError(_("A closing parenthesis is missing."), at=token.at)
            raise ExpressionError(
                _("Expected “%(sign)s”, found “%(token)s”."), at=token.at, sign=sign, token=token.text or "…"
            )
        return token

    def since(self, start: int) -> Span:
        """Where the text stands that was read since the token at this place."""
        return self.tokens[start].at[0], self.tokens[self.place - 1].at[1]

    def sum(self, depth: int) -> Node:
        start, node = self.place, self.product(depth)
        while self.peek().text in {"+", "-"}:
            sign = self.take().text
            node = Operation(sign, node, self.product(depth), at=self.since(start))
        return node

    def product(self, depth: int) -> Node:
        start, node = self.place, self.factor(depth)
        while self.peek().text in {"*", "/"}:
            sign = self.take().text
            node = Operation(sign, node, self.factor(depth), at=self.since(start))
        return node

    def factor(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise ExpressionError(_("The expression is nested deeper than %(most)s levels."), most=MAX_DEPTH)
        start = self.place
        if self.peek().text == "-":
            self.take()
            return Operation("-", Number(Fraction(0), "0"), self.factor(depth + 1), at=self.since(start))
        node = self.atom(depth)
        if self.peek().text == "^":
            self.take()
            return Operation("^", node, self.factor(depth + 1), at=self.since(start))
        return node

    def atom(self, depth: int) -> Node:
        start, token = self.place, self.take()
        if token.text == "(":
            node = self.sum(depth + 1)
            self.expect(")")
            return node
        if token.kind == "number":
            unit = self.take().text[1:-1].strip() if self.peek().kind == "unit" else ""
            return Number(Fraction(token.text), token.text, unit, at=self.since(start))
        if token.kind == "symbol":
            return self.named(token, start, depth)
        if token is self.end:
            raise ExpressionError(_("The expression ends where a number, a symbol or “(” is expected."), at=token.at)
        raise ExpressionError(
            _("Expected a number, a symbol or “(”, found “%(token)s”."), at=token.at, token=token.text
        )

    def named(self, token: _Token, start: int, depth: int) -> Node:
        if token.text in RESERVED and token.text != AGE:
            self.expect("(")
            return self.function(token, start, depth)
        if self.peek().kind == "unit":
            index = _INDEX.fullmatch(self.take().text)
            if index is None:
                raise ExpressionError(
                    _("In brackets after a symbol stand its indices, as in EC[i]."), at=self.since(start)
                )
            return Symbol(token.text, tuple(part.strip() for part in index[1].split(",")), at=self.since(start))
        return Symbol(token.text, at=token.at)

    def function(self, token: _Token, start: int, depth: int) -> Node:
        """Read what stands in the parentheses of a function, the closing one included."""
        if token.text == "if":
            return self.choice(start, depth)
        if token.text == "sum":
            over = self.take()
            if over.kind != "symbol":
                raise ExpressionError(_("A sum names its dimension first, as in sum(i, EC[i])."), at=over.at)
            self.expect(",")
            body = self.sum(depth + 1)
            self.expect(")")
            return Sum(over.text, body, at=self.since(start))
        arguments = [self.sum(depth + 1)]
        while self.peek().text == ",":
            self.take()
            arguments.append(self.sum(depth + 1))
        self.expect(")")
        if token.text == "history" and len(arguments) == 1:
            return History(arguments[0], at=self.since(start))
        wanted = FUNCTIONS.get(token.text, 1)
        if len(arguments) != wanted and (wanted is not None or len(arguments) == 1):
            raise ExpressionError(
                _("%(name)s takes %(wanted)s."), at=self.since(start), name=token.text, wanted=wanted or "2, 3 …"
            )
        return Call(token.text, tuple(arguments), at=self.since(start))

    def choice(self, start: int, depth: int) -> Node:
        left, sign = self.sum(depth + 1), self.take()
        if sign.text not in COMPARISONS:
            raise ExpressionError(_("An if compares first, as in if(a > b, one, other)."), at=sign.at)
        right = self.sum(depth + 1)
        self.expect(",")
        then = self.sum(depth + 1)
        self.expect(",")
        otherwise = self.sum(depth + 1)
        self.expect(")")
        return Choice(sign.text, left, right, then, otherwise, at=self.since(start))


def parse(text: str) -> Node:
    """Return the tree of `text`. Raises ExpressionError."""
    parser = _Parser(text)
    node = parser.sum(0)
    if (rest := parser.peek()) is not parser.end:
        message = _("Unexpected “%(sign)s” after the end of the expression.")
        raise ExpressionError(message, at=rest.at, sign=rest.text)
    return node


def children(node: Node) -> tuple[Node, ...]:
    """Return the terms of a node, in the order in which they are written."""
    match node:
        case Operation(left=left, right=right):
            return (left, right)
        case Call(arguments=arguments):
            return arguments
        case Sum(body=body) | History(body=body):
            return (body,)
        case Choice(left=left, right=right, then=then, otherwise=otherwise):
            return (left, right, then, otherwise)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """Return the node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def symbols(node: Node) -> set[str]:
    """Return the names of all parameters in the tree."""
    return {each.name for each in walk(node) if isinstance(each, Symbol) and each.name != AGE}
