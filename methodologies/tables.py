"""The list of methodologies: what its rows need, how it sorts, and what its download holds."""

from django.db.models import QuerySet, Value
from django.db.models.functions import NullIf

from core.lists import Column, Listing
from methodologies.models import MethodologyVersion

METHODOLOGIES = Listing(
    name="methodologies",
    template="methodologies/list.html",
    order="number",
    sorts={
        "number": "methodology__number",
        "title": NullIf("title", Value("")),
        "country": "methodology__partnership__host__name_en",
        "scope": "sectoral_scope__number",
        "approved": "approved_on",
    },
    columns=(
        Column("number", lambda row: row.methodology.number),
        Column("version", lambda row: row.version),
        Column("title", lambda row: row.title),
        Column("country", lambda row: row.methodology.partnership.host.iso2),
        Column("sectoral_scope", lambda row: row.sectoral_scope.number if row.sectoral_scope else None),
        Column("status", lambda row: row.status),
        Column("approved_on", lambda row: row.approved_on),
        Column("ended_on", lambda row: row.ended_on),
        Column("revises", lambda row: row.revises.version if row.revises else None),
        Column("decision_number", lambda row: row.decision_number),
        Column("proposed_number", lambda row: row.proposed_number),
        Column("proponent", lambda row: row.proponent_name),
        Column("public_inputs_from", lambda row: row.public_inputs_from),
        Column("public_inputs_until", lambda row: row.public_inputs_until),
        Column("source", lambda row: row.source),
        Column("incomplete", lambda row: row.incomplete),
    ),
)


def methodology_rows() -> QuerySet[MethodologyVersion]:
    """Return every public version with what its row shows."""
    return MethodologyVersion.objects.public().select_related(
        "methodology__partnership__host", "sectoral_scope", "revises"
    )
