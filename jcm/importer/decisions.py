"""jc_decisions.csv: what Joint Committees decided, one row per day and kind."""

import hashlib
from collections.abc import Hashable
from typing import Any

from django.utils.translation import gettext as _

from committee.models import Decision, DecisionItem
from committee.workflow import DecisionStatus
from core.models import Source
from jcm.importer.loader import CHANGED, CREATED, UNCHANGED, Loaded, Loader, update
from jcm.importer.subjects import Item, Subjects
from jcm.importer.table import Refused, Row

MODE = {
    "electronic": Decision.Mode.ELECTRONIC,
    "meeting": Decision.Mode.MEETING,
    "unknown": Decision.Mode.UNKNOWN,
    "": Decision.Mode.UNKNOWN,
}
KINDS = {kind.value: kind for kind in DecisionItem.Kind}
KEY = ("country_iso2", "decision_date", "decision_type")


class Decisions(Loader):
    """Loads decisions as adopted. An adopted decision never changes, so a row that differs from it is refused.

    Country, day and kind tell decisions apart: a committee bundles what it decides of one kind on one day.
    """

    name = "jc_decisions"
    columns = (*KEY, "mode", "meeting", "subject")

    def __init__(self) -> None:
        super().__init__()
        self.subjects = Subjects()
        found = Decision.objects.exclude(record_key=None).prefetch_related("items")
        self.known = {decision.record_key: decision for decision in found}

    def identity(self, row: Row) -> Hashable:
        return tuple(row.required(column) for column in KEY)

    def load(self, row: Row) -> Loaded:
        values = self._values(row)
        items = self._items(row, values)
        key = hashlib.sha256("|".join(row.text(column) for column in KEY).encode()).hexdigest()
        decision = self.known.get(key)
        if decision is None:
            decision = Decision.objects.create(
                status=DecisionStatus.ADOPTED, source=Source.PUBLIC_RECORD, record_key=key, **values
            )
            for item in items:
                decision.items.create(
                    partnership=decision.partnership, kind=item.kind, subject=item.subject, **item.link
                )
            return Loaded(CREATED, decision)
        self._check_same(decision, values, items)
        # What was decided is final; which of our records it names may become known later.
        linked = [update(kept, item.link) for kept, item in zip(decision.items.all(), items, strict=True)]
        return Loaded(CHANGED if any(linked) else UNCHANGED, decision)

    def _values(self, row: Row) -> dict[str, Any]:
        values = {
            "partnership": self.partnership_of(row),
            "adopted_on": row.day("decision_date"),
            "mode": row.word("mode", MODE),
            "meeting": row.text("meeting", limit=200),
            "text": row.text("subject"),
        }
        if values["mode"] == Decision.Mode.UNKNOWN:
            row.lacks("mode", _("The record does not say how the decision was taken."))
        if values["mode"] == Decision.Mode.MEETING and not values["meeting"]:
            row.lacks("meeting", _("The record does not name the meeting."))
        if not values["text"]:
            row.lacks("subject", _("The record does not say what was decided."))
        return {**values, "incomplete": bool(row.missing)}

    def _items(self, row: Row, values: dict[str, Any]) -> list[Item]:
        words = row.parts("decision_type")
        unknown = [word for word in words if word not in KINDS]
        if unknown or len(set(words)) != len(words):
            text = (unknown or words)[0][:40]
            raise Refused(
                "decision_type", _("“%(text)s” is no known kind of decision, or is there twice.") % {"text": text}
            )
        return [
            item
            for word in words
            for item in self.subjects.items(
                KINDS[word],
                values["text"],
                partnership=values["partnership"],
                day=values["adopted_on"],
                bundled=len(words) > 1,
            )
        ]

    @staticmethod
    def _check_same(decision: Decision, values: dict[str, Any], items: list[Item]) -> None:
        columns = {"mode": "mode", "meeting": "meeting", "text": "subject"}
        for name, column in columns.items():
            if getattr(decision, name) != values[name]:
                raise Refused(column, _("An adopted decision of this day and kind says something else; it is final."))
        kept = [(item.kind, item.subject) for item in decision.items.all()]
        if kept != [(item.kind, item.subject) for item in items]:
            raise Refused("subject", _("An adopted decision of this day and kind has other items; it is final."))
