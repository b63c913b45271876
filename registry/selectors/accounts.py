"""What holders and administrators see of accounts: who acts, what is held, reserved or frozen, and what moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest, Least
from django.urls import reverse
from django.utils.translation import gettext as _

from core.inbox import Item
from core.models import User
from parties.models import Role, RoleAssignment
from parties.policies import Viewer
from registry.models import (
    Account,
    AccountRepresentative,
    CreditBlock,
    Freeze,
    Movement,
    ProposalLine,
    Registry,
    Series,
)
from registry.policies import in_force
from registry.rules import FINAL_KINDS
from registry.selectors.public import TONNES
from registry.serials import Serial
from registry.workflow import AccountState

APPLIED = (AccountState.APPLIED, AccountState.UNDER_CHECK, AccountState.REFUSED)
KEEPERS = (Role.REGISTRY_PROPOSER, Role.REGISTRY_APPROVER)


def registry_list(*, viewer: Viewer, at: datetime) -> QuerySet[Registry]:
    """Return the registries that the person administers."""
    if not isinstance(viewer, User):
        return Registry.objects.none()
    mine = RoleAssignment.objects.on(at.date()).filter(user=viewer, role__in=KEEPERS)
    return Registry.objects.filter(party__in=mine.values("party")).select_related("party")


def account_list(*, viewer: Viewer, at: datetime) -> QuerySet[Account]:
    """Return the accounts that the person represents, applied for or administers, each with what it holds (`held`)."""
    if not isinstance(viewer, User):
        return Account.objects.none()
    represented = AccountRepresentative.objects.filter(in_force(at.date()), user=viewer).values("account")
    kept = registry_list(viewer=viewer, at=at).values("pk")
    applied = Q(application__applied_by=viewer, state__in=APPLIED)
    accounts = Account.objects.filter(Q(pk__in=represented) | Q(registry__in=kept) | applied)
    blocks = CreditBlock.objects.filter(account=OuterRef("pk")).order_by().values("account")
    held = Coalesce(Subquery(blocks.annotate(tonnes=TONNES).values("tonnes")), 0)
    return accounts.exclude(kind=Account.Kind.SOURCE).select_related("registry__party", "holder").annotate(held=held)


def inbox_items(*, viewer: Viewer, at: datetime) -> list[Item]:
    """Return the applications that an administrator can check, and those that an approving one can open."""
    if not isinstance(viewer, User):
        return []
    mine = RoleAssignment.objects.on(at.date()).filter(user=viewer)
    approves = mine.filter(role=Role.REGISTRY_APPROVER).values("party")
    kept = Account.objects.filter(registry__in=registry_list(viewer=viewer, at=at).values("pk"))
    to_check = Q(state=AccountState.APPLIED)
    to_open = Q(state=AccountState.UNDER_CHECK, registry__party__in=approves) & ~Q(application__checked_by=viewer)
    waiting = kept.filter(to_check | to_open, application__isnull=False)
    return [
        Item(
            str(found),
            reverse("registry:account-manage", args=[found.number]),
            _("Check an application") if found.state == AccountState.APPLIED else _("Open an account"),
            found.application.applied_at,
        )
        for found in waiting.select_related("registry__party", "holder", "application")
    ]


def balances(accounts: Iterable[Account]) -> dict[int, int]:
    """Return the tonnes that each of the accounts holds, by its primary key; accounts without credits are left out."""
    blocks = CreditBlock.objects.filter(account__in=[account.pk for account in accounts]).order_by()
    return dict(blocks.values_list("account").annotate(held=TONNES))


@dataclass(frozen=True, slots=True)
class Balance:
    """Whole tonnes of one account. Credits that are both reserved and frozen count in both."""

    held: int
    reserved: int
    frozen: int
    free: int


# Freezes may overlap each other, blocks and reservations: multiranges count each credit once.
BALANCE = """
WITH frozen AS (
    SELECT f.series_id, range_agg(int8range(b.first, b.last, '[]') * int8range(f.first, f.last, '[]')) AS spans
      FROM registry_freeze f
      JOIN registry_creditblock b ON b.series_id = f.series_id AND b.account_id = %(account)s
       AND int8range(b.first, b.last, '[]') && int8range(f.first, f.last, '[]')
     WHERE f.lifted_at IS NULL GROUP BY 1
), taken AS (
    SELECT series_id, range_agg(int8range(first, last, '[]')) AS spans
      FROM registry_proposalline WHERE from_account_id = %(account)s AND reserved GROUP BY 1
)
SELECT (SELECT coalesce(sum(last - first + 1), 0) FROM registry_creditblock WHERE account_id = %(account)s)::bigint,
       (SELECT coalesce(sum(upper(r) - lower(r)), 0) FROM taken, unnest(spans) r)::bigint,
       (SELECT coalesce(sum(upper(r) - lower(r)), 0) FROM frozen, unnest(spans) r)::bigint,
       (SELECT coalesce(sum(upper(r) - lower(r)), 0)
          FROM frozen JOIN taken USING (series_id), unnest(frozen.spans * taken.spans) r)::bigint
