"""The reference to a committee's decision, as records below the committee keep it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DecisionReference:
    """An adopted decision: its number, its day, and the two co-chairs (Japan's first) who affirmed it."""

    number: str
    adopted_on: date
    signatories: tuple[str, str]
