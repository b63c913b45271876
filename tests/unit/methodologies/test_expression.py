"""The expression language: what it reads, what it refuses, and how it prints."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodologies.engine.display import formula
from methodologies.engine.evaluate import Scope, evaluate
from methodologies.engine.expression import (
    MAX_DEPTH,
    MAX_LENGTH,
    ExpressionError,
    Number,
    Operation,
    Symbol,
    parse,
    symbols,
)

VALUES = {"A": Fraction(7), "B": Fraction(3), "C": Fraction(2)}


class TestParse:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1 + 2 * 3", Fraction(7)),
            ("(1 + 2) * 3", Fraction(9)),
            ("A - B - C", Fraction(2)),
            ("A - (B - C)", Fraction(6)),
            ("A / B / C", Fraction(7, 6)),
            ("A / (B / C)", Fraction(14, 3)),
            ("-A + B", Fraction(-4)),
            ("- -A", Fraction(7)),
            ("2 * -B", Fraction(-6)),
            ("0.1 + 0.2", Fraction(3, 10)),
            ("  A*B ", Fraction(21)),
        ],
    )
    def test_reads_arithmetic_as_people_do(self, text, value):
        assert evaluate(parse(text), VALUES) == value

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "  ",
            "1 +",
            "* 2",
            "(1",
            "1)",
            "1 2",
            "A B",
            "a..b",
            "1.",
            ".5",
            "__import__('os')",
            "A ** 2",
            "1e5",
            "A,B",
            "٣",
        ],
    )
    def test_refuses_what_is_no_expression(self, text):
        with pytest.raises(ExpressionError):
            parse(text)

    def test_says_where_a_strange_sign_stands(self):
        with pytest.raises(ExpressionError, match="Unexpected “%” at character 3"):
            parse("A % B")

    def test_refuses_more_text_than_anyone_writes(self):
        with pytest.raises(ExpressionError, match=str(MAX_LENGTH)):
            parse("1" * (MAX_LENGTH + 1))

    def test_refuses_nesting_deeper_than_the_stack_bears(self):
        parse("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH)
        with pytest.raises(ExpressionError, match="nested"):
            parse("(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1))


class TestEvaluate:
    def test_refuses_a_symbol_without_value(self):
        with pytest.raises(ExpressionError, match="no value for X"):
            evaluate(parse("A * X"), VALUES)

    def test_refuses_a_division_by_nought(self):
        with pytest.raises(ExpressionError, match="nought"):
            evaluate(parse("A / (B - B)"), VALUES)

    def test_keeps_thirds_exact(self):
        assert evaluate(parse("A / B * B"), VALUES) == 7


class TestSymbols:
    def test_names_each_parameter_once(self):
        assert symbols(parse("A * (B + A) / 2")) == {"A", "B"}


def numbers():
    return st.integers(0, 999).map(lambda n: Number(Fraction(n), str(n)))


TREES = st.recursive(
    numbers() | st.sampled_from("ABC").map(Symbol),
    lambda inner: st.builds(Operation, st.sampled_from("+-*/"), inner, inner),
    max_leaves=12,
)


def outcome(node):
    try:
        return evaluate(node, VALUES)
    except ExpressionError as problem:
        return str(problem)


class TestFormula:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("EC*(COP_PJ/COP_RE)*EF", "EC × (COP_PJ ÷ COP_RE) × EF"),
            ("A-(B-C)", "A − (B − C)"),
            ("(A-B)-C", "A − B − C"),
            ("(A+B)*C", "(A + B) × C"),
            ("((A))", "A"),
            ("-A", "−A"),
        ],
    )
    def test_writes_signs_and_only_the_parentheses_it_needs(self, text, shown):
        assert formula(parse(text)) == shown

    @given(TREES)
    def test_means_what_it_shows(self, tree):
        text = formula(tree)
        for shown, written in (("×", "*"), ("÷", "/"), ("−", "-")):
            text = text.replace(shown, written)
        assert outcome(parse(text)) == outcome(tree)


class TestLanguage:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("2 ^ 3 ^ 2", 512),
            ("-2 ^ 2", -4),
            ("2 ^ -1", Fraction(1, 2)),
            ("4 ^ 0.5", 2),
            ("min(A, B, C)", 2),
            ("max(A, B)", 7),
            ("sqrt(16)", 4),
            ("ln(1) + exp(0) + log10(1000)", 4),
            ("if(A > B, 1, 1 / 0)", 1),
            ("if(A <> A, 1, 2) + if(A = 7, 10, 20)", 12),
            ("A * 0.001 [MWh/kWh]", Fraction(7, 1000)),
        ],
    )
    def test_has_powers_functions_and_conditions(self, text, value):
        assert evaluate(parse(text), VALUES) == value

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("exp(1, 2)", "exp takes 1"),
            ("min(1)", "min takes 2, 3"),
            ("history(A, B)", "history takes 1"),
            ("if(A, 1, 2)", "compares first"),
            ("if(A > B, 1)", "Expected “,”"),
            ("sum(1, A)", "names its dimension"),
            ("sum(i A)", "Expected “,”"),
            ("exp 1", "Expected “\\(”"),
            ("EC[1]", "its indices"),
            ("EC[i", "Unexpected"),
            ("min(A, B", "closing parenthesis"),
        ],
    )
    def test_says_how_it_is_written(self, text, words):
        with pytest.raises(ExpressionError, match=words):
            parse(text)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("0 ^ -1", "nought"),
            ("(0 - 8) ^ 0.5", "no such power"),
            ("sqrt(-1)", "no root"),
            ("ln(0)", "logarithm"),
            ("exp(1001)", "1000"),
            ("2 ^ 101", "100"),
            ("((9 ^ 100) ^ 100) ^ 100", "too long"),
        ],
    )
    def test_refuses_what_has_no_value(self, text, words):
        with pytest.raises(ExpressionError, match=words) as refused:
            evaluate(parse(text), VALUES)
        assert refused.value.at

    def test_refuses_more_steps_than_a_project_needs(self):
        text = "sum(i, sum(j, sum(k, 1)))"
        many = [str(number) for number in range(150)]
        with pytest.raises(ExpressionError, match="steps"):
            evaluate(parse(text), Scope({}, {"i": many, "j": many, "k": many}))

    def test_says_where_a_fault_stands(self):
        text = "A + B / (C - C)"
        with pytest.raises(ExpressionError) as refused:
            evaluate(parse(text), VALUES)
        assert text[slice(*refused.value.at)] == "B / (C - C)"
