"""The lists of countries, partnerships and third-party entities: how they sort, and what their downloads hold."""

from core.lists import Column, Listing, Sorting
from parties.models import Designation


def _scopes(designation: Designation, kind: str) -> list[int]:
    return [scope.number for scope in getattr(designation, f"scopes_{kind}").all()]


COUNTRIES = Listing(
    name="countries",
    template="parties/countries.html",
    order="name",
    sorts={"name": "name_en", "name_ja": "name_ja", "code": "iso2", "signed": "partnership__signed_on"},
    columns=(
        Column("iso2", lambda row: row.iso2),
        Column("iso3", lambda row: row.iso3),
        Column("name_en", lambda row: row.name_en),
        Column("name_ja", lambda row: row.name_ja),
        Column("signed_on", lambda row: row.partnership.signed_on),
    ),
)

PARTNERSHIPS = Sorting(order="signed", sorts={"signed": "signed_on", "code": "host__iso2"})

DESIGNATIONS = Listing(
    name="tpes",
    template="parties/tpes.html",
    order="number",
    sorts={
        "number": "number",
        "name": "organisation__name",
        "country": "partnership__host__name_en",
        "designated": "designated_on",
        "until": "valid_until",
    },
    columns=(
        Column("number", lambda row: row.number),
        Column("name", lambda row: row.organisation.name),
        Column("country", lambda row: row.partnership.host.iso2),
        Column("scopes_validation", lambda row: _scopes(row, "validation")),
        Column("scopes_verification", lambda row: _scopes(row, "verification")),
        Column("designated_on", lambda row: row.designated_on),
        Column("valid_until", lambda row: row.valid_until),
        Column("status", lambda row: row.status),
        Column("source", lambda row: row.source),
    ),
)

BOARD = Listing(
    name="board",
    template="parties/board.html",
    order="due",
    sorts={"due": "due_at", "number": "number", "since": "stage_since", "kind": "kind", "stage": "stage"},
    columns=(
        Column("number", lambda row: row.number),
        Column("title", lambda row: row.title),
        Column("country", lambda row: row.partnership.host.iso2),
        Column("kind", lambda row: row.kind),
        Column("stage", lambda row: row.stage),
        Column("since", lambda row: row.stage_since.isoformat()),
        Column("due", lambda row: row.due_at.isoformat() if row.due_at else ""),
        Column("submitted_for", lambda row: row.organisation.name if row.organisation else ""),
        Column("submitted", lambda row: row.submitted_at.isoformat()),
        Column("source", lambda row: row.source),
    ),
)
