"""The register of decisions: what its rows need, how it sorts, and what its download holds."""

from django.db.models import Prefetch, QuerySet

from committee.models import Decision, DecisionItem
from committee.selectors import SUBJECTS
from core.lists import Column, Listing

DECISIONS = Listing(
    name="decisions",
    template="committee/decisions.html",
    order="-adopted",
    sorts={
        "adopted": "adopted_on",
        "number": "number",
        "country": "partnership__host__name_en",
        "mode": "mode",
    },
    columns=(
        Column("number", lambda row: row.number),
        Column("country", lambda row: row.partnership.host.iso2),
        Column("adopted_on", lambda row: row.adopted_on),
        Column("mode", lambda row: row.mode),
        Column("meeting", lambda row: row.meeting),
        Column("matters", lambda row: [item.kind for item in row.items.all()]),
        Column("subjects", lambda row: [item.subject for item in row.items.all()]),
        Column("supersedes", lambda row: row.supersedes and str(row.supersedes)),
        Column("superseded", lambda row: row.superseded),
        Column("status", lambda row: row.status),
        Column("source", lambda row: row.source),
        Column("incomplete", lambda row: row.incomplete),
    ),
)


def decision_rows(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """Add to decisions the items that their rows show."""
    items = DecisionItem.objects.select_related(*SUBJECTS)
    return decisions.select_related("partnership__host").prefetch_related(Prefetch("items", items.order_by("pk")))
