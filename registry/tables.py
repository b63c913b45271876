"""The lists of credits and issuances: how they sort, and what the download holds."""

from django.db.models import F

from core.lists import Column, Listing, Sorting

CREDITS = Listing(
    name="credits",
    template="registry/credits.html",
    order="-recorded",
    sorts={
        "recorded": "pk",  # the order of the ledger: it needs no sorting, however many blocks there are
        "issued": "leg__issued_on",
        "project": "series__project__number",
        "vintage": "series__vintage",
        "registry": "series__registry__party__iso2",
        "quantity": F("last") - F("first") + 1,
    },
    columns=(
        Column("serial", lambda row: row.serial),
        Column("registry", lambda row: row.series.registry.party.iso2),
        Column("country", lambda row: row.series.project.partnership.host.iso2),
        Column("project", lambda row: row.series.project.number),
        Column("vintage", lambda row: row.series.vintage),
        Column("first", lambda row: row.first),
        Column("last", lambda row: row.last),
        Column("quantity_tco2e", lambda row: row.quantity),
        Column("holder_kind", lambda row: row.account.kind),
        Column("issued_on", lambda row: row.leg.issued_on),
        Column("source", lambda row: row.leg.source),
    ),
)

ISSUANCES = Sorting(order="-decided", sorts={"decided": "decided_on", "project": "project__number"})
