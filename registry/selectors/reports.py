"""What each registry publishes of itself: account holders, credits by account type, transactions by year (jcm.md 3.3).

Each report is a list of rows whose fields are the columns of its files; quantities are whole tonnes.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, ExtractYear

from core.selectors import counted
from registry.models import Account, CreditBlock, Movement, Registry, Transaction
from registry.selectors.history import blocks_at
from registry.selectors.public import TONNES
from registry.workflow import AccountState

KIND, DONE = Account.Kind, Transaction.Kind


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has an entity holding account; `country` in two letters, empty where it is not recorded."""

    account_number: str
    holder: str
    country: str
    state: str


@dataclass(frozen=True, slots=True)
class KindAmount:
    """What all accounts of one kind hold together."""

    account_type: str
    quantity_tco2e: int


@dataclass(frozen=True, slots=True)
class Year:
    """What was recorded in one calendar year (UTC), in tonnes."""

    year: int
    issued_tco2e: int
    transferred_tco2e: int
    retired_tco2e: int
    cancelled_tco2e: int
    corrected_tco2e: int


def registries() -> QuerySet[Registry]:
    """Return every registry by the name of its Party."""
    return Registry.objects.select_related("party").order_by("party__name_en")


def account_holders(registry: Registry) -> list[Holder]:
    """Return the entities that have an account, whether they may move credits at present or not."""
    listed = Account.objects.filter(registry=registry, kind=KIND.ENTITY).order_by("number")
    shown = counted(listed.filter(state__in=[AccountState.OPEN, AccountState.SUSPENDED]))
    country = Coalesce("holder__country__iso2", Value(""))
    return [Holder(*row) for row in shown.values_list("number", "holder__name", country, "state")]


def credits_by_kind(registry: Registry, *, as_of: datetime | None = None) -> list[KindAmount]:
    """Return what each kind of account holds, now or as it was at a moment; kinds without credits have 0."""
    blocks = CreditBlock.objects.all() if as_of is None else blocks_at(as_of)
    of_registry = counted(blocks.filter(series__registry=registry), "leg__source").order_by()
    sums = dict(of_registry.values_list("account__kind").annotate(tonnes=TONNES))
    return [KindAmount(kind.value, sums.get(kind.value, 0)) for kind in KIND if kind != KIND.SOURCE]


def annual_transactions(registry: Registry) -> list[Year]:
    """Return what was issued, transferred, retired, cancelled and corrected in each year, no year left out."""
    moved = Movement.objects.filter(transaction__registry=registry).order_by()
    year = ExtractYear(F("transaction__at"), tzinfo=UTC)
    sums: dict[int, dict[str, int]] = defaultdict(dict)
    rows = counted(moved, "transaction__source").values_list(year, "transaction__kind").annotate(tonnes=TONNES)
    for of_year, kind, tonnes in rows:
        sums[of_year][kind] = tonnes
    kinds = (DONE.ISSUANCE, DONE.TRANSFER, DONE.RETIREMENT, DONE.CANCELLATION, DONE.CORRECTION)
    years = range(min(sums), max(sums) + 1) if sums else ()
    return [Year(of_year, *(sums[of_year].get(kind, 0) for kind in kinds)) for of_year in years]
