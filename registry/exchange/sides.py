"""A difference as people read it: field by field, what we have beside what they have."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

LABELS = {
    "series": _("Series"),
    "first": _("First serial number"),
    "last": _("Last serial number"),
    "quantity": _("Quantity"),
    "account": _("Account"),
    "account_kind": _("Kind of account"),
    "holder": _("Holder"),
    "decision": _("Decision"),
    "authorization": _("Authorization"),
    "approach": _("Cooperative approach"),
    "kind": _("Kind"),
    "at": _("Recorded at"),
    "cause": _("Cause"),
    "movements": _("Movements"),
    "sha256": _("Hash"),
}
SHOWN = 20


def sides(ours: Mapping[str, Any] | None, theirs: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """Return (label, ours, theirs) of each field that differs; all fields where one side has nothing."""
    mine, other = ours or {}, theirs or {}
    return [
        (str(label), _text(mine.get(name)), _text(other.get(name)))
        for name, label in LABELS.items()
        if mine.get(name) != other.get(name)
    ]


def _text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if not isinstance(value, list):
        return str(value)
    moves = [f"{move['series']}-{move['first']}-{move['last']}: {move['from']} → {move['to']}" for move in value]
    return "; ".join([*moves[:SHOWN], *(["…"] if len(moves) > SHOWN else [])])
