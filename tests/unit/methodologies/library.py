"""The library's entries for tests: their definitions, and their worked examples as the engine takes them."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from methodologies import library

FOLDER = Path(library.__file__).parent
ENTRIES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}


def key(text: object) -> tuple[str, ...]:
    """Return the members that are named as in "truck, diesel"."""
    return tuple(part.strip() for part in str(text).split(","))


def value(text: object) -> Fraction | str:
    """Return a number, or a choice."""
    try:
        return Fraction(str(text))
    except ValueError:
        return str(text)


def example(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the readings, fixed values and members of an entry's worked example."""
    given = entry["example"]
    fixed = {
        symbol: {key(m): value(text) for m, text in each.items()} if isinstance(each, dict) else value(each)
        for symbol, each in given["fixed"].items()
    }
    readings = [
        (year, symbol, Fraction(amount), *([key(member)] if member is not None else []))
        for year, symbols in given["readings"].items()
        for symbol, each in symbols.items()
        for member, amounts in (each.items() if isinstance(each, dict) else [(None, each)])
        for amount in amounts
    ]
    return {"readings": readings, "fixed": fixed, "members": given.get("members") or {}}
