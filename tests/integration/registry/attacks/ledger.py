"""Attacks on the rules of ledger.sql, identity.sql and authorizations.sql."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from core.models import Source
from parties.models import Country, Organisation
from registry.models import (
    Account,
    AccountApplication,
    Authorization,
    AuthorizationUse,
    CreditBlock,
    Freeze,
    IssuanceLeg,
    IssuanceNotification,
    LegLine,
    Movement,
    Proposal,
    ProposalLine,
    Registry,
    Series,
    Transaction,
    TrustedAccount,
)
from tests.integration.registry.attacks.hands import DENIED, Act, Attack, Hand, again, change, found, remove
from tests.integration.registry.attacks.tables import BY_HAND, ISSUED, LONG_AGO, NOW, OPEN
from tests.integration.registry.attacks.world import World

LATER = NOW + timedelta(days=1)
WAITS = {"proposal__state": "proposed"}


def more(name: str) -> Callable[[Any], int]:
    """Return the change of a column to one more."""
    return lambda row: getattr(row, name) + 1


def other(model: type[Any], name: str) -> Callable[[Any], Any]:
    """Return the change of a reference to another row."""
    return lambda row: model.objects.exclude(pk=getattr(row, name)).order_by("pk").first().pk


def moved(*, completes: bool = True, entry: dict[str, Any] | None = None, **movement: Any) -> Act:
    """Write the approved transfer row by row, as somebody with the application's role could, but for some columns."""

    def act(world: World, hand: Hand) -> None:
        proposal, line = world.approved, world.approved.lines.get()
        made = Transaction(**{
            "registry": world.registry, "kind": proposal.kind, "idempotency_key": "forged", "proposal": proposal,
            "at": proposal.execute_at, "proposed_by_id": proposal.proposed_by_id,
            "approved_by_id": proposal.approved_by_id, "source": proposal.source,
        } | (entry or {}))  # fmt: skip
        columns = {
            "series_id": line.series_id, "first": line.first, "last": line.last,
            "from_account_id": line.from_account_id, "to_account_id": line.to_account_id,
        }  # fmt: skip
        columns |= {f"{name}_id" if name.endswith("account") else name: _key(value) for name, value in movement.items()}
        hand.insert(made)
        hand.insert(Movement(transaction=made, **columns))
        if completes:
            hand.update(proposal, state="completed")

    return act


def _key(value: Any) -> Any:
    return getattr(value, "pk", value)


def issued(*, first: int = 101, quantity: int = 40, party: str = "JP", completes: bool = True, **entry: Any) -> Act:
    """Issue the approved leg row by row: serial 101 is the next one."""

    def act(world: World, hand: Hand) -> None:
        leg = world.legs["approved"]
        registry = Registry.objects.get(party__iso2=party)
        series = Series.objects.filter(registry=registry, project=world.holder.project, vintage=2019).first()
        if series is None:
            series = Series(registry=registry, project=world.holder.project, vintage=2019)
            hand.insert(series)
        columns = {"approved_by": leg.approved_by, "source": leg.source} | entry
        made = Transaction(
            registry=registry, kind="issuance", idempotency_key="forged", leg=leg, at=NOW, proposed_by=leg.proposed_by,
            **columns,
        )  # fmt: skip
        hand.insert(made)
        hand.insert(
            Movement(
                transaction=made, series=series, first=first, last=first + quantity - 1,
                from_account=world.account_of("source", party), to_account=world.account_of("government", party),
            )
        )  # fmt: skip
        if completes:
            hand.update(leg, state="issued", issued_on=NOW.date())

    return act


def to(kind: str, party: str = "JP") -> Act:
    return lambda world, hand: moved(to_account=world.account_of(kind, party))(world, hand)


def from_(kind: str) -> Act:
    return lambda world, hand: moved(from_account=world.account_of(kind))(world, hand)


def backwards(world: World, hand: Hand) -> None:
    moved(from_account=world.other, to_account=world.account)(world, hand)


def of_another_proposal(world: World, hand: Hand) -> None:
    line = world.open.lines.get()
    moved(first=line.first, last=line.last)(world, hand)


def to_itself(world: World, hand: Hand) -> None:
    moved(to_account=world.account)(world, hand)


def unapproved(world: World, hand: Hand) -> None:
    line = world.open.lines.get()
    moved(completes=False, entry={"proposal": world.open}, first=line.first, last=line.last)(world, hand)


def one_less(world: World, hand: Hand) -> None:
    moved(last=world.approved.lines.get().last - 1)(world, hand)


