"""tpes.csv: third-party entities, one designation per committee, with scopes for validation and verification."""

from collections.abc import Hashable

from django.utils.translation import gettext as _

from core.models import Source
from jcm.importer.loader import (
    CHANGED,
    CREATED,
    UNCHANGED,
    Loaded,
    Loader,
    Organisations,
    check_is_public_record,
    number,
    reserve,
    update,
)
from jcm.importer.table import Refused, Row
from parties.models import Designation, DesignationTerm, SectoralScope

# Whether a designation has run out is computed from its date; partly withdrawn scopes are those not listed.
STATUS = {
    "active_as_listed": Designation.Status.DESIGNATED,
    "partially_withdrawn": Designation.Status.DESIGNATED,
    "withdrawn": Designation.Status.WITHDRAWN,
}
SCOPES = ("scopes_validation", "scopes_verification")


class Tpes(Loader):
    """Loads designations. The entity's own country is not in the record and stays unknown."""

    name = "tpes"
    columns = ("number", "country_iso2", "name", *SCOPES, "designated_date", "valid_until", "status")

    def __init__(self) -> None:
        super().__init__()
        self.scopes = {str(scope.number): scope for scope in SectoralScope.objects.all()}
        self.organisations = Organisations()
        self.known = {d.number: d for d in Designation.objects.prefetch_related(*SCOPES)}
        self.changed = set(DesignationTerm.objects.values_list("designation", flat=True))

    def identity(self, row: Row) -> Hashable:
        return row.required("number")

    def load(self, row: Row) -> Loaded:
        partnership = self.partnership_of(row)
        text = number(row, "number", "TPE-{CC}-{n}", country=partnership.code)
        scopes = {column: self._scopes(row, column) for column in SCOPES}
        values = {
            "designated_on": row.day("designated_date"),
            "valid_until": row.day("valid_until"),
            "status": row.word("status", STATUS),
            "organisation_id": self.organisations.get(row.required("name", limit=300), None).pk,
        }
        if values["designated_on"] is None:
            row.lacks("designated_date", _("The record has no day of designation."))
        designation = self.known.get(text)
        if designation is None:
            designation = Designation.objects.create(
                number=text, partnership=partnership, source=Source.PUBLIC_RECORD, **values
            )
            for column, wanted in scopes.items():
                getattr(designation, column).set(wanted)
            reserve(text)
            return Loaded(CREATED, designation)
        check_is_public_record(designation, "number")
        if designation.pk in self.changed:
            raise Refused("number", _("A decision taken in this system changed this designation; it is left as it is."))
        changed = update(designation, values) | self._change_scopes(designation, scopes)
        return Loaded(CHANGED if changed else UNCHANGED, designation)

    def _scopes(self, row: Row, column: str) -> set[SectoralScope]:
        listed = row.parts(column, by=",")
        unknown = [text for text in listed if text not in self.scopes]
        if unknown:
            raise Refused(column, _("There is no sectoral scope “%(text)s”.") % {"text": unknown[0][:40]})
        return {self.scopes[text] for text in listed}

    @staticmethod
    def _change_scopes(designation: Designation, scopes: dict[str, set[SectoralScope]]) -> bool:
        changed = False
        for column, wanted in scopes.items():
            if set(getattr(designation, column).all()) != wanted:
                getattr(designation, column).set(wanted)
                changed = True
        return changed
