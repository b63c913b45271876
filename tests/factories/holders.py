"""An account with credits, the people who act for it, and the administrators of its registry."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from core.models import User
from parties.models import Country, Organisation, Role, RoleAssignment
from projects.models import Project
from registry import services
from registry.models import Account, AccountRepresentative, Proposal, Registry
from registry.services import Ask
from tests.factories.ledger import leg, person, registered_project

RETIRE = {"purpose": "ndc", "beneficiary": "Government of Japan", "reporting_year": 2026}
START = date(2020, 1, 1)


@dataclass
class Holder:
    """Alpha holds 100 credits of 2019, 50 of 2020 and 30 of 2022 in Japan's registry; Beta holds none."""

    account: Account
    other: Account
    project: Project
    people: dict[str, User] = field(default_factory=dict)

    @property
    def registry(self) -> Registry:
        """Japan's registry."""
        return self.account.registry

    def propose(self, quantity: int = 10, *, kind: str = "transfer", **ask: Any) -> Proposal:
        """Let the proposer propose."""
        words = {"to_account": self.other} if kind == "transfer" else RETIRE
        if kind == "cancellation":
            words = {**RETIRE, "purpose": "voluntary"}
        asked = Ask(quantity=quantity, **{**words, **ask})
        return services.proposal_create(
            kind=kind, from_account=self.account, asks=[asked], key=str(uuid.uuid4()),
            actor=self.people["proposer"], at=timezone.now(),
        )  # fmt: skip

    def approve(self, proposal: Proposal) -> Proposal:
        """Let the approver approve."""
        return services.proposal_approve(proposal_id=proposal.pk, actor=self.people["approver"], at=timezone.now())

    def done(self, proposal: Proposal) -> Proposal:
        """Bring a proposal to its end."""
        approved = self.approve(proposal)
        services.proposal_execute(proposal_id=proposal.pk, at=approved.execute_at or timezone.now())
        proposal.refresh_from_db()
        return proposal


def keeper(name: str, role: Role, party: str = "JP") -> User:
    """Return somebody who administers the Party's registry."""
    user = person(name)
    RoleAssignment.objects.create(user=user, role=role, party=Country.objects.get(iso2=party), valid_from=START)
    return user


def account(name: str, party: str = "JP") -> Account:
    """Open an account for a new organisation."""
    country = Country.objects.get(iso2=party)
    opened = services.account_open(party=country, holder=Organisation.objects.create(name=name, country=country))
    return Account.objects.select_related("registry__party", "holder").get(pk=opened.pk)


def holder() -> Holder:
    """Make the account, its credits and everybody around it."""
    found = Holder(account("Alpha"), account("Beta"), registered_project())
    for right in ("view", "propose", "approve"):
        user = found.people[{"view": "viewer", "propose": "proposer", "approve": "approver"}[right]] = person(right)
        AccountRepresentative.objects.create(account=found.account, user=user, right=right, valid_from=START)
    found.people |= {
        "keeper": keeper("keeper", Role.REGISTRY_PROPOSER),
        "second_keeper": keeper("second", Role.REGISTRY_APPROVER),
        "foreign_keeper": keeper("foreign", Role.REGISTRY_APPROVER, "MN"),
        "stranger": person("stranger"),
    }
    issued = leg(found.project, {2019: 100, 2020: 50, 2022: 30}, account=found.account)
    services.credits_issue(leg_id=issued.pk, at=_yesterday())
    return found


def _yesterday() -> datetime:
    return timezone.now() - timedelta(days=1)
