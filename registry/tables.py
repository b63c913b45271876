"""The lists of credits and issuances: how they sort, and what the download holds."""

from django.db.models import F

from core.lists import Column, Listing, Sorting
from registry.exchange.envelope import canonical

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

ACCOUNTS = Listing(
    name="accounts",
    template="registry/accounts.html",
    order="number",
    sorts={"number": "number", "state": "state"},
    columns=(
        Column("number", lambda row: row.number),
        Column("kind", lambda row: row.kind),
        Column("holder", lambda row: row.holder_name),
        Column("registry", lambda row: row.registry.party.iso2),
        Column("state", lambda row: row.state),
    ),
)

HOLDINGS = Listing(
    name="holdings",
    template="registry/account.html",
    order="vintage",
    sorts={"vintage": "series__vintage", "project": "series__project__number", "quantity": F("last") - F("first") + 1},
    columns=(
        Column("serial", lambda row: row.serial),
        Column("project", lambda row: row.series.project.number),
        Column("vintage", lambda row: row.series.vintage),
        Column("quantity_tco2e", lambda row: row.quantity),
        Column("reserved_tco2e", lambda row: row.reserved),
        Column("frozen", lambda row: row.frozen),
        Column("source", lambda row: row.leg.source),
    ),
)

MOVEMENTS = Listing(
    name="movements",
    template="registry/movements.html",
    order="-recorded",
    sorts={"recorded": "pk"},
    columns=(
        Column("recorded_at", lambda row: row.transaction.at),
        Column("kind", lambda row: row.transaction.kind),
        Column("serial", lambda row: row.series.serial(row.first, row.last)),
        Column("quantity_tco2e", lambda row: row.quantity),
        Column("from_account", lambda row: row.from_account.number),
        Column("to_account", lambda row: row.to_account.number),
        Column("transaction", lambda row: row.transaction_id),
    ),
)

PROPOSALS = Listing(
    name="proposals",
    template="registry/proposals.html",
    order="-proposed",
    sorts={"proposed": "proposed_at", "kind": "kind", "state": "state"},
    columns=(
        Column("id", lambda row: row.pk),
        Column("kind", lambda row: row.kind),
        Column("state", lambda row: row.state),
        Column("account", lambda row: row.account_number),
        Column("quantity_tco2e", lambda row: row.tonnes),
        Column("proposed_at", lambda row: row.proposed_at),
        Column("approved_at", lambda row: row.approved_at),
        Column("execute_at", lambda row: row.execute_at),
        Column("ended_at", lambda row: row.ended_at),
    ),
)

CYCLES = Listing(
    name="comparisons",
    template="registry/reconciliation.html",
    order="-started",
    sorts={"started": "started_at", "as_of": "as_of", "state": "state", "differences": "found"},
    columns=(
        Column("id", lambda row: row.pk),
        Column("registry", lambda row: row.counterpart.registry.party.iso2),
        Column("counterpart", lambda row: row.counterpart.code),
        Column("as_of", lambda row: row.as_of),
        Column("state", lambda row: row.state),
        Column("differences", lambda row: row.found),
        Column("ours_sha256", lambda row: row.ours_sha256),
        Column("theirs_sha256", lambda row: row.theirs_sha256),
        Column("started_at", lambda row: row.started_at),
        Column("ended_at", lambda row: row.ended_at),
    ),
)

DIFFERENCES = Listing(
    name="differences",
    template="registry/cycle.html",
    order="found",
    sorts={"found": "pk", "kind": "kind", "reference": "reference"},
    columns=(
        Column("kind", lambda row: row.kind),
        Column("reference", lambda row: row.reference),
        Column("ours", lambda row: canonical(row.ours) if row.ours is not None else ""),
        Column("theirs", lambda row: canonical(row.theirs) if row.theirs is not None else ""),
    ),
)
