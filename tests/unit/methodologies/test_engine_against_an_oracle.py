"""Random definitions: the engine against a calculator that shares nothing with it but the text."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from methodologies.engine.calculate import by_year
from methodologies.engine.definition import DefinitionError
from methodologies.engine.evaluate import evaluate
from methodologies.engine.expression import parse
from methodologies.engine.reading import read

MEMBERS = ("one", "two", "three")
YEARS = (2023, 2024, 2026)
SMALL = st.builds(Fraction, st.integers(-999, 999), st.sampled_from([1, 10, 100]))
POSITIVE = st.builds(Fraction, st.integers(1, 9_999), st.sampled_from([1, 10, 100]))


# --- the oracle: pairs of a text and a function of (year, member, age) -> Fraction or None ---------------------------
class Case:
    """Values of one random project, and what its texts mean."""

    def __init__(self, draw):
        self.a = {year: draw(SMALL) for year in YEARS}
        self.m = {(year, member): draw(SMALL) for year in YEARS for member in MEMBERS}
        self.f = {member: draw(SMALL) for member in MEMBERS}
        self.c = draw(SMALL)

    def readings(self):
        yield from ((year, "A", value) for year, value in self.a.items())
        yield from ((year, "M", value, (member,)) for (year, member), value in self.m.items())


def plain(value):
    """Write a decimal as the language does; it has no sign of its own."""
    digits = f"{abs(value.numerator) * (100 // value.denominator):03d}"
    text = f"{digits[:-2]}.{digits[-2:]}"
    return f"(-{text})" if value < 0 else text


LEAVES = {
    "A": lambda case: lambda year, _m, _age: case.a[year],
    "C": lambda case: lambda *_at: case.c,
    "M[i]": lambda case: lambda year, member, _age: case.m[year, member],
    "F[i]": lambda case: lambda _year, member, _age: case.f[member],
    "AGE": lambda _case: lambda _year, _m, age: Fraction(age),
}


@st.composite
def terms(draw, depth, case, *, member=False, past=False):
    """Return (text, meaning); the meaning gives None where the engine must refuse."""
    leaves = ["number", "A", "C"] + ["M[i]", "F[i]"] * member + ["AGE"] * past
    nodes = ["+", "-", "*", "/", "^", "min", "max", "if", "neg"] + ["sum"] * (not member) + ["history"] * (not past)
    kind = draw(st.sampled_from(leaves if depth == 0 else leaves + nodes * 2))
    if kind == "number":
        value = draw(SMALL)
        return plain(value), lambda *_at: value
    if kind in LEAVES:
        return kind, LEAVES[kind](case)

    def inner(**changes):
        return draw(terms(depth - 1, case, **{"member": member, "past": past, **changes}))

    return ONE[kind](draw, inner) if kind in ONE else two(kind, inner)


def negated(_draw, inner):
    text, body = inner()
    return f"(-({text}))", lambda *at: None if body(*at) is None else -body(*at)


def power(draw, inner):
    (text, body), exponent = inner(), draw(st.integers(-3, 4))
    return f"({text})^({exponent})", lambda *at: raised(body(*at), exponent)


def over_members(_draw, inner):
    text, body = inner(member=True)
    return f"sum(i, {text})", lambda year, _m, age: total(body(year, m, age) for m in MEMBERS)


def over_years(_draw, inner):
    text, body = inner(past=True)
    return f"history({text})", lambda year, m, _age: total(body(x, m, year - x) for x in YEARS if x <= year)


def choice(draw, inner):
    sign = draw(st.sampled_from(["<", "<=", ">", ">=", "=", "<>"]))
    (one, left), (other, right), (third, then), (fourth, otherwise) = inner(), inner(), inner(), inner()
    text = f"if({one} {sign} {other}, {third}, {fourth})"
    return text, lambda *at: chosen(sign, left(*at), right(*at), lambda: then(*at), lambda: otherwise(*at))


ONE = {"neg": negated, "^": power, "sum": over_members, "history": over_years, "if": choice}


def two(kind, inner):
    (one, left), (other, right) = inner(), inner()
    if kind in ("min", "max"):
        return f"{kind}({one}, {other})", lambda *at: both(left(*at), right(*at), {"min": min, "max": max}[kind])
    return f"({one}) {kind} ({other})", lambda *at: both(left(*at), right(*at), ARITHMETIC[kind])


ARITHMETIC = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
    "/": lambda a, b: None if b == 0 else a / b,
}  # fmt: skip


def both(a, b, joined):
    return None if a is None or b is None else joined(a, b)


def total(values):
    values = list(values)
    return None if None in values else sum(values, Fraction(0))


def raised(base, power):
    return None if base is None or (base == 0 and power < 0) else base**power


def chosen(sign, a, b, then, otherwise):
    if a is None or b is None:
        return None
    holds = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "=": a == b, "<>": a != b}[sign]
    return then() if holds else otherwise()


@st.composite
def projects(draw):
    case = Case(draw)
    return case, draw(terms(3, case)), draw(terms(3, case))


def definition(reference, project):
    parameters = [
        {"symbol": "A", "unit": "t", "kind": "monitored"},
        {"symbol": "M", "unit": "t", "kind": "monitored", "over": ["i"]},
        {"symbol": "F", "unit": "1", "kind": "fixed", "over": ["i"]},
        {"symbol": "C", "unit": "1", "kind": "fixed"},
    ]
    dimensions = [{"symbol": "i", "name": "unit", "members": list(MEMBERS)}]
    return read({"dimensions": dimensions, "parameters": parameters, "reference": reference, "project": project})


@settings(max_examples=2_000, deadline=None)
@given(projects())
def test_every_year_comes_to_what_the_oracle_says(drawn):
    case, (text, reference), (other_text, project) = drawn
    fixed = {"C": case.c, "F": {(member,): value for member, value in case.f.items()}}
    wanted = [(year, reference(year, None, 0), project(year, None, 0)) for year in YEARS]
    read_as = definition(text, other_text)
    if any(None in row for row in wanted):
        with pytest.raises(DefinitionError):
            by_year(read_as, readings=case.readings(), fixed=fixed)
        return
    found = by_year(read_as, readings=case.readings(), fixed=fixed)
    assert [(year.year, year.reference, year.project) for year in found] == wanted
    assert [year.reductions for year in found] == [max(0, (re - pe).__floor__()) for _year, re, pe in wanted]


# --- exponentials, logarithms and roots against series of rationals ---------------------------------------------------
DIGITS = 50


def exponential(x: Fraction) -> Fraction:
    """Halve until small, Taylor, square back; exact rationals cut to 90 digits at each step."""
    halved, small = 0, x
    while abs(small) > Fraction(1, 4):
        small, halved = small / 2, halved + 1
    term = value = Fraction(1)
    for n in range(1, 60):
        term = cut(term * small / n)
        value += term
    for _square in range(halved):
        value = cut(value * value)
    return value


def logarithm(x: Fraction) -> Fraction:
    """Give ln x by atanh of what is left after taking out powers of two."""
    twos, left = 0, x
    while left > Fraction(3, 2):
        left, twos = left / 2, twos + 1
    while left < Fraction(3, 4):
        left, twos = left * 2, twos - 1
    return atanh((left - 1) / (left + 1)) * 2 + twos * 2 * atanh(Fraction(1, 3))


def atanh(z: Fraction) -> Fraction:
    value, power = Fraction(0), z
    for n in range(1, 260, 2):
        value += power / n
        power = cut(power * z * z)
    return value


def cut(value: Fraction) -> Fraction:
    scale = 10**110
    return Fraction(round(value * scale), scale)


def close(found: Fraction, wanted: Fraction) -> bool:
    return abs(found - wanted) <= max(abs(wanted), Fraction(1, 10**DIGITS)) * Fraction(1, 10 ** (DIGITS - 1))


class TestSeries:
    @settings(max_examples=200, deadline=None)
    @given(st.builds(Fraction, st.integers(-4_000, 4_000), st.just(100)))
    def test_exponentials_are_right_to_fifty_digits(self, x):
        assert close(evaluate(parse("exp(X)"), {"X": x}), exponential(x))

    @settings(max_examples=200, deadline=None)
    @given(POSITIVE)
    def test_logarithms_are_right_to_fifty_digits(self, x):
        assert close(evaluate(parse("ln(X)"), {"X": x}), logarithm(x))
        assert close(evaluate(parse("log10(X)"), {"X": x}), logarithm(x) / logarithm(Fraction(10)))

    @settings(max_examples=200, deadline=None)
    @given(POSITIVE, st.builds(Fraction, st.integers(-300, 300), st.just(100)))
    def test_roots_and_other_powers_are_right_to_forty_nine_digits(self, x, power):
        assert close(evaluate(parse("sqrt(X) * sqrt(X)"), {"X": x}), x)
        assert close(evaluate(parse("X ^ P"), {"X": x, "P": power}), exponential(power * logarithm(x)))
