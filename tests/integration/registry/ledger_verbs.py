"""What the machine can ask of the ledger: issuances and movements of credits, and what the model says to each."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from core.errors import DomainError
from parties.decision import DecisionReference
from projects.models import Allocation, IssuanceRequest, MonitoringReport, YearlyResult
from registry import services
from registry.errors import KeyReused, NotEnoughCredits
from registry.holdings import Wanted
from registry.models import Account, Series
from registry.services import Ask
from tests.factories.ledger import GATE, NOON
from tests.integration.registry.ledger_model import OPEN, Ledger, Leg, Proposed
from tests.integration.registry.ledger_world import World

RETIRE = {"beneficiary": "Government of Japan", "reporting_year": 2026}
FINAL = {"retirement": "ndc", "cancellation": "voluntary"}
ROWS = "to_account,quantity,project,vintage,serial"
small = st.integers(1, 12)


class Steps:
    """How many steps were taken in all, what worked how often, and what was refused."""

    taken = 0
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()


class Verbs:
    """The database's world, the model of it, and how a verb draws and asks."""

    world: World
    model: Ledger
    now: datetime
    keys: int
    draw: Any
    refusal: Exception | None
    series: dict[tuple[int, int], dict[int, int]]  # (registry, project) → vintage → series
    names: dict[int, str]

    def pick(self, of: Any) -> Any:
        return self.draw(st.sampled_from(list(of)))

    def mostly(self) -> bool:
        return self.draw(st.sampled_from([True] * 5 + [False]))

    def one(self, *states: str) -> tuple[Any, Proposed]:
        """Return a proposal in one of these states."""
        return self.pick([(key, made) for key, made in self.model.proposals.items() if made.state in states])

    def asked(self, name: str, act: Any, *, may: bool = True, error: Any = DomainError, **arguments: Any) -> Any:
        """Do it: it works exactly where it may; a refusal leaves no trace."""
        self.refusal = None
        try:
            with transaction.atomic():
                done = act(**arguments)
        except error as refusal:
            if may:
                raise AssertionError(name) from refusal
            self.refusal = refusal
            Steps.refused[name] += 1
            return None
        assert may, f"{name} was not refused"
        Steps.done[name] += 1
        return done


class Issuance(Verbs):
    """From the Joint Committee's notification to credits."""

    def notify(self) -> None:
        """The Joint Committee notifies what a report measured, in up to three lines."""
        project, japan, host = self.pick(self.world.projects), self.world.registry, self.world.host_registry
        accounts = [*self.world.accounts, self.world.host_account]
        lines = {
            (self.pick([2019, 2020, 2022]), self.pick(accounts)): self.draw(small)
            for _ in range(self.draw(st.integers(1, 3)))
        }
        request = self._request(project, lines)
        decision = DecisionReference("MN_JC003", NOON.date(), ("Chika Chair", "Charlie Chair"))
        told = self.asked("notify", services.notification_create, request=request, decision=decision, at=self.now)
        for leg in told.legs.order_by("pk"):
            mine = {(year, a.pk): n for (year, a), n in lines.items() if a.registry_id == leg.registry_id}
            gated = sum(n for (year, _), n in mine.items() if year >= GATE) if leg.registry_id == japan.pk else 0
            state = "awaiting_authorization" if gated else "notified"
            made = Leg(leg.registry_id, project.pk, mine, state if mine else "closed", needs=gated)
            assert leg.registry_id in {japan.pk, host.pk}
            self.model.legs[leg.pk] = made
            self.model.authorize(made)
            assert (leg.state, leg.notified) == (made.state, sum(mine.values()))

    def _request(self, project: Any, lines: dict[tuple[int, Account], int]) -> IssuanceRequest:
        """A request for exactly what was verified."""
        self.keys += 1
        day, by = date(2010, 1, 1) + timedelta(days=self.keys), self.world.proposer
        report = MonitoringReport.objects.create(project=project, period_start=day, period_end=day, created_by=by)
        verified: Counter[int] = Counter()
        for (vintage, _account), quantity in lines.items():
            verified[vintage] += quantity
        YearlyResult.objects.bulk_create(
            YearlyResult(report=report, year=year, reference=n, project=0, reductions=n) for year, n in verified.items()
        )
        request = IssuanceRequest.objects.create(report=report, submitted_by=by, submitted_at=NOON)
        Allocation.objects.bulk_create(
            Allocation(
                request=request, vintage=year, party_id=to.registry.party_id, account_number=to.number, quantity=n
            )
            for (year, to), n in lines.items()
        )
        return request

    def authorize(self) -> None:
        """Both Parties authorize some tonnes; the legs that they cover pass, the oldest first."""
        quantity = self.draw(st.integers(5, 60))
        for authorization, who in self.world.authorize(quantity):
            confirm = services.authorization_confirm
            self.asked("authorize", confirm, authorization_id=authorization.pk, actor=who, at=self.now)
        self.model.authorized += quantity
        for _key, leg in sorted(self.model.legs.items()):
            self.model.authorize(leg)

    def _leg(self, state: str) -> tuple[int, Leg]:
        return self.pick([(key, leg) for key, leg in self.model.legs.items() if leg.state == state])

    def propose_issue(self) -> None:
        key, leg = self._leg("notified")
        actor = self.world.administrators[leg.registry][0]
        self.asked("propose issue", services.leg_propose, leg_id=key, actor=actor, at=self.now)
        leg.state = "proposed"

    def approve_issue(self) -> None:
        key, leg = self._leg("proposed")
        proposer, approver = self.world.administrators[leg.registry]
        actor = self.pick([approver, approver, approver, proposer])
        may = actor == approver
        if self.asked("approve issue", services.leg_approve, leg_id=key, actor=actor, at=self.now, may=may):
            leg.state = "approved"

    def issue(self) -> None:
        key, leg = self._leg("approved")
        if entry := self.asked("issue", services.credits_issue, leg_id=key, at=self.now, may=self.may_issue(leg)):
            leg.entry = entry.pk
            self._learn_series(leg.registry, leg.project)
            self.model.issue(key, self.series[leg.registry, leg.project])

    def may_issue(self, leg: Leg) -> bool:
        return self.model.may_issue(leg, self.series.get((leg.registry, leg.project), {}))

    def issue_again(self) -> None:
        """An issued leg gives its first transaction, one that nobody approved is refused."""
        key, leg = self.pick([(key, leg) for key, leg in self.model.legs.items() if leg.state != "approved"])
        may = leg.state == "issued"
        again = self.asked("issue again", services.credits_issue, leg_id=key, at=self.now, may=may)
        assert again is None or again.pk == leg.entry

    def _learn_series(self, registry: int, project: int) -> None:
        found = Series.objects.filter(registry=registry, project=project).select_related(
            "registry__party", "project__partnership__host"
        )
        self.series[registry, project] = {series.vintage: series.pk for series in found}
        self.names |= {series.pk: str(series) for series in found}


