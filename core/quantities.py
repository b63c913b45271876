"""Whole tonnes, one rounding rule, and fair splitting. 1 credit = 1 tCO2eq.

Rule: reductions are rounded down to whole tonnes once per calendar year, from the unrounded difference of
reference and project emissions (JCM guidelines for PDD and monitoring report).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor


def whole_tonnes(reductions: Fraction) -> int:
    """Return the creditable tonnes of one calendar year: rounded down, never below nought."""
    return max(0, floor(reductions))


def six_places(value: Fraction) -> Decimal:
    """Return the value for display and storage, rounded half to even to six places; credits never follow from it."""
    return Decimal(round(value * 1_000_000)).scaleb(-6)


def days_per_year(start: date, end: date) -> dict[int, int]:
    """Return the number of days of the period in each calendar year; both ends belong to the period."""
    if end < start:
        raise ValueError("the period ends before it starts")
    years = range(start.year, end.year + 1)
    return {y: (min(end, date(y, 12, 31)) - max(start, date(y, 1, 1))).days + 1 for y in years}


def largest_remainder(total: int, weights: Mapping[int, int]) -> dict[int, int]:
    """Split `total` whole tonnes in proportion to `weights`; the parts always sum to `total`.

    Each part is rounded down; the tonnes left over go to the largest remainders, earlier keys first on a tie.
    """
    whole = sum(weights.values())
    exact = {key: Fraction(total * weight, whole) for key, weight in weights.items()}
    parts = {key: floor(value) for key, value in exact.items()}
    by_remainder = sorted(exact, key=lambda key: (parts[key] - exact[key], key))
    for key in by_remainder[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def by_vintage(total: int, *, start: date, end: date) -> dict[int, int]:
    """Apportion the tonnes of a period to its calendar years by days. An estimate, to be flagged as such."""
    return {year: part for year, part in largest_remainder(total, days_per_year(start, end)).items() if part}
