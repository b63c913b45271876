"""From the committee's notification to credits: legs, four eyes, issuance."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import events
from core.models import User
from parties.decision import DecisionReference
from parties.models import Country, Partnership
from projects.models import Allocation, IssuanceRequest
from registry import policies
from registry.errors import UnknownAccount, explained
from registry.models import (
    Account,
    IssuanceLeg,
    IssuanceNotification,
    LegLine,
    Movement,
    Registry,
    Series,
    Transaction,
)
from registry.services.authorizations import leg_authorize
from registry.workflow import LEG, LegState


@transaction.atomic
def notification_create(*, request: IssuanceRequest, decision: DecisionReference, at: datetime) -> IssuanceNotification:
    """Record what the Joint Committee notified: one leg per government, with the amounts of the request.

    A government whose share is nought gets a leg that is closed at once (jcm.md 1.9). The acquiring Party's leg of
    vintages that need authorization waits for it, unless it is there already (jcm.md 3.5). Raises UnknownAccount.
    """
    report = request.report
    japan, host = decision.signatories
    allocations = list(request.allocations.all())
    partnership = report.project.partnership
    with explained():
        notification = IssuanceNotification.objects.create(
            project=report.project,
            request=request,
            period_start=report.period_start,
            period_end=report.period_end,
            decided_on=decision.adopted_on,
            decision_number=decision.number,
            signatory_acquirer=japan,
            signatory_host=host,
            source=request.source,
        )
        for party in partnership.parties:
            own = [a for a in allocations if a.party_id == party.pk]
            leg = _leg_create(notification=notification, partnership=partnership, party=party, allocations=own)
            if leg.state == LegState.AWAITING_AUTHORIZATION:
                leg_authorize(leg=leg, at=at)
        # The rules that wait for the commit speak here, where their sentence still reaches the person.
        _check_now()
    events.emit("issuance.notified", notification, actor=None, at=at, data={"decision": decision.number})
    return notification


def _leg_create(
    *, notification: IssuanceNotification, partnership: Partnership, party: Country, allocations: list[Allocation]
) -> IssuanceLeg:
    registry = Registry.objects.get(party=party)
    leg = IssuanceLeg.objects.create(
        notification=notification,
        registry=registry,
        notified=sum(a.quantity for a in allocations),
        state=first_state(partnership, party, {a.vintage for a in allocations}),
        source=notification.source,
    )
    accounts = registry.accounts.in_bulk({a.account_number for a in allocations}, field_name="number")
    for allocation in allocations:
        if allocation.account_number not in accounts:
            raise UnknownAccount(
                _("The registry of %(party)s has no account %(number)s.")
                % {"party": party, "number": allocation.account_number}
            )
    LegLine.objects.bulk_create(
        LegLine(leg=leg, vintage=a.vintage, account=accounts[a.account_number], quantity=a.quantity)
        for a in allocations
    )
    return leg


def first_state(partnership: Partnership, party: Country, vintages: Collection[int]) -> LegState:
    """Return where a Party's leg of these vintages starts; a leg of nought has none and is closed."""
    threshold = partnership.authorization_from_vintage
    if not vintages:
        return LegState.CLOSED
    if party == partnership.acquirer and threshold is not None and max(vintages) >= threshold:
        return LegState.AWAITING_AUTHORIZATION
    return LegState.NOTIFIED


def _locked(leg_id: int) -> IssuanceLeg:
    return IssuanceLeg.objects.select_for_update(of=("self",)).select_related("registry__party").get(pk=leg_id)


@transaction.atomic
def leg_propose(*, leg_id: int, actor: User, at: datetime) -> IssuanceLeg:
    """Propose to issue a notified leg. Raises NotPermitted or TransitionRefused."""
    leg = _locked(leg_id)
    policies.check_can_propose(actor, leg, at=at)
    leg.state = LEG.next_state("propose", state=leg.state)
    leg.proposed_by, leg.proposed_at = actor, at
    leg.save(update_fields=["state", "proposed_by", "proposed_at"])
    events.emit("leg.proposed", leg, actor=actor, at=at)
    return leg


