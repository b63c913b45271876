"""methodologies.csv: approved methodologies by number and version, and proposals that have only their own number."""

from collections.abc import Hashable
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from core.models import Source
from jcm.importer.loader import (
    CHANGED,
    CREATED,
    UNCHANGED,
    Loaded,
    Loader,
    check_is_public_record,
    number,
    reserve,
    update,
    version,
    walk,
)
from jcm.importer.table import Refused, Row
from methodologies.models import Methodology, MethodologyVersion
from methodologies.workflow import METHODOLOGY, Status
from parties.models import Partnership, SectoralScope

# A published proposal has passed the check of completeness: its public inputs and consideration are under way.
STATUS = {
    "approved": Status.APPROVED,
    "proposed": Status.CONSIDERED,
    "denied": Status.DENIED,
    "withdrawn": Status.WITHDRAWN,
}
APPROVED, PROPOSED = "{CC}_AM{n}", "{CC}_PM{n}"
FIRST_VERSION = "1.0"


class Methodologies(Loader):
    """Loads versions. Their definitions, which compute, are not in the record."""

    name = "methodologies"
    columns = (
        *("number", "version", "country_iso2", "title", "sectoral_scope_no", "status", "approval_date"),
        *("proposed_number", "proponent", "public_input_start", "public_input_end"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.scopes = {str(scope.number): scope for scope in SectoralScope.objects.all()}
        self.families = {family.number: family for family in Methodology.objects.exclude(number=None)}
        versions = list(MethodologyVersion.objects.select_related("methodology"))
        self.approved = {(v.methodology.number, v.version): v for v in versions if v.methodology.number}
        self.proposed = {v.proposed_number: v for v in versions if v.proposed_number}

    def identity(self, row: Row) -> Hashable:
        text, printed = row.required("number"), row.text("version")
        return text if "_PM" in text else (text, version(printed) or printed)

    def load(self, row: Row) -> Loaded:
        partnership = self.partnership_of(row)
        text = number(row, "number", APPROVED, PROPOSED, country=partnership.code)
        values = self._values(row, partnership, is_proposal="_PM" in text)
        if "_PM" in text:
            return self._load_proposal(text, partnership, values)
        reserve(text)
        return self._load_approved(text, partnership, values)

    def _values(self, row: Row, partnership: Partnership, *, is_proposal: bool) -> dict[str, Any]:
        status = row.word("status", STATUS)
        if (status == Status.APPROVED) is is_proposal:
            raise Refused("status", _("An approved methodology has an AM number, a proposal a PM number."))
        scope = row.text("sectoral_scope_no")
        if scope and scope not in self.scopes:
            raise Refused("sectoral_scope_no", _("There is no sectoral scope “%(text)s”.") % {"text": scope[:40]})
        if not row.text("title"):
            row.lacks("title", _("The record has no title."))
        return {
            "version": self._version(row, is_proposal=is_proposal),
            "title": row.text("title", limit=300),
            "sectoral_scope_id": self.scopes[scope].pk if scope else None,
            "status": status,
            "approved_on": row.day("approval_date"),
            "proposed_number": self._proposed_number(row, partnership),
            "proponent_name": row.text("proponent", limit=300),
            **self._public_inputs(row),
            "incomplete": bool(row.missing),
        }

    @staticmethod
    def _version(row: Row, *, is_proposal: bool) -> str:
        text = row.text("version")
        if not text and is_proposal:
            return FIRST_VERSION
        found = version(text)
        if found is None:
            raise Refused("version", _("“%(text)s” is not a version such as Ver1.0.") % {"text": text[:40]})
        return found

    @staticmethod
    def _proposed_number(row: Row, partnership: Partnership) -> str:
        if not row.text("proposed_number"):
            return ""
        text = number(row, "proposed_number", PROPOSED, country=partnership.code)
        reserve(text)
        return text

    @staticmethod
    def _public_inputs(row: Row) -> dict[str, Any]:
        first, last = row.day("public_input_start"), row.day("public_input_end")
        if first and last and last < first:
            raise Refused("public_input_end", _("Public inputs end before they start."))
        return {"public_inputs_from": first, "public_inputs_until": last}

    def _load_proposal(self, text: str, partnership: Partnership, values: dict[str, Any]) -> Loaded:
        values["proposed_number"] = text
        reserve(text)
        known = self.proposed.get(text)
        if known is None:
            family = Methodology.objects.create(partnership=partnership, source=Source.PUBLIC_RECORD)
            self.proposed[text] = self._create(family, values)
            return Loaded(CREATED, self.proposed[text])
        if known.methodology.number:
            raise Refused("number", _("This proposal has become %(label)s.") % {"label": known.label})
        return self._follow(known, values)

    def _load_approved(self, text: str, partnership: Partnership, values: dict[str, Any]) -> Loaded:
        known = self.approved.get((text, values["version"])) or self._proposal_of(values)
        if known is None:
            known = self._create(self._family(text, partnership), values)
            self.approved[text, known.version] = known
            self._supersede(known.methodology)
            return Loaded(CREATED, known)
        check_is_public_record(known, "number")
        if not known.methodology.number:  # the proposal was approved since the last run
            values["methodology"] = self._family(text, partnership, own=known.methodology)
        loaded = self._follow(known, values)
        self._supersede(known.methodology)
        return loaded

    @staticmethod
    def _supersede(family: Methodology) -> None:
        """Let the newest version alone be valid; the record calls each of them approved."""
        versions = sorted(family.versions.valid(), key=lambda v: [int(part) for part in v.version.split(".")])
        for older, newer in pairwise(versions):
            if older.source == Source.PUBLIC_RECORD:
                older.ended_on = newer.approved_on
                older.save(update_fields=["ended_on"])
                walk(older, METHODOLOGY, Status.SUPERSEDED)

    def _proposal_of(self, values: dict[str, Any]) -> MethodologyVersion | None:
        proposal = self.proposed.get(values["proposed_number"])
        return proposal if proposal and not proposal.methodology.number else None

    def _family(self, text: str, partnership: Partnership, own: Methodology | None = None) -> Methodology:
        if text not in self.families:
            family = own or Methodology(partnership=partnership, source=Source.PUBLIC_RECORD)
            family.number = text
            family.save()
            self.families[text] = family
        return self.families[text]

    @staticmethod
    def _create(family: Methodology, values: dict[str, Any]) -> MethodologyVersion:
        return MethodologyVersion.objects.create(methodology=family, source=Source.PUBLIC_RECORD, **values)

    @staticmethod
    def _follow(known: MethodologyVersion, values: dict[str, Any]) -> Loaded:
        check_is_public_record(known, "number")
        status = values.pop("status")
        if status == Status.APPROVED and known.was_approved:
            status = known.status  # the record does not say which version is valid
        before = known.methodology
        changed = update(known, values) | walk(known, METHODOLOGY, status)
        if known.methodology != before and not before.versions.exists():
            before.delete()
        return Loaded(CHANGED if changed else UNCHANGED, known)
