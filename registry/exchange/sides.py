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
Told = Mapping[str, Any]


def sides(ours: Told | None, theirs: Told | None, kinds: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """Return (label, ours, theirs) of each field that differs, or of the whole where one side has nothing.

    `kinds` names the kinds of account in words.
    """
    if ours is None or theirs is None:
        return [(str(_("Everything")), _whole(ours, kinds), _whole(theirs, kinds))]
    return [
        (str(label), _text(name, ours.get(name), kinds), _text(name, theirs.get(name), kinds))
        for name, label in LABELS.items()
        if ours.get(name) != theirs.get(name)
    ]


def _whole(told: Told | None, kinds: Mapping[str, object]) -> str:
    """Return a block or a transaction in one line."""
    if told is None:
        return "–"
    if "series" in told:
        told = {"block": f"{told['series']}-{told['first']}-{told['last']}", **told}
        names = ["block", *(name for name in LABELS if name not in ("series", "first", "last"))]
    else:
        names = list(LABELS)
    return ", ".join(_text(name, told[name], kinds) for name in names if told.get(name))


def _text(name: str, value: Any, kinds: Mapping[str, object]) -> str:
    if value is None or value == "":
        return "–"
    if name == "account_kind":
        return str(kinds.get(value, value))
    if not isinstance(value, list):
        return str(value)
    moves = [f"{move['series']}-{move['first']}-{move['last']}: {move['from']} → {move['to']}" for move in value]
    return "; ".join([*moves[:SHOWN], *(["…"] if len(moves) > SHOWN else [])])