"""


def balance(account: Account) -> Balance:
    """Return what the account holds, and how much of it is reserved, frozen, and free to move."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCE, {"account": account.pk})
        held, reserved, frozen, both = cursor.fetchone()
    if account.kind in FINAL_KINDS:
        return Balance(held, reserved, frozen, 0)
    if freezes_of(account).filter(series=None).exists():
        return Balance(held, reserved, held, 0)
    return Balance(held, reserved, frozen, held - reserved - frozen + both)


def freezes_of(account: Account) -> QuerySet[Freeze]:
    """Return the freezes in force that stop this account, its whole registry, or credits that it holds."""
    held = CreditBlock.objects.filter(
        account=account, series=OuterRef("series"), first__lte=OuterRef("last"), last__gte=OuterRef("first")
    )
    whole = Q(account=None, series=None)
    freezes = Freeze.objects.filter(registry=account.registry_id, lifted_at=None)
    return freezes.filter(whole | Q(account=account) | Exists(held)).select_related(
        "registry__party", "account", "series__registry__party", "series__project__partnership__host", "frozen_by"
    )


def holdings(account: Account) -> QuerySet[CreditBlock]:
    """Return the account's blocks, each with the tonnes that are reserved in it and whether some of it is frozen."""
    overlaps = {"series": OuterRef("series"), "first__lte": OuterRef("last"), "last__gte": OuterRef("first")}
    part = Least(F("last"), OuterRef("last")) - Greatest(F("first"), OuterRef("first")) + 1
    reserved = ProposalLine.objects.filter(reserved=True, **overlaps).order_by().values("series")
    stops = Q(**overlaps) | Q(series=None) & (Q(account=None) | Q(account=account))
    frozen = Freeze.objects.filter(stops, registry=account.registry_id, lifted_at=None)
    blocks = CreditBlock.objects.filter(account=account).annotate(
        reserved=Coalesce(Subquery(reserved.annotate(tonnes=Sum(part)).values("tonnes")), 0), frozen=Exists(frozen)
    )
    return blocks.select_related("leg").prefetch_related(_series())


def movements(account: Account) -> QuerySet[Movement]:
    """Return what came to the account and what left it."""
    mine = Movement.objects.filter(Q(from_account=account) | Q(to_account=account))
    ends = [f"{end}__{part}" for end in ("from_account", "to_account") for part in ("holder", "registry__party")]
    return mine.select_related("transaction", *ends).prefetch_related(_series())


def series_named(registry: Registry, serial: Serial) -> Series | None:
    """Return the registry's series to which a serial number belongs, whether or not its credits exist."""
    return Series.objects.filter(
        registry=registry,
        registry__party__iso2=serial.registry,
        project__number=serial.project,
        project__partnership__host__iso2=serial.host,
        vintage=serial.vintage,
    ).first()


def _series() -> "Prefetch[str, QuerySet[Series], str]":
    """Fetch series apart: rows share them."""
    return Prefetch("series", Series.objects.select_related("registry__party", "project__partnership__host"))
