"""Rows that the ledger needs, made directly: a registered project and a leg in the wanted state."""

from datetime import UTC, date, datetime
from itertools import count

from core.models import Source, User
from parties.models import Country, Partnership
from projects.models import Project
from projects.workflow import ProjectStatus
from registry.models import (
    Account,
    Authorization,
    AuthorizationUse,
    CooperativeApproach,
    IssuanceLeg,
    IssuanceNotification,
    LegLine,
    Registry,
)
from registry.workflow import LegState

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
GATE = 2021  # the first vintage that needs authorization
_numbers = count(1)


def person(name: str) -> User:
    """Make a person without any role."""
    return User.objects.create_user(f"{name.lower()}{next(_numbers)}@people.example", name=name)


def registered_project(host: str = "MN") -> Project:
    """Make a registered project of the partnership."""
    return Project.objects.create(
        partnership=Partnership.objects.get(host__iso2=host),
        number=f"{host}{next(_numbers) + 100:03d}",
        title="Solar power for a test",
        status=ProjectStatus.REGISTERED,
        registered_on=date(2020, 1, 1),
        decision_number=f"{host}_JC001",
    )


def leg(
    project: Project,
    amounts: dict[int, int],
    *,
    party: str = "JP",
    state: str = LegState.APPROVED,
    source: str = Source.ENTERED,
    account: Account | None = None,
    authorized: bool = True,
) -> IssuanceLeg:
    """Make a leg with one line per vintage for the account, by default the Party's government account.

    A leg beyond the gate is `authorized` by both Parties where its vintages need that.
    """
    registry = Registry.objects.get(party=Country.objects.get(iso2=party))
    notification = IssuanceNotification.objects.create(
        project=project,
        period_start=date(min(amounts), 1, 1),
        period_end=date(max(amounts), 12, 31),
        decided_on=date(2026, 10, 1),
        decision_number=f"{project.partnership.code}_JC002",
        signatory_acquirer="Chika Chair",
        signatory_host="Charlie Chair",
        source=source,
    )
    who = {}
    if state in {LegState.PROPOSED, LegState.APPROVED}:
        who |= {"proposed_by": person("Proposer"), "proposed_at": NOON}
    if state == LegState.APPROVED:
        who |= {"approved_by": person("Approver"), "approved_at": NOON}
    made = IssuanceLeg.objects.create(
        notification=notification,
        registry=registry,
        notified=sum(amounts.values()),
        state=state,
        source=source,
        **who,
    )
    account = account or Account.objects.get(registry=registry, kind=Account.Kind.GOVERNMENT)
    LegLine.objects.bulk_create(
        LegLine(leg=made, vintage=vintage, account=account, quantity=quantity) for vintage, quantity in amounts.items()
    )
    if authorized and state != LegState.AWAITING_AUTHORIZATION:
        _authorize(made, amounts)
    return made


def _authorize(made: IssuanceLeg, amounts: dict[int, int]) -> None:
    partnership = made.notification.project.partnership
    needed = {vintage: quantity for vintage, quantity in amounts.items() if vintage >= GATE}
    if not needed or made.registry.party != partnership.acquirer:
        return
    approach = CooperativeApproach.objects.get(partnership=partnership)
    for party in partnership.parties:
        authorization = Authorization.objects.create(
            approach=approach,
            party=party,
            vintage_from=GATE,
            vintage_to=2030,
            purpose=Authorization.Purpose.NDC,
            authorized_on=date(2026, 10, 1),
            reference="Letter",
            recorded_by=person("Recorder"),
            recorded_at=NOON,
            confirmed_by=person("Confirmer"),
            confirmed_at=NOON,
        )
        AuthorizationUse.objects.bulk_create(
            AuthorizationUse(authorization=authorization, leg=made, vintage=vintage, quantity=quantity)
            for vintage, quantity in needed.items()
        )
