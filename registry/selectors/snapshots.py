"""What a registry's books were at a moment, as messages to a registry kept elsewhere tell it."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max, Q

from core.selectors import counted
from registry.exchange.compare import Line, merged
from registry.models import Account, AuthorizationUse, CreditBlock, Movement, Registry, Series, Transaction
from registry.selectors.history import block_list_at

TOLD = ("id", "kind", "at", "cause", "movements")
Range = tuple[str, int, int]
Part = tuple[Series, int, int]


def snapshot_lines(registry: Registry, *, as_of: datetime) -> list[Line]:
    """Return the registry's credits as of a moment, merged where neighbours have the same attributes.

    Demonstration records count while nothing else is there, as in every total.
    """
    blocks = block_list_at(as_of).filter(series__registry=registry).select_related("account__holder")
    blocks = blocks.select_related("leg__notification__project__partnership__cooperative_approach")
    blocks = blocks.select_related("leg__notification__project__partnership__host")
    blocks = blocks.select_related("leg__notification__project__partnership__acquirer")
    authorizations = _authorizations(registry)
    return merged(_line(block, authorizations) for block in counted(blocks, "leg__source").order_by())


def _line(block: CreditBlock, authorizations: dict[tuple[int, int], str]) -> Line:
    partnership = block.leg.notification.project.partnership
    return Line(
        series=str(block.series),
        first=block.first,
        last=block.last,
        account=block.account.number,
        account_kind=block.account.kind,
        holder=block.account.holder.name if block.account.holder else "",
        decision=block.leg.notification.decision_number,
        authorization=authorizations.get((block.leg_id, block.series.vintage), ""),
        approach=partnership.cooperative_approach.identifier or f"{partnership.acquirer.iso2}-{partnership.host.iso2}",
    )


def _authorizations(registry: Registry) -> dict[tuple[int, int], str]:
    """Return the references of the authorizations behind each leg and vintage, as one text."""
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    uses = AuthorizationUse.objects.filter(leg__registry=registry).order_by()
    columns = ("leg", "vintage", "authorization__party__iso2", "authorization__reference")
    for leg, vintage, party, reference in uses.values_list(*columns):
        found[leg, vintage].append(f"{party} {reference}")
    return {key: "; ".join(sorted(references)) for key, references in found.items()}


def audit_trail(registry: Registry, ranges: Iterable[Range], *, as_of: datetime) -> list[dict[str, Any]]:
    """Return the transactions up to a moment that moved credits of these ranges, oldest first."""
    known = {str(series): series.pk for series in _series(registry)}
    touched = Q(pk__in=[])
    for series, first, last in ranges:
        if series in known:
            touched |= Q(series=known[series], first__lte=last, last__gte=first)
    moved = Movement.objects.filter(touched, transaction__at__lte=as_of)
    return _told(moved.order_by().values_list("transaction_id", flat=True).distinct())


def transaction_told(transaction_id: UUID) -> dict[str, Any]:
    """Return a transaction as messages tell it: as it stands in the log, with the numbers of accounts."""
    return _told([transaction_id])[0]


def _told(transactions: Iterable[UUID]) -> list[dict[str, Any]]:
    # The log's own words; asked of the function that writes them, because a leaf is written at commit.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT registry_leaf_body(t) FROM registry_transaction t WHERE t.id = ANY(%s) ORDER BY t.at, t.id",
            [list(transactions)],
        )
        bodies = [json.loads(body) for (body,) in cursor.fetchall()]
    moves = [move for body in bodies for move in body["movements"]]
    words = {move[side] for move in moves for side in ("from", "to")}
    numbers = dict(Account.objects.filter(log_name__in=words).values_list("log_name", "number"))
    for move in moves:
        move.update({side: numbers[move[side]] for side in ("from", "to")})
    return [{name: body[name] for name in TOLD} for body in bodies]


def _series(registry: Registry) -> Iterable[Series]:
    return Series.objects.filter(registry=registry).select_related("registry__party", "project__partnership__host")


def issued_parts(registry: Registry, ranges: Iterable[Range]) -> list[Part]:
    """Return what of these ranges the registry has issued, in two queries."""
    issued = Movement.objects.filter(transaction__registry=registry, transaction__kind=Transaction.Kind.ISSUANCE)
    ends = dict(issued.order_by().values_list("series").annotate(Max("last")))
    known = {str(series): series for series in _series(registry)}
    return [
        (known[name], first, min(last, ends[known[name].pk]))
        for name, first, last in ranges
        if name in known and first <= ends.get(known[name].pk, 0)
    ]


def is_first_transfer(entry: Transaction) -> bool:
    """Return whether an issuance is the first transfer of its credits, as the cooperative approach says."""
    if entry.leg is None:
        return False
    partnership = entry.leg.notification.project.partnership
    approach = partnership.cooperative_approach
    gated = entry.movements.filter(series__vintage__gte=partnership.authorization_from_vintage).exists()
    of_acquirer = partnership.acquirer_id == entry.registry.party_id
    return gated and of_acquirer and approach.first_transfer == approach.FirstTransfer.ISSUANCE