def although_suspended(world: World, hand: Hand) -> None:
    hand.update(world.other, state="suspended")
    moved()(world, hand)


def although_frozen(world: World, hand: Hand) -> None:
    hand.insert(Freeze(registry=world.registry, reason="Drill", frozen_by=world.person("keeper"), frozen_at=NOW))
    moved()(world, hand)


def account_of_another_registry(world: World, hand: Hand) -> None:
    leg = IssuanceLeg(notification=world.legs["foreign"].notification, registry=world.registry, notified=5)
    hand.insert(leg)
    hand.insert(LegLine(leg=leg, vintage=2019, account=world.account_of("government", "MN"), quantity=5))


def issued_at_once(world: World, hand: Hand) -> None:
    hand.update(
        world.legs["notified"], state="issued", issued_on=NOW.date(), proposed_by=world.person("keeper"),
        proposed_at=NOW, approved_by=world.person("second_keeper"), approved_at=NOW,
    )  # fmt: skip


def approved_by_its_proposer(world: World, hand: Hand) -> None:
    leg = world.legs["proposed"]
    hand.update(leg, state="approved", approved_by=leg.proposed_by, approved_at=NOW)


def executed_unapproved(world: World, hand: Hand) -> None:
    hand.execute(world.open, timezone.now())


def executed_early(world: World, hand: Hand) -> None:
    hand.execute(world.approved, world.approved.execute_at - timedelta(minutes=1))


def lift_taken_back(world: World, hand: Hand) -> None:
    row = found(Freeze, BY_HAND)
    by = {"lift_proposed_by_id": row.frozen_by_id, "lift_proposed_at": NOW}
    hand.update(row, **by, lifted_by=world.person("second_keeper"), lifted_at=NOW)
    hand.update(row, lifted_by_id=None, lifted_at=None)


def revocation_taken_back(world: World, hand: Hand) -> None:
    row = found(Authorization, {})
    hand.update(row, revoked_by=world.person("keeper"), revoked_at=NOW, revocation_reason="Withdrawn")
    hand.update(row, revoked_by=None, revoked_at=None, revocation_reason="")


def of_other_times(**columns: Any) -> Act:
    """Write a transaction that refers to nothing: it is refused before anything is looked up."""
    entry = {"registry_id": 0, "kind": "transfer", "idempotency_key": "forged", "at": LATER, "source": Source.ENTERED}
    return lambda _world, hand: hand.insert(
        Transaction(**entry | columns, proposal_id=uuid4(), proposed_by_id=1, approved_by_id=2)
    )


def denied(*acts: Act) -> tuple[Attack, ...]:
    """Return attacks on what the application may not even try."""
    return tuple(Attack(act, application=DENIED) for act in acts)


