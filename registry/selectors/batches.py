"""What a file of movements would do: totals by destination or purpose, the account before and after, warnings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from registry import delays
from registry.holdings import Span
from registry.models import Account, ProposalLine, Series
from registry.rules import Asked
from registry.selectors import gx_ets
from registry.selectors.accounts import balances
from registry.selectors.proposals import Effect

NAMED = 10  # rows that a sentence names


@dataclass(slots=True)
class Total:
    """What one destination receives, or what goes to one purpose, beneficiary and year; whole tonnes."""

    ask: Asked
    rows: int = 0
    quantity: int = 0

    @property
    def purpose(self) -> str:
        """The purpose in words; empty for a transfer."""
        return str(ProposalLine.Purpose(self.ask.purpose).label) if self.ask.purpose else ""


@dataclass(frozen=True, slots=True)
class BatchPreview:
    """What a batch would do if it were proposed and approved now. `effects` are those on the account that gives."""

    rows: int
    quantity: int
    totals: list[Total]
    vintages: list[tuple[int, int]]
    effects: list[Effect]
    execute_at: datetime
    waits: bool
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file: number, what is asked, which emissions are declared, and the credits found, row by row."""

    numbers: Sequence[int]
    asks: Sequence[Asked]
    declared: Sequence[int | None]
    found: Sequence[Sequence[Span]]


def batch_preview(kind: str, account: Account, rows: Rows, *, at: datetime) -> BatchPreview:
    """Return what these rows would do to the account and to those who receive."""
    spans = [span for found in rows.found for span in found]
    related = Series.objects.select_related("project__partnership__host")
    series = related.in_bulk({span.series_id for span in spans})
    vintages: Counter[int] = Counter()
    for span in spans:
        vintages[series[span.series_id].vintage] += span.quantity
    hosts = {found.project.partnership.host.iso2 for found in series.values()}
    moves = {(account.pk, ask.to_account.pk) for ask in rows.asks if ask.to_account}
    execute_at = delays.earliest(kind, account.registry, moves=moves, hosts=hosts, at=at)
    quantity = sum(vintages.values())
    return BatchPreview(
        rows=len(rows.asks),
        quantity=quantity,
        totals=_totals(rows.asks),
        vintages=sorted(vintages.items()),
        effects=[Effect(account, balances([account]).get(account.pk, 0), -quantity)],
        execute_at=execute_at,
        waits=execute_at > at,
        warnings=[*_alike(rows), *_gx_ets(account, rows)],
    )


def _what(ask: Asked) -> tuple[object, ...]:
    return ask.to_account and ask.to_account.pk, ask.purpose, ask.beneficiary, ask.reporting_year


def _totals(asks: Sequence[Asked]) -> list[Total]:
    totals: dict[tuple[object, ...], Total] = {}
    for ask in asks:
        total = totals.setdefault(_what(ask), Total(ask))
        total.rows += 1
        total.quantity += ask.quantity
    return sorted(totals.values(), key=lambda total: -total.quantity)


def _alike(rows: Rows) -> list[str]:
    """Warn of rows that ask for the same as an earlier row: it is easily pasted twice."""
    seen: set[tuple[object, ...]] = set()
    again: list[int] = []
    for number, ask in zip(rows.numbers, rows.asks, strict=True):
        key = (*_what(ask), ask.quantity, ask.wanted)
        if key in seen:
            again.append(number)
        seen.add(key)
    if not again:
        return []
    named = ", ".join(str(number) for number in again[:NAMED]) + (" …" if len(again) > NAMED else "")
    return [_("These rows ask for the same as a row before them: %(rows)s. Is that meant?") % {"rows": named}]


def _gx_ets(account: Account, rows: Rows) -> list[str]:
    uses = [
        gx_ets.Use(ask.beneficiary, ask.reporting_year, ask.quantity, declared)
        for ask, declared in zip(rows.asks, rows.declared, strict=True)
        if ask.purpose == ProposalLine.Purpose.GX_ETS and ask.reporting_year
    ]
    return gx_ets.warnings(account.registry, uses) if uses else []
