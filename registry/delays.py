"""When an approved proposal may be executed: at once, or later where the destination is not trusted yet."""

from collections.abc import Collection
from datetime import datetime

from registry import calendar
from registry.models import Proposal, Registry, TrustedAccount


def earliest(
    kind: str, registry: Registry, *, moves: Collection[tuple[int, int]], hosts: Collection[str], at: datetime
) -> datetime:
    """Return when credits approved at `at` may move: transfers to an untrusted account may wait.

    `moves` are (from, to) accounts by primary key, `hosts` the countries of the projects (ISO 3166-1 alpha-2).
    """
    if kind != Proposal.Kind.TRANSFER or not registry.delays_untrusted:
        return at
    trusts = TrustedAccount.objects.filter(removed_at=None, effective_from__lte=at.date())
    trusted = trusts.filter(account__in={origin for origin, _target in moves}).values_list("account", "destination")
    if set(moves) <= set(trusted):
        return at
    return calendar.next_noon(at, {registry.party.iso2, *hosts}, registry.party.time_zone)
