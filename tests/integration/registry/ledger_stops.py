"""What the machine can do besides moving credits: let time pass, stop and release, lie to the ledger, seal its log."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection

from registry import services
from registry.models import LogEntry, Proposal
from registry.serials import Serial
from tests.integration.registry.ledger_model import Stop
from tests.integration.registry.ledger_verbs import Steps, Verbs, small

# Each tells the ledger something untrue, in SQL as the application's role.
ATTACKS = {
    "a late movement": """
        INSERT INTO registry_movement (transaction_id, series_id, first, last, from_account_id, to_account_id)
        SELECT transaction_id, series_id, first, last, to_account_id, from_account_id FROM registry_movement
         ORDER BY id DESC LIMIT 1""",
    "a block by hand": "UPDATE registry_creditblock SET last = last + 1",
    "history rewritten": "UPDATE registry_movement SET last = last + 1",
    "credits reserved twice": """
        INSERT INTO registry_proposalline (proposal_id, series_id, first, last, from_account_id, to_account_id,
                                           purpose, beneficiary, reserved)
        SELECT proposal_id, series_id, last, last, from_account_id, to_account_id, '', '', true
          FROM registry_proposalline WHERE reserved LIMIT 1""",
    "an issuance without movements": """
        INSERT INTO registry_transaction (id, registry_id, kind, idempotency_key, leg_id, at, proposed_by_id,
                                          approved_by_id, source)
        SELECT gen_random_uuid(), registry_id, 'issuance', 'attack', id, approved_at, proposed_by_id, approved_by_id,
               source FROM registry_issuanceleg WHERE state = 'approved' LIMIT 1;
        SET CONSTRAINTS ALL IMMEDIATE""",
    "more authorized than is left": """
        INSERT INTO registry_authorizationuse (authorization_id, leg_id, vintage, quantity)
        SELECT a.id, l.id, 2022, 100000 FROM registry_authorization a, registry_issuanceleg l WHERE a.quantity > 0
         LIMIT 1""",
}


class Stops(Verbs):
    """Freezes, suspensions, attacks."""

    def wait(self) -> None:
        """Some hours, or until a proposal that waits for approval is too old."""
        late = [made.expires_at for made in self.model.proposals.values() if made.state == "proposed"]
        hours = timedelta(hours=self.pick([1, 12, 48]))
        self.now = max(self.now, self.pick(late)) if late and self.pick([False, True]) else self.now + hours

    def strike(self) -> None:
        """The clock's tasks: carry out what is due, end what nobody approved."""
        due = [made for made in self.model.proposals.values() if self.model.may_execute(made, self.now)]
        late = [m for m in self.model.proposals.values() if m.state == "proposed" and m.expires_at <= self.now]
        assert services.proposals_execute_due(at=self.now) == len(due)
        assert services.proposals_expire(at=self.now) == len(late)
        Steps.done["strike"] += 1
        Steps.done["expire"] += len(late)
        for key, made in self.model.proposals.items():
            if made in due:
                self.model.execute(made)
                made.entry = Proposal.objects.get(pk=key).transaction.pk
            elif made in late:
                made.state = "expired"

    def freeze(self) -> None:
        what = self.pick(["account", "credits", "credits", "registry"])
        stop, account, serial = Stop(accounts=self.world.of_japan), None, None
        if what == "account":
            account = self.pick(self.world.accounts)
            stop = Stop(accounts=frozenset({account.pk}))
        elif what == "credits":
            series, first = self.pick(unit for unit in self.model.owner if self.names[unit[0]].startswith("JP"))
            last = first + self.draw(small)
            stop = Stop(series=series, first=first, last=last)
            registry, host, project, vintage = self.names[series].split("-")
            serial = Serial(registry, host, project, int(vintage), first, last)
        frozen = self.asked(
            "freeze", services.freeze_set, registry=self.world.registry, reason="Drill", actor=self.world.approver,
            at=self.now, account=account, serial=serial, may=stop not in self.model.stops.values(),
        )  # fmt: skip
        if frozen:
            self.model.stops[frozen.pk] = stop

    def lift(self) -> None:
        key = self.pick(self.model.stops)
        proposer, approver = self.world.proposer, self.world.approver
        self.asked("propose to lift", services.freeze_lift_propose, freeze_id=key, actor=proposer, at=self.now)
        self.asked("lift", services.freeze_lift, freeze_id=key, actor=proposer, at=self.now, may=False)
        self.asked("lift", services.freeze_lift, freeze_id=key, actor=approver, at=self.now)
        del self.model.stops[key]

    def suspend(self) -> None:
        self._suspend_or_resume(self.pick(self.world.entities).pk, services.account_suspend)

    def resume(self) -> None:
        self._suspend_or_resume(self.pick(self.model.suspended), services.account_resume)

    def _suspend_or_resume(self, key: int, service: Any) -> None:
        self.asked(service.__name__, service, account_id=key, reason="Drill", actor=self.world.approver, at=self.now)
        self.model.suspended ^= {key}

    def attack(self) -> None:
        name = self.pick(ATTACKS)

        def act() -> None:
            with connection.cursor() as cursor:
                cursor.execute(ATTACKS[name])
                if not cursor.rowcount:
                    raise DatabaseError("there is nothing to attack")

        self.asked(name, act, may=False, error=DatabaseError)
        Steps.done["attack"] += 1


class Clock(Verbs):
    """Time passes; the clock's tasks run."""

    folded: dict[tuple[str, int], str]
    sealed: Counter[int]

    def seal(self) -> None:
        """Number the log's leaves; folded from the first one on, they give what the model holds."""
        services.logs_seal(at=self.now)
        Steps.done["seal"] += 1
        entries = LogEntry.objects.order_by("registry_id", "index").values_list("registry_id", "index", "leaf__body")
        last: dict[int, str] = {}
        for registry, index, body in entries:
            leaf = json.loads(body)
            assert leaf["at"] >= last.get(registry, "")
            last[registry] = leaf["at"]
            if index >= self.sealed[registry]:
                assert index == self.sealed[registry]
                self.sealed[registry] += 1
                self._fold(leaf)
        log_names = self.world.log_names
        assert self.folded == {(self.names[s], n): log_names[owner] for (s, n), owner in self.model.owner.items()}

    def _fold(self, leaf: dict[str, Any]) -> None:
        for move in leaf["movements"]:
            for serial in range(move["first"], move["last"] + 1):
                unit = (move["series"], serial)
                assert self.folded.get(unit, self.world.sources[leaf["registry"]]) == move["from"]
                self.folded[unit] = move["to"]
