"""issuances.csv: for each project and monitoring period, what was notified to each side and what it issued."""

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Sequence

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from jcm.importer.loader import Loaded, Loader
from jcm.importer.table import Refused, Row
from parties.models import Country
from projects.models import Project
from registry.services import PublishedIssuance, issuance_record

BOTH_SIDES = "ALL"
GRANULARITY = {"project_period_party": False, "aggregate": True, "decision_only": True}
KEY = ("reference_no", "monitoring_start", "monitoring_end", "jc_decision_date")
COLUMN = {
    "projects": "reference_no",
    "period_start": "monitoring_start",
    "period_end": "monitoring_end",
    "decided_on": "jc_decision_date",
    "party": "party",
    "notified": "notified_amount",
    "issued_on": "issuance_date",
    "issued": "issued_amount",
}


def _key(row: Row) -> str:
    return hashlib.sha256("|".join(row.text(column) for column in KEY).encode()).hexdigest()


class Issuances(Loader):
    """Loads notifications, legs and credits through the registry's service, oldest issuance first."""

    name = "issuances"
    columns = (*KEY, "party", "notified_amount", "issuance_date", "issued_amount", "granularity", "note")

    def __init__(self) -> None:
        super().__init__()
        found = Project.objects.exclude(number=None).select_related("partnership__host", "partnership__acquirer")
        self.projects = {project.number: project for project in found}
        self.parties = {country.iso2: country for country in Country.objects.all()}
        self.groups: dict[str, list[Row]] = {}

    def identity(self, row: Row) -> Hashable:
        return row.required("reference_no"), *(row.text(column) for column in (*KEY[1:], "party"))

    def in_order(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Serial numbers follow the days of issuance; what is not issued yet comes last."""
        groups = defaultdict(list)
        for row in rows:
            groups[_key(row)].append(row)
        self.groups = dict(groups)
        return sorted(rows, key=lambda row: (row.text("issuance_date") or "9999", row.line))

    def load(self, row: Row) -> Loaded:
        published = self._published(row)
        self._note_what_is_missing(row, published)
        try:
            notification, change = issuance_record(published)
        except InvalidInput as refusal:
            name, reason = next(iter(refusal.fields.items()))
            raise Refused(COLUMN[name], reason) from refusal
        if published.party and len(self._sides(row)) < 2 and notification.legs.count() < 2:
            row.lacks("party", _("The file has no row for the other side."))
        return Loaded(change, notification)

    def _published(self, row: Row) -> PublishedIssuance:
        return PublishedIssuance(
            key=_key(row),
            keys=self.groups.keys(),
            projects=self._projects(row),
            period_start=row.day("monitoring_start"),
            period_end=row.day("monitoring_end"),
            decided_on=row.day("jc_decision_date"),
            party=self._party(row),
            notified=row.whole("notified_amount"),
            issued_on=row.day("issuance_date"),
            issued=row.whole("issued_amount"),
            note=self._note(row),
        )

    def _projects(self, row: Row) -> tuple[Project, ...]:
        numbers = row.parts("reference_no")
        unknown = [number for number in numbers if number not in self.projects]
        if unknown:
            raise Refused("reference_no", _("There is no project “%(text)s”.") % {"text": unknown[0][:40]})
        return tuple(self.projects[number] for number in dict.fromkeys(numbers))

    def _party(self, row: Row) -> Country | None:
        code = row.required("party")
        if row.word("granularity", GRANULARITY) is not (code == BOTH_SIDES):
            raise Refused("party", _("“%(code)s” does not go with this granularity.") % {"code": code[:40]})
        if code == BOTH_SIDES:
            return None
        if code not in self.parties:
            raise Refused("party", _("“%(code)s” is no country of a partnership.") % {"code": code[:40]})
        return self.parties[code]

    def _note(self, row: Row) -> str:
        """Return the remarks of the notification's rows; a day of issuance that no leg can hold is one, too."""
        rows = self.groups[_key(row)]
        notes = [other.text("note") for other in rows]
        notes += [
            _("Issued on %(day)s.") % {"day": other.text("issuance_date")}
            for other in rows
            if other.text("party") == BOTH_SIDES and other.text("issuance_date")
        ]
        return "\n".join(dict.fromkeys(note for note in notes if note))

    def _note_what_is_missing(self, row: Row, published: PublishedIssuance) -> None:
        missing = {
            "monitoring_start": published.period is None and _("The record has no monitoring period."),
            "jc_decision_date": published.decided_on is None and _("The record has no date of the decision."),
            "party": published.party is None and _("The record has no split between the sides."),
            "reference_no": len(published.projects) > 1 and _("The record has no split between the projects."),
            "notified_amount": published.notified is None
            and published.issued is None
            and _("The record has no amount."),
        }
        if published.party:
            missing["issued_amount"] = (
                published.issued_on is not None and published.issued is None and _("The amount issued is missing.")
            )
            missing["issuance_date"] = (
                published.issued_on is None and bool(published.issued) and _("The date of issuance is missing.")
            )
        for column, reason in missing.items():
            if reason:
                row.lacks(column, reason)

    def _sides(self, row: Row) -> set[str]:
        return {other.text("party") for other in self.groups[_key(row)]} - {BOTH_SIDES}
