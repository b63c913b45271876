"""What administrators see of their own registry: legs, the serial numbers a leg will get, the inbox."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from core.inbox import Item
from core.models import User
from parties.models import Country, Role, RoleAssignment
from parties.policies import Viewer
from projects.models import Project
from registry.models import Account, CreditBlock, IssuanceLeg, LegLine, Movement, Series
from registry.workflow import AccountState, LegState


@dataclass(frozen=True, slots=True)
class Preview:
    """One line of a leg with the serial number that it has, or would get if it were issued now."""

    line: LegLine
    serial: str
    balance_before: int

    @property
    def balance_after(self) -> int:
        """Credits of this project and vintage in the account once the leg is issued."""
        return self.balance_before + self.line.quantity


def legs_of(*, viewer: Viewer, at: datetime) -> QuerySet[IssuanceLeg]:
    """Return the legs of the registries that the person administers, newest decision first."""
    if not isinstance(viewer, User):
        return IssuanceLeg.objects.none()
    roles = (Role.REGISTRY_PROPOSER, Role.REGISTRY_APPROVER)
    mine = RoleAssignment.objects.on(at.date()).filter(user=viewer, role__in=roles)
    legs = IssuanceLeg.objects.filter(registry__party__in=mine.values("party"))
    related = ("registry__party", "notification__project__partnership__host", "proposed_by", "approved_by")
    return legs.select_related(*related).order_by("-notification__decided_on", "pk")


def serial_preview(leg: IssuanceLeg) -> list[Preview]:
    """Return each line with its serial numbers: those recorded, or those that would come next."""
    project = leg.notification.project
    recorded = {
        (m.series.vintage, m.to_account_id): (m.first, m.last)
        for m in Movement.objects.filter(transaction__leg=leg).select_related("series")
    }
    issued = Movement.objects.filter(series__registry=leg.registry, series__project=project)
    last = dict(
        issued.filter(from_account__kind=Account.Kind.SOURCE).values_list("series__vintage").annotate(Max("last"))
    )
    balances = _balances(leg)
    previews = []
    for line in leg.lines.select_related("account__registry__party", "account__holder"):
        first = last.get(line.vintage, 0) + 1
        span = recorded.get((line.vintage, line.account_id), (first, first + line.quantity - 1))
        last[line.vintage] = max(last.get(line.vintage, 0), span[1])
        held = balances.get((line.vintage, line.account_id), 0)
        before = held - line.quantity if leg.state == LegState.ISSUED else held
        series = Series(registry=leg.registry, project=project, vintage=line.vintage)
        previews.append(Preview(line, series.serial(*span), before))
    return previews


def _balances(leg: IssuanceLeg) -> dict[tuple[int, int], int]:
    blocks = CreditBlock.objects.filter(series__registry=leg.registry, series__project=leg.notification.project)
    held = blocks.values_list("series__vintage", "account_id").annotate(held=Sum(F("last") - F("first") + 1))
    return {(vintage, account): quantity for vintage, account, quantity in held.order_by()}


def inbox_items(*, viewer: Viewer, at: datetime) -> list[Item]:
    """Return what waits for an administrator: legs to propose, proposals of colleagues to approve."""
    if not isinstance(viewer, User):
        return []
    mine = RoleAssignment.objects.on(at.date()).filter(user=viewer)
    proposing = set(mine.filter(role=Role.REGISTRY_PROPOSER).values_list("party_id", flat=True))
    approving = set(mine.filter(role=Role.REGISTRY_APPROVER).values_list("party_id", flat=True))
    items = []
    for leg in legs_of(viewer=viewer, at=at).filter(state__in=[LegState.NOTIFIED, LegState.PROPOSED]):
        if leg.state == LegState.NOTIFIED and leg.registry.party_id in proposing and not leg.incomplete:
            items.append(Item(str(leg), leg.get_absolute_url(), _("Propose an issuance")))
        own = leg.proposed_by_id == viewer.pk
        if leg.state == LegState.PROPOSED and leg.registry.party_id in approving and not own:
            items.append(Item(str(leg), leg.get_absolute_url(), _("Approve an issuance"), leg.proposed_at))
    return items


def account_directory(project: Project) -> list[tuple[str, str, Country]]:
    """Return (number, holder, Party) of the open accounts in both registries that the governments and the project's
    participants hold, each government's first.

    The Joint Committee decides on the amounts as they were asked for, so whoever is to receive credits takes part.
    """
    partnership = project.partnership
    participates = Q(kind=Account.Kind.ENTITY, holder__in=project.participants.values("organisation"))
    holding = Q(kind=Account.Kind.GOVERNMENT) | participates
    accounts = Account.objects.filter(holding, registry__party__in=partnership.parties, state=AccountState.OPEN)
    accounts = accounts.select_related("registry__party", "holder").order_by("number")
    order = [party.pk for party in partnership.parties]
    rows = sorted(accounts, key=lambda a: (order.index(a.registry.party_id), a.kind != Account.Kind.GOVERNMENT))
    return [(a.number, f"{a.holder_name} ({a.number})", a.registry.party) for a in rows]
