"""What rules find wrong with a record, and the one refusal that tells all of it."""

from collections.abc import Mapping

from core.errors import InvalidInput

# Field → sentence; nothing found means that the rule is kept.
Findings = dict[str, str]


def enforce(*findings: Mapping[str, str]) -> None:
    """Raise InvalidInput with all findings at once, or do nothing when there is none."""
    found = {field: text for each in findings for field, text in each.items()}
    if found:
        raise InvalidInput(next(iter(found.values())) if len(found) == 1 else "", fields=found)