LEDGER_SQL = {
    "registry_history_is_append_only": denied(
        change(Transaction, at=LATER), remove(Transaction), change(Movement, last=more("last")), remove(Movement),
        change(LegLine, quantity=more("quantity")), remove(LegLine),
    ),
    "registry_notified_leg_is_fixed": (
        change(IssuanceLeg, notified=more("notified")), change(IssuanceLeg, source="public_record"),
        change(IssuanceLeg, registry_id=other(Registry, "registry_id")), remove(IssuanceLeg),
    ),
    "registry_leg_approved_by_second_person": (
        issued_at_once, approved_by_its_proposer,
        again(IssuanceLeg, ISSUED, approved_by_id=lambda row: row.proposed_by_id),
    ),
    "registry_transaction_is_of_now": (
        Attack(of_other_times(), owner_may=True),
        Attack(of_other_times(at=NOW - timedelta(days=1), source=Source.PUBLIC_RECORD), owner_may=True),
    ),
    "registry_leg_lines_sum_to_notified": again(LegLine, vintage=2013),
    "registry_leg_stays_in_registry": account_of_another_registry,
    "registry_movement_goes_elsewhere": to_itself,
    "registry_no_late_movements": tuple(
        again(
            Movement, {"transaction__kind": kind}, first=lambda row: row.last + 1, last=lambda row: row.last + 10**9
        ) for kind in ("issuance", "retirement")
    ),
    "registry_nothing_moves_between_registries": to("government", "MN"),
    "registry_issuance_comes_from_source": (from_("source"), to("source")),
    "registry_nothing_leaves_a_final_account": (from_("retirement"), from_("cancellation")),
    "registry_kind_goes_to_its_account": (to("retirement"), to("cancellation"), moved(entry={"kind": "retirement"})),
    "registry_accounts_are_open": although_suspended,
    "registry_frozen_does_not_move": although_frozen,
    "registry_serials_have_no_gap": (issued(first=102), issued(first=1), issued(first=1_000_000)),
    "registry_credits_reserved_once": (again(ProposalLine, WAITS), of_another_proposal),
    "registry_account_holds_what_it_moves": (
        backwards, moved(last=10**9), again(ProposalLine, WAITS, first=10**9, last=10**9),
    ),
    "registry_blocks_follow_movements": denied(
        change(CreditBlock, last=more("last")), remove(CreditBlock),
        change(CreditBlock, account_id=other(Account, "account_id")),
        again(CreditBlock, first=lambda row: row.last + 10**6, last=lambda row: row.last + 10**7),
    ),
    "registry_reserved_while_open": change(ProposalLine, WAITS, reserved=False),
    "registry_proposal_is_fixed": (
        change(ProposalLine, WAITS, last=more("last")), remove(ProposalLine, WAITS),
        change(Proposal, OPEN, proposed_at=LATER), change(Proposal, OPEN, kind="retirement"), remove(Proposal, OPEN),
        change(Proposal, {"state": "approved"}, execute_at=LATER),
    ),
    "registry_issuance_matches_leg": (issued(quantity=39), issued(quantity=41), issued(party="MN", first=1)),
    "registry_issuance_has_approved_leg": (
        issued(completes=False), issued(source=Source.PUBLIC_RECORD, approved_by=None),
    ),
    "registry_transaction_has_approved_proposal": (moved(completes=False), unapproved),
    "registry_transaction_matches_proposal": one_less,
    "registry_only_approved_is_executed": (executed_unapproved, executed_early),
    "registry_issued_leg_has_transaction": change(
        IssuanceLeg, {"state": "approved"}, state="issued", issued_on=NOW.date()
    ),
}  # fmt: skip

ALPHA = {"holder__name": "Alpha"}
IDENTITY_SQL = {
    "registry_identity_is_fixed": (
        change(Registry, party_id=other(Country, "party_id")), remove(Registry),
        change(Account, {"kind": "retirement"}, kind="entity", holder_id=other(Organisation, "holder_id")),
        change(Account, ALPHA, registry_id=other(Registry, "registry_id")),
        change(Account, ALPHA, holder_id=other(Organisation, "holder_id")), change(Account, number="X"),
        change(Account, ALPHA, log_name="JP-2x"),
        remove(Account, {"kind": "administrative", "registry__party__iso2": "JP"}),
        change(Series, vintage=2025), remove(Series),
        change(IssuanceNotification, decision_number="Another"),
        change(IssuanceNotification, signatory_host="Somebody else"),
        change(IssuanceNotification, project_id=more("project_id")), remove(IssuanceNotification),
        change(
            IssuanceLeg, {"state": "approved"}, proposed_by_id=lambda row: row.approved_by_id,
            approved_by_id=lambda row: row.proposed_by_id,
        ),
        change(IssuanceLeg, {"state": "issued"}, issued_on=LONG_AGO),
        change(Freeze, BY_HAND, account=None), change(Freeze, BY_HAND, frozen_at=LATER), remove(Freeze),
        lift_taken_back,
        change(TrustedAccount, effective_from=LONG_AGO), remove(TrustedAccount),
        change(AccountApplication, applied_at=LATER), remove(AccountApplication),
    ),
    "registry_closed_account_is_empty": change(Account, ALPHA, state="closed"),
    "registry_completed_proposal_has_transaction": change(Proposal, {"state": "approved"}, state="completed"),
}  # fmt: skip

AUTHORIZATIONS_SQL = {
    "registry_authorization_is_fixed": (
        change(Authorization, quantity=1), change(Authorization, vintage_to=2099),
        change(Authorization, confirmed_by=None, confirmed_at=None), remove(Authorization),
        revocation_taken_back,
    ),
    "registry_authorization_use_is_fixed": (change(AuthorizationUse, quantity=1), remove(AuthorizationUse)),
    "registry_authorization_covers_its_use": again(AuthorizationUse, vintage=2013),
    "registry_leg_waits_for_authorization": change(
        IssuanceLeg, {"state": "awaiting_authorization"}, state="notified"
    ),
}  # fmt: skip

RULES = {**LEDGER_SQL, **IDENTITY_SQL, **AUTHORIZATIONS_SQL}