class Movements(Verbs):
    """Proposals and what becomes of them."""

    def transfer(self) -> None:
        self.propose("transfer")

    def retire(self) -> None:
        self.propose("retirement")

    def cancel_credits(self) -> None:
        self.propose("cancellation")

    def correct(self) -> None:
        self.propose("correction")

    def propose(self, kind: str) -> None:
        giver = self._giver()
        taker = None if kind in FINAL else self._taker(giver)
        vintage, part = None, None
        narrow = self.pick(["all", "all", "vintage", "range"])
        if narrow == "vintage":
            vintage = self.pick([2019, 2020, 2022])
        elif mine := [u for u, owner in self.model.owner.items() if owner == giver.pk and narrow == "range"]:
            series, serial = self.pick(mine)
            part = (series, max(1, serial - self.draw(small)), serial + self.draw(small))
        free = self.model.free(giver.pk, vintage=vintage, part=part)
        # Most ask for what there is, some for more.
        quantity = self.draw(st.integers(1, min(12, len(free)) if free and self.mostly() else 400))
        target = taker.pk if taker else self.world.final[kind]
        wanted = Wanted(vintage=vintage, **dict(zip(("series_id", "first", "last"), part or (), strict=False)))
        words = {**RETIRE, "purpose": FINAL[kind]} if kind in FINAL else {}
        to_account = taker and Account.objects.get(pk=taker.pk)
        self.keys += 1
        ask = {
            "kind": kind, "from_account": giver, "asks": [Ask(quantity, wanted, to_account, **words)],
            "key": f"key {self.keys}", "actor": self.world.proposer, "at": self.now,
            "decision_number": "MN_JC003" if kind == "correction" else "",
        }  # fmt: skip
        self._proposed(f"propose {kind}", services.proposal_create, ask, dict.fromkeys(free[:quantity], target),
                       there=len(free) >= quantity, accounts={giver.pk, target})  # fmt: skip

    def _giver(self) -> Account:
        """Most often an account that holds something, and that nothing stops."""
        holders = set(self.model.owner.values())
        return self.pick([a for a in self._usable() if a.pk in holders] or self.world.accounts)

    def _taker(self, giver: Account) -> Account:
        return self.pick([a for a in self._usable() if a != giver] or [a for a in self.world.accounts if a != giver])

    def _usable(self) -> list[Account]:
        any_ = not self.mostly()
        return [a for a in self.world.accounts if any_ or not self.model.stands_still([(0, 0)], {a.pk})]

    def _proposed(
        self, name: str, service: Any, ask: dict[str, Any], units: Any, *, there: bool, accounts: Any
    ) -> None:
        still = self.model.stands_still(units or [(0, 0)], accounts)
        made = self.asked(name, service, **ask, may=there and not still)
        if made:
            self.model.proposals[made.pk] = Proposed(
                ask["kind"], ask["from_account"].pk, units, made.expires_at, ask=(service, ask)
            )
        elif not there and not still:
            assert isinstance(self.refusal, NotEnoughCredits)

    def batch(self) -> None:
        """Two or three rows of a file, one proposal."""
        giver = self._giver()
        free, rows, units, there = self.model.free(giver.pk, vintage=None, part=None), [], {}, True
        for _ in range(self.draw(st.integers(2, 3))):
            taker, quantity = self._taker(giver), self.draw(small)
            vintage = self.pick([None, None, 2019, 2020])
            mine = [u for u in free if u not in units and vintage in {None, self.model.vintage[u[0]]}][:quantity]
            there &= len(mine) == quantity
            units |= dict.fromkeys(mine, taker.pk)
            rows.append(f"{taker.number},{quantity},,{vintage or ''},")
        self.keys += 1
        ask = {
            "kind": "transfer", "from_account": giver, "text": "\n".join([ROWS, *rows]),
            "key": f"key {self.keys}", "actor": self.world.proposer, "at": self.now,
        }  # fmt: skip
        numbers = {account.number: account.pk for account in self.world.accounts}
        accounts = {giver.pk, *(numbers[row.split(",")[0]] for row in rows)}
        self._proposed("propose batch", services.batch_create, ask, units, there=there, accounts=accounts)

    def propose_again(self) -> None:
        """The same key gives the same proposal, and nothing else."""
        key, made = self.pick(self.model.proposals.items())
        service, ask = made.ask
        if "asks" in ask:
            first = ask["asks"][0]
            other = {"asks": [replace(first, quantity=first.quantity + 1)]}
            self.asked("reuse a key", service, **{**ask, **other}, may=False, error=KeyReused)
        assert self.asked("propose again", service, **ask).pk == key

    def approve(self) -> None:
        self._approve(*self.one("proposed"), self.world.approver)

    def _approve(self, key: Any, made: Proposed, actor: Any) -> None:
        may = made.state == "proposed" and actor == self.world.approver and self.now < made.expires_at
        if done := self.asked("approve", services.proposal_approve, proposal_id=key, actor=actor, at=self.now, may=may):
            made.state, made.execute_at = "approved", done.execute_at
            assert made.execute_at >= self.now

    def reject(self) -> None:
        self._end("reject", *self.one("proposed"))

    def cancel(self) -> None:
        self._end("cancel", *self.one(*OPEN))

    def _end(self, verb: str, key: Any, made: Proposed) -> None:
        may = made.state == "proposed" if verb == "reject" else self.model.may_cancel(made, self.now)
        service = services.proposal_reject if verb == "reject" else services.proposal_cancel
        if self.asked(verb, service, proposal_id=key, actor=self.world.approver, at=self.now, may=may):
            made.state = "rejected" if verb == "reject" else "cancelled"

    def execute(self) -> None:
        key, made = self.pick([(key, made) for key, made in self.model.proposals.items() if self.model.can_move(made)])
        if self.mostly():
            self.now = max(self.now, made.execute_at or self.now)
        self._execute(key, made)

    def _execute(self, key: Any, made: Proposed) -> None:
        may = self.model.may_execute(made, self.now) or made.state == "completed"
        entry = self.asked("execute", services.proposal_execute, proposal_id=key, at=self.now, may=may)
        if entry and made.state == "completed":
            assert entry == made.entry
        elif entry:
            self.model.execute(made)
            made.entry = entry

    def misuse(self) -> None:
        """Whatever can be asked of any proposal, by anybody; and credits out of a final account."""
        key, made = self.pick(self.model.proposals.items())
        verb = self.pick(["approve", "approve by proposer", "reject", "cancel", "execute", "correct a final account"])
        if verb in {"reject", "cancel"}:
            self._end(verb, key, made)
        elif verb == "execute":
            self._execute(key, made)
        elif verb == "correct a final account":
            ask = Ask(1, to_account=self.world.accounts[0])
            self.asked(
                verb, services.proposal_create, kind="correction", from_account=self.world.final_account, asks=[ask],
                key="final", at=self.now, actor=self.world.proposer, decision_number="MN_JC003", may=False,
            )  # fmt: skip
        else:
            self._approve(key, made, self.world.approver if verb == "approve" else self.world.proposer)
