"""An account's statement: what came and went in a period, and what was held before and after it, by vintage."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db.models import F, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from registry.models import Account, Movement, Series

TONNES = F("last") - F("first") + 1


@dataclass(frozen=True, slots=True)
class Balance:
    """Whole tonnes of one vintage."""

    vintage: int
    opening: int
    received: int
    sent: int

    @property
    def closing(self) -> int:
        """What was held at the end."""
        return self.opening + self.received - self.sent


@dataclass(frozen=True, slots=True)
class Statement:
    """The movements of one account from the first moment of a day to the last of another, in UTC."""

    account: Account
    first_day: date
    last_day: date
    balances: list[Balance]
    movements: QuerySet[Movement]

    @property
    def total(self) -> Balance:
        """All vintages together; its `vintage` is 0."""
        sums = (sum(getattr(row, part) for row in self.balances) for part in ("opening", "received", "sent"))
        return Balance(0, *sums)


def statement(account: Account, *, first_day: date, last_day: date) -> Statement:
    """Return the account's statement of these days, both included, in two queries and one for the movements."""
    start = datetime.combine(first_day, time.min, UTC)
    end = datetime.combine(last_day, time.max, UTC)
    received, sent = (_sums(Q(**{side: account}), start, end) for side in ("to_account", "from_account"))
    balances = [
        Balance(year, received[year][0] - sent[year][0], received[year][1], sent[year][1])
        for year in sorted({*received, *sent})
    ]
    series = Series.objects.select_related("registry__party", "project__partnership__host")
    ends = [f"{side}__{part}" for side in ("from_account", "to_account") for part in ("holder", "registry__party")]
    moved = Movement.objects.filter(Q(from_account=account) | Q(to_account=account))
    listed = moved.filter(transaction__at__gte=start, transaction__at__lte=end).order_by("transaction__at", "pk")
    return Statement(
        account=account,
        first_day=first_day,
        last_day=last_day,
        balances=[row for row in balances if row.opening or row.received or row.sent],
        movements=listed.select_related("transaction", *ends).prefetch_related(Prefetch("series", series)),
    )


def _sums(side: Q, start: datetime, end: datetime) -> "defaultdict[int, tuple[int, int]]":
    """Return the tonnes moved before and within the period, by vintage."""
    moved = Movement.objects.filter(side, transaction__at__lte=end).order_by().values_list("series__vintage")
    rows = moved.annotate(
        before=Coalesce(Sum(TONNES, filter=Q(transaction__at__lt=start)), 0),
        within=Coalesce(Sum(TONNES, filter=Q(transaction__at__gte=start)), 0),
    )
    return defaultdict(lambda: (0, 0), {vintage: (before, within) for vintage, before, within in rows})
