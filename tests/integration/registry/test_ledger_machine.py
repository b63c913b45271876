"""The ledger does what a dictionary of credits would do, whatever is asked of it in whatever order.

After every step the database and the model hold the same, and the audit finds nothing.
"""

import os
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import DomainError
from parties.models import Role, RoleAssignment
from registry import services
from registry.audit import audit
from registry.errors import KeyReused, NotEnoughCredits
from registry.holdings import Wanted
from registry.models import Account, CreditBlock, Freeze, Movement, Proposal, ProposalLine, Series
from registry.services import Ask
from tests.factories.holders import START
from tests.factories.ledger import NOON, leg, registered_project
from tests.integration.registry.ledger_model import FINAL, Ledger, Proposed, Stop
from tests.integration.registry.test_proposals import RETIRE, Desk

STEPS_EACH = 100
STEPS = int(os.environ.get("JCM_MACHINE_STEPS", "500"))
small = st.integers(1, 40)
which = st.integers(0, 10**6)  # an index into whatever there is


class Steps:
    """How many steps were taken in all."""

    taken = 0
    done: dict[str, int] = {}


class LedgerMachine(RuleBasedStateMachine):
    """Three entity accounts, two projects, one proposer and one approver; a clock that only moves on."""

    world: Desk
    third: Account
    projects: list[Any]

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.model, self.now, self.keys = Ledger(), NOON, 0
        self.legs: list[int] = []
        self.accounts = [self.world.account, self.world.other, self.third]
        for series in Series.objects.all():
            self.model.issue(series.pk, series.vintage, {2019: 100, 2020: 50}[series.vintage], self.world.account.pk)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    # --- what is asked -------------------------------------------------------------------------------------------

    @initialize(quantity=small)
    def begin(self, quantity: int) -> None:
        self.issue(0, 0, quantity, 20)

    @rule(project=which, account=which, of_2019=small, of_2020=small)
    def issue(self, project: int, account: int, of_2019: int, of_2020: int) -> None:
        of, to = self.projects[project % 2], self.accounts[account % 3]
        made = leg(of, {2019: of_2019, 2020: of_2020}, account=to)
        wanted = {2019: of_2019, 2020: of_2020}
        mine = Series.objects.filter(project=of, registry=self.world.registry)
        units = [unit for series in mine for unit in self.model.next_units(series.pk, wanted[series.vintage])]
        still = self.model.stands_still(units or [(0, 0)], {to.pk})
        if self.asked("issue", lambda: services.credits_issue(leg_id=made.pk, at=self.now), may=not still):
            self.legs.append(made.pk)
            for series in mine.all():
                self.model.issue(series.pk, series.vintage, wanted[series.vintage], to.pk)

    @precondition(lambda self: self.legs)
    @rule(which=which)
    def issue_again(self, which: int) -> None:
        self.asked("issue again", lambda: services.credits_issue(leg_id=self.pick(self.legs, which), at=self.now))

    @rule(
        kind=st.sampled_from(["transfer", "transfer", "retirement", "cancellation", "correction"]),
        source=which, to=which, quantity=small, narrow=st.sampled_from(["all", "vintage", "range"]), at=which,
    )  # fmt: skip
    def propose(self, kind: str, source: int, to: int, quantity: int, narrow: str, at: int) -> None:  # noqa: PLR0917
        giver = self.accounts[source % 3]
        taker = Account.objects.get(pk=self.accounts[(source + 1 + to % 2) % 3].pk)
        vintage = 2019 + at % 2 if narrow == "vintage" else None
        part = None
        if narrow == "range":
            series, serial = self.pick(sorted(self.model.owner), at)
            part = (series, max(1, serial - at % 7), serial + at % 11)
        final = Account.objects.get(registry=giver.registry, kind=FINAL[kind]) if kind in FINAL else None
        free = self.model.free(giver.pk, vintage=vintage, part=part)
        self.keys += 1
        ask = Ask(
            quantity=quantity,
            wanted=Wanted(vintage=vintage, **dict(zip(("series_id", "first", "last"), part or (), strict=False))),
            to_account=None if final else taker,
            **({**RETIRE, "purpose": "voluntary" if kind == "cancellation" else "ndc"} if final else {}),
        )
        asked = {
            "kind": kind, "from_account": giver, "asks": [ask], "key": f"key {self.keys}", "actor": self.world.proposer,
            "at": self.now, "decision_number": "MN_JC003" if kind == "correction" else "",
        }  # fmt: skip
        there = len(free) >= quantity
        target_id = final.pk if final else taker.pk
        still = self.model.stands_still(free[:quantity] or [(0, 0)], {giver.pk, target_id})
        made = self.asked(f"propose {kind}", lambda: services.proposal_create(**asked), may=there and not still)
        if made:
            self.model.proposals[made.pk] = Proposed(
                kind, giver.pk, target_id, free[:quantity], expires_at=made.expires_at
            )
            assert services.proposal_create(**asked).pk == made.pk
            with pytest.raises(KeyReused), transaction.atomic():
                services.proposal_create(**{**asked, "asks": [Ask(quantity + 1, ask.wanted, ask.to_account)]})
        elif not there and not still:
            with pytest.raises(NotEnoughCredits), transaction.atomic():
                services.proposal_create(**asked)

    @rule(
        kind=st.sampled_from(["transfer", "transfer", "retirement", "cancellation", "correction"]),
        source=which, to=which, quantity=small, at=which,
    )  # fmt: skip
    def carry_out(self, kind: str, source: int, to: int, quantity: int, at: int) -> None:
        before = len(self.model.proposals)
        self.propose(kind, source, to, quantity, "range" if at % 3 else "all", at)
        if len(self.model.proposals) > before:
            self.approve(-1, "approver")
            self.now = list(self.model.proposals.values())[-1].execute_at or self.now
            self.execute(-1)

    @precondition(lambda self: self.model.proposals)
    @rule(which=which, who=st.sampled_from(["approver", "approver", "approver", "proposer"]))
    def approve(self, which: int, who: str) -> None:
        key, made = self.proposal(which)
        may = made.state == "proposed" and who == "approver" and self.now < made.expires_at
        actor = getattr(self.world, who)
        done = self.asked(
            "approve", lambda: services.proposal_approve(proposal_id=key, actor=actor, at=self.now), may=may
        )
        if done:
            made.state, made.execute_at = "approved", done.execute_at
            assert made.execute_at >= self.now

    @precondition(lambda self: self.model.proposals)
    @rule(which=which, verb=st.sampled_from(["reject", "cancel", "cancel"]))
    def end(self, which: int, verb: str) -> None:
        key, made = self.proposal(which)
        may = made.state == "proposed" if verb == "reject" else self.model.may_cancel(made, self.now)
        ask = services.proposal_reject if verb == "reject" else services.proposal_cancel
        if self.asked(verb, lambda: ask(proposal_id=key, actor=self.world.approver, at=self.now), may=may):
            made.state = "rejected" if verb == "reject" else "cancelled"

    @precondition(lambda self: self.model.proposals)
    @rule(which=which)
    def execute(self, which: int) -> None:
        key, made = self.proposal(which)
        may = self.model.may_execute(made, self.now) or made.state == "completed"
        entry = self.asked("execute", lambda: services.proposal_execute(proposal_id=key, at=self.now), may=may)
        if entry and made.state == "completed":
            assert entry == made.entry
        elif entry:
            self.model.execute(made)
            made.entry = entry

    @rule(hours=st.sampled_from([1, 12, 48, 24 * 31]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def the_clock_strikes(self) -> None:
        due = [made for made in self.model.proposals.values() if self.model.may_execute(made, self.now)]
        late = [m for m in self.model.proposals.values() if m.state == "proposed" and m.expires_at <= self.now]
        assert services.proposals_execute_due(at=self.now) == len(due)
        assert services.proposals_expire(at=self.now) == len(late)
        for key, made in self.model.proposals.items():
            if made in due:
                self.model.execute(made)
                made.entry = Proposal.objects.get(pk=key).transaction.pk
            elif made in late:
                made.state = "expired"

    @rule(what=st.sampled_from(["account", "credits", "registry"]), which=which)
    def freeze(self, what: str, which: int) -> None:
        stop = Stop()
        if what == "account":
            stop = Stop(account=self.pick(self.accounts, which).pk)
        elif what == "credits" and self.model.owner:
            series, serial = self.pick(sorted(self.model.owner), which)
            stop = Stop(series=series, first=serial, last=serial + which % 20)
        frozen = Freeze.objects.create(
            registry=self.world.registry, account_id=stop.account, series_id=stop.series,
            first=stop.first or None, last=stop.last or None, reason="Drill", frozen_by=self.world.approver,
            frozen_at=self.now,
        )  # fmt: skip
        self.model.stops[frozen.pk] = stop

    @precondition(lambda self: self.model.stops)
    @rule(which=which)
    def lift(self, which: int) -> None:
        key = self.pick(sorted(self.model.stops), which)
        Freeze.objects.filter(pk=key).update(
            lift_proposed_by=self.world.proposer, lift_proposed_at=self.now, lifted_by=self.world.approver,
            lifted_at=self.now,
        )  # fmt: skip
        del self.model.stops[key]

    @rule(which=which)
    def suspend_or_resume(self, which: int) -> None:
        account = self.pick(self.accounts, which)
        now_open = account.pk in self.model.suspended
        Account.objects.filter(pk=account.pk).update(state="open" if now_open else "suspended")
        self.model.suspended ^= {account.pk}

    @precondition(lambda self: any(made.entry for made in self.model.proposals.values()))
    @rule(which=which, quantity=small)
    def slip_in_a_movement(self, which: int, quantity: int) -> None:
        done = [made.entry for made in self.model.proposals.values() if made.entry]
        movement = Movement.objects.filter(transaction=self.pick(done, which)).first()
        movement.pk, movement.first, movement.last = None, movement.last + 1, movement.last + quantity
        self.asked("slip in", lambda: movement.save(force_insert=True), may=False, error=Exception)

    # --- what must hold ------------------------------------------------------------------------------------------

    @invariant()
    def the_database_holds_what_the_model_holds(self) -> None:
        Steps.taken += 1
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        held = CreditBlock.objects.values_list("series_id", "first", "last", "account_id")
        found = {(series, n): account for series, first, last, account in held for n in range(first, last + 1)}
        assert found == self.model.owner
        assert len(found) == self.model.issued
        lines = ProposalLine.objects.filter(reserved=True).values_list("series_id", "first", "last", "proposal_id")
        reserved = {(series, n): key for series, first, last, key in lines for n in range(first, last + 1)}
        assert reserved == self.model.reserved()

    @invariant()
    def the_audit_finds_nothing(self) -> None:
        assert audit() == []

    # --- tools ---------------------------------------------------------------------------------------------------

    def pick(self, of: list[Any], index: int) -> Any:
        return of[index % len(of)]

    def proposal(self, which: int) -> tuple[Any, Proposed]:
        """Return one of the last proposals, or now and then any."""
        every = list(self.model.proposals.items())
        return every[-1] if which < 0 else self.pick(every[-4:] if which % 4 else every, which // 4)

    def asked(self, name: str, act: Any, *, may: bool = True, error: Any = DomainError) -> Any:
        """Do it: it works exactly where it may; a refusal leaves no trace."""
        try:
            with transaction.atomic():
                done = act()
        except error as refusal:
            if may:
                raise AssertionError(name) from refusal
            return None
        assert may, f"{name} was not refused"
        Steps.done[name] = Steps.done.get(name, 0) + 1
        return done


def run_machine(steps: int, *, derandomize: bool) -> None:
    """Take so many steps on a world that every example shares; each example is rolled back."""
    world = Desk()
    for user, role in ((world.proposer, Role.REGISTRY_PROPOSER), (world.approver, Role.REGISTRY_APPROVER)):
        RoleAssignment.objects.create(user=user, role=role, party=world.registry.party, valid_from=START)  # to correct
    LedgerMachine.world, LedgerMachine.third = world, world.open("Gamma")
    LedgerMachine.projects = [world.project, registered_project()]
    for account in (world.other, LedgerMachine.third):
        for line in world.account.representatives.all():
            line.pk, line.account = None, account
            line.save()
    Steps.taken, Steps.done, began = 0, {}, time.monotonic()
    wanted = settings(
        max_examples=1 + steps // STEPS_EACH, stateful_step_count=STEPS_EACH, derandomize=derandomize, deadline=None,
        database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    run_state_machine_as_test(LedgerMachine, settings=wanted)
    print(f"ledger machine: {Steps.taken} steps in {time.monotonic() - began:.0f} s, that worked: {Steps.done}")


@pytest.mark.slow
@pytest.mark.django_db
def test_the_ledger_does_what_a_dictionary_would_do(capsys):
    with capsys.disabled():
        run_machine(STEPS, derandomize=True)
    assert Steps.done.keys() >= {"issue", "issue again", "propose transfer", "propose retirement", "approve", "execute"}
