"""The world that attacks are carried out on: rows of every table of the registry, in the states that rules speak of."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from core.models import User
from parties.models import Role
from registry import services
from registry.models import (
    Account,
    AccountApplication,
    Freeze,
    IssuanceLeg,
    Proposal,
    Registry,
    StoredAnswer,
    Transaction,
    TrustedAccount,
)
from registry.workflow import LegState
from tests.factories import exchange, holders
from tests.factories.ledger import leg, registered_project


class World:
    """Alpha holds credits in Japan's registry, Mongolia's is compared with one kept elsewhere."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.holder = holders.holder()
        self.registry, self.account, self.other = self.holder.registry, self.holder.account, self.holder.other
        self.foreign = Registry.objects.select_related("party").get(party__iso2="MN")
        self.project = registered_project()
        self._stops()
        self._legs()
        self._papers()
        self._proposals()
        self._programs()
        self._exchange()
        self._log()

    def person(self, name: str) -> User:
        return self.holder.people[name]

    def account_of(self, kind: str, party: str = "JP") -> Account:
        return Account.objects.get(registry__party__iso2=party, kind=kind)

    def _stops(self) -> None:
        stopped = holders.account("Gamma")
        by: dict[str, Any] = {"frozen_by": self.person("keeper"), "frozen_at": self.now}
        Freeze.objects.create(registry=self.registry, account=stopped, reason="Suspected theft", **by)
        AccountApplication.objects.create(
            account=stopped, representative="Gamma", email="g@people.example", address="Tokyo",
            applied_by=self.person("stranger"), applied_at=self.now,
        )  # fmt: skip
        TrustedAccount.objects.create(
            account=self.account, destination=self.other, added_by=self.person("approver"), added_at=self.now,
            effective_from=self.now.date() - timedelta(days=1),
        )  # fmt: skip

    def _legs(self) -> None:
        # Its series begins with the 100 credits that the account was given.
        self.legs: dict[str, IssuanceLeg] = {"approved": leg(self.holder.project, {2019: 40})}
        for state in (LegState.NOTIFIED, LegState.PROPOSED):
            self.legs[state] = leg(self.project, {2019: 40}, state=state)
        self.legs["awaiting_authorization"] = leg(self.project, {2021: 40}, state=LegState.AWAITING_AUTHORIZATION)
        self.legs["foreign"] = leg(self.project, {2019: 5}, party="MN", state=LegState.NOTIFIED)
        issued = leg(self.project, {2019: 60}, party="MN")
        services.credits_issue(leg_id=issued.pk, at=self.now)

    def _papers(self) -> None:
        self.holder.done(self.holder.propose(10, kind="retirement"))
        services.certificates_issue(transaction_id=Transaction.objects.get(kind="retirement").pk, at=self.now)
        asked = {"as_of": self.now, "at": self.now, "actor": self.person("viewer")}
        services.holding_certify(account=self.account, **asked)

    def _proposals(self) -> None:
        self.open: Proposal = self.holder.propose(5)
        self.approved: Proposal = self.holder.approve(self.holder.propose(5))

    def _programs(self) -> None:
        client, _secret = services.client_create(
            registry=self.registry, user=self.person("proposer"), name="Program", scopes=["registry:read"], at=self.now
        )
        StoredAnswer.objects.create(
            client=client, key="key", request_sha256="0" * 64, status=200, body="{}", answered_at=self.now
        )

    def _exchange(self) -> None:
        commit_now()
        people = holders.keeper("enters", Role.REGISTRY_PROPOSER, "MN"), self.person("foreign_keeper")
        self.counterpart = exchange.counterpart(self.foreign, *people)
        other = exchange.side(self.counterpart)
        for fault in ("bad-signature", "owner"):
            exchange.compared(other, self.counterpart, fault)

    def _log(self) -> None:
        commit_now()
        services.log_seal(registry_id=self.registry.pk, at=timezone.now())
        self.holder.done(self.holder.propose(1))
        commit_now()


def commit_now() -> None:
    """Let the rules that wait for the commit speak, and then wait again, as an attacker could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
