"""The house rules that a linter does not know."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from core.models import AppendOnly

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "parties", "methodologies", "projects", "registry", "committee", "article6", "jcm")
FILES = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts]
MODELS = [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]
LINES, FUNCTION_LINES = 400, 40
BELOW_THE_WEB = ("services", "models.py", "policies.py", "rules.py", "selectors.py", "engine")


def names(values) -> list[str]:
    return [str(value.relative_to(ROOT)) for value in values]


@pytest.mark.parametrize("path", FILES, ids=names(FILES))
class TestFile:
    def test_is_short_enough_to_be_one_thing(self, path):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES

    def test_has_only_functions_that_fit_a_screen(self, path):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES]
        assert not long


BELOW = [path for path in FILES if any(part in BELOW_THE_WEB for part in path.relative_to(ROOT).parts)]


@pytest.mark.parametrize("path", BELOW, ids=names(BELOW))
def test_below_the_views_nothing_knows_of_http(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {module for module in imported if module.startswith(("django.http", "django.shortcuts"))}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
class TestModel:
    def test_says_what_it_is(self, model):
        assert model.__doc__
        assert not model.__doc__.startswith(f"{model.__name__}(")

    def test_has_a_name_for_people(self, model):
        assert "__str__" in model.__dict__ or any("__str__" in base.__dict__ for base in model.__mro__[1:-2])

    def test_holds_no_floats(self, model):
        assert not [field for field in model._meta.get_fields() if isinstance(field, models.FloatField)]

    def test_keeps_time_with_who(self, model):
        """What a person did has both who and when, or neither (checked where both columns exist)."""
        fields = {field.name for field in model._meta.get_fields()}
        for name in fields:
            if name.endswith("_by") and f"{name[:-3]}_at" in fields:
                who, when = model._meta.get_field(name), model._meta.get_field(f"{name[:-3]}_at")
                paired = any({name, f"{name[:-3]}_at"} <= _columns(c) for c in model._meta.constraints)
                assert paired or not (who.null or when.null), name


def _columns(constraint: models.BaseConstraint) -> set[str]:
    condition = getattr(constraint, "condition", None)
    found: set[str] = set()
    pending = [condition] if isinstance(condition, models.Q) else []
    while pending:
        for child in pending.pop().children:
            if isinstance(child, models.Q):
                pending.append(child)
            elif isinstance(child, tuple):
                found.add(child[0].partition("__")[0])
    return found


def test_the_ledger_is_append_only_by_grant():
    """A table of the ledger that forgets to be AppendOnly could be rewritten by the application."""
    ledger = {"Transaction", "Movement", "CreditBlock", "LegLine"}
    log = {"LogLeaf", "UnsealedLeaf", "LogEntry", "LogNode", "Checkpoint"}
    told = {"Certificate", "CertificateLine", "StoredAnswer"}
    exchanged = {"Message", "Receipt", "RefusedMessage", "Difference"}
    found = {model.__name__ for model in apps.get_app_config("registry").get_models() if issubclass(model, AppendOnly)}
    assert found == ledger | log | told | exchanged