@transaction.atomic
def leg_send_back(*, leg_id: int, actor: User, at: datetime) -> IssuanceLeg:
    """Refuse a proposal; the leg is notified again. Raises NotPermitted, SamePerson or TransitionRefused."""
    leg = _locked(leg_id)
    policies.check_can_approve(actor, leg, at=at)
    leg.state = LEG.next_state("send_back", state=leg.state)
    leg.proposed_by, leg.proposed_at = None, None
    leg.save(update_fields=["state", "proposed_by", "proposed_at"])
    events.emit("leg.sent_back", leg, actor=actor, at=at)
    return leg


@transaction.atomic
def leg_approve(*, leg_id: int, actor: User, at: datetime) -> IssuanceLeg:
    """Approve a proposal; a worker then issues the credits. Raises NotPermitted, SamePerson, TransitionRefused."""
    leg = _locked(leg_id)
    policies.check_can_approve(actor, leg, at=at)
    leg.state = LEG.next_state("approve", state=leg.state)
    leg.approved_by, leg.approved_at = actor, at
    leg.save(update_fields=["state", "approved_by", "approved_at"])
    events.emit("leg.approved", leg, actor=actor, at=at)
    return leg


@transaction.atomic
def credits_issue(*, leg_id: int, at: datetime) -> Transaction:
    """Issue the credits of an approved leg, once: repeating it returns the first transaction.

    Raises TransitionRefused for a leg that nobody approved, LedgerRefused where PostgreSQL refuses.
    """
    leg = _locked(leg_id)
    done = Transaction.objects.filter(leg=leg).first()
    if done is not None:
        return done
    leg.state = LEG.next_state("issue", state=leg.state)
    leg.issued_on = at.date()
    with explained():
        entry = leg_record(leg=leg, at=at)
        _check_now()
    events.emit("credits.issued", leg, actor=leg.approved_by, at=at, data={"quantity": leg.notified})
    return entry


def leg_record(*, leg: IssuanceLeg, at: datetime) -> Transaction:
    """Save the leg as issued, and write its transaction with one movement per vintage and account.

    Serial numbers of a series follow each other without a gap; the series' row is the lock.
    """
    leg.save(update_fields=["state", "issued_on"])
    entry = Transaction.objects.create(
        registry=leg.registry,
        kind=Transaction.Kind.ISSUANCE,
        idempotency_key=f"issue:{leg.pk}",
        leg=leg,
        at=at,
        proposed_by=leg.proposed_by,
        approved_by=leg.approved_by,
        source=leg.source,
    )
    lines = list(leg.lines.order_by("vintage", "account_id"))
    series = _locked_series(leg, {line.vintage for line in lines})
    last = dict(
        Movement.objects.filter(series__in=series.values(), from_account__kind=Account.Kind.SOURCE)
        .values_list("series__vintage")
        .annotate(Max("last"))
    )
    source = Account.objects.get(registry=leg.registry, kind=Account.Kind.SOURCE)
    for line in lines:
        first = last.get(line.vintage, 0) + 1
        last[line.vintage] = first + line.quantity - 1
        Movement.objects.create(
            transaction=entry,
            series=series[line.vintage],
            first=first,
            last=last[line.vintage],
            from_account=source,
            to_account=line.account,
        )
    return entry


def _locked_series(leg: IssuanceLeg, vintages: set[int]) -> dict[int, Series]:
    project = leg.notification.project
    for vintage in sorted(vintages):
        Series.objects.get_or_create(registry=leg.registry, project=project, vintage=vintage)
    locked = Series.objects.select_for_update().filter(registry=leg.registry, project=project, vintage__in=vintages)
    return {series.vintage: series for series in locked.order_by("pk")}


def _check_now() -> None:
    """Let the rules that wait for the commit be checked now, and then wait again."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
