"""What holders and administrators see of proposals: the queue, the effect on balances, what waits for an approval."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core.inbox import Item
from core.models import User
from parties.models import Role, RoleAssignment
from parties.policies import Viewer
from registry import delays
from registry.holdings import Span
from registry.models import Account, AccountRepresentative, Proposal, ProposalLine, Series, Transaction
from registry.policies import in_force
from registry.selectors.accounts import account_list, balances
from registry.selectors.public import TONNES
from registry.workflow import ProposalState

OPEN = (ProposalState.PROPOSED, ProposalState.APPROVED, ProposalState.EXECUTING)


def proposal_list(*, viewer: Viewer, at: datetime) -> QuerySet[Proposal]:
    """Return the proposals from accounts that the person sees, each with its tonnes and the account's number."""
    seen = account_list(viewer=viewer, at=at).order_by().values("pk")
    return _listed(Proposal.objects.filter(Exists(_lines().filter(from_account__in=seen))))


def proposals_of(account: Account) -> QuerySet[Proposal]:
    """Return the open proposals to move credits from this account."""
    return _listed(Proposal.objects.filter(Exists(_lines().filter(from_account=account)), state__in=OPEN))


def _lines() -> QuerySet[ProposalLine]:
    return ProposalLine.objects.filter(proposal=OuterRef("pk")).order_by()


def _listed(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    tonnes = _lines().values("proposal").annotate(tonnes=TONNES).values("tonnes")
    return proposals.select_related("registry__party", "proposed_by", "approved_by", "ended_by").annotate(
        tonnes=Coalesce(Subquery(tonnes), 0), account_number=Subquery(_lines().values("from_account__number")[:1])
    )


def proposal_lines(proposal: Proposal) -> QuerySet[ProposalLine]:
    """Return what the proposal moves, range by range."""
    series = Series.objects.select_related("registry__party", "project__partnership__host")
    ends = [f"{end}__{part}" for end in ("from_account", "to_account") for part in ("holder", "registry__party")]
    return proposal.lines.select_related(*ends).prefetch_related(Prefetch("series", series))


def transaction_of(proposal: Proposal) -> Transaction | None:
    """Return what was recorded when the proposal was executed."""
    return Transaction.objects.filter(proposal=proposal).first()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a proposal does to one account, in whole tonnes; minus where credits leave it."""

    account: Account
    before: int
    change: int

    @property
    def after(self) -> int:
        """What the account holds once the proposal is executed."""
        return self.before + self.change


def effects(changes: Iterable[tuple[Account, Account, int]]) -> list[Effect]:
    """Return the effect of moving (from, to, tonnes) on each account, those that give first."""
    sums: Counter[int] = Counter()
    accounts: dict[int, Account] = {}
    for origin, target, quantity in changes:
        accounts |= {origin.pk: origin, target.pk: target}
        sums[origin.pk] -= quantity
        sums[target.pk] += quantity
    held = balances(accounts.values())
    found = [Effect(account, held.get(pk, 0), sums[pk]) for pk, account in accounts.items()]
    return sorted(found, key=lambda effect: (effect.change > 0, effect.account.number))


def effect_of(proposal: Proposal) -> list[Effect]:
    """Return the balances before and after the proposal, for each account that it touches."""
    sums = proposal.lines.order_by().values_list("from_account", "to_account").annotate(tonnes=TONNES)
    rows = list(sums)
    touched = {pk for row in rows for pk in row[:2]}
    accounts = Account.objects.select_related("registry__party", "holder").in_bulk(touched)
    return effects((accounts[origin], accounts[target], tonnes) for origin, target, tonnes in rows)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a proposal would move if it were made and approved now: (serial number, vintage, tonnes) of each range."""

    lines: list[tuple[str, int, int]]
    effects: list[Effect]
    execute_at: datetime
    waits: bool

    @property
    def quantity(self) -> int:
        """Whole tonnes."""
        return sum(tonnes for _serial, _vintage, tonnes in self.lines)


def preview(kind: str, account: Account, target: Account | None, spans: Sequence[Span], *, at: datetime) -> Preview:
    """Return what moving these credits would do; without a target they go to the registry's own account."""
    goal = target or Account.objects.select_related("registry__party").get(registry=account.registry_id, kind=kind)
    series = Series.objects.select_related("registry__party", "project__partnership__host").in_bulk(
        {span.series_id for span in spans}
    )
    hosts = {found.project.partnership.host.iso2 for found in series.values()}
    rows = [(series[span.series_id], span) for span in spans]
    execute_at = delays.earliest(kind, account.registry, moves={(account.pk, goal.pk)}, hosts=hosts, at=at)
    return Preview(
        lines=[(found.serial(span.first, span.last), found.vintage, span.quantity) for found, span in rows],
        effects=effects([(account, goal, sum(span.quantity for span in spans))]),
        execute_at=execute_at,
        waits=execute_at > at,
    )


def awaiting(*, viewer: Viewer, at: datetime) -> QuerySet[Proposal]:
    """Return the proposals that the person may approve: made by others, from accounts for which the person approves,
    and corrections in the registries for which the person approves."""
    if not isinstance(viewer, User):
        return Proposal.objects.none()
    right = AccountRepresentative.Right.APPROVE
    represented = AccountRepresentative.objects.filter(in_force(at.date()), user=viewer, right=right)
    kept = RoleAssignment.objects.on(at.date()).filter(user=viewer, role=Role.REGISTRY_APPROVER)
    mine = Q(pk__in=represented.values("account")) & Q(kind=Account.Kind.ENTITY)
    governments = Q(registry__party__in=kept.values("party")) & ~Q(kind=Account.Kind.ENTITY)
    accounts = Account.objects.filter(mine | governments).order_by().values("pk")
    correction = Q(kind=Proposal.Kind.CORRECTION)
    ordered = correction & Q(registry__party__in=kept.values("party"))
    asked = ~correction & Q(Exists(_lines().filter(from_account__in=accounts)))
    proposed = Proposal.objects.filter(state=ProposalState.PROPOSED, expires_at__gt=at).exclude(proposed_by=viewer)
    return _listed(proposed.filter(ordered | asked)).order_by("proposed_at")


def inbox_items(*, viewer: Viewer, at: datetime) -> list[Item]:
    """Return the proposals that wait for the person's approval."""
    return [_item(found) for found in awaiting(viewer=viewer, at=at)]


def _item(found: Any) -> Item:
    """Return a proposal, annotated by _listed, as something to do."""
    title = _("%(kind)s of %(tonnes)s tCO2eq from %(account)s") % {
        "kind": found.get_kind_display(),
        "tonnes": f"{found.tonnes:,}",
        "account": found.account_number,
    }
    return Item(title, found.get_absolute_url(), _("Approve a proposal"), found.proposed_at, found.expires_at)
