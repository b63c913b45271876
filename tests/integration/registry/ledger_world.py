"""What every run of the machine starts from: accounts, projects and the people who act for them."""

from datetime import date

from core.models import User
from jcm.demo.cast import assemble
from parties.models import Role, RoleAssignment
from registry.models import Account, Authorization, CooperativeApproach, Registry
from tests.factories.holders import START
from tests.factories.ledger import GATE, NOON, registered_project
from tests.integration.registry.test_proposals import Desk


class World(Desk):
    """Japan's registry with three companies and the government, Mongolia's with its government; one proposer and one
    approver with every right in Japan's."""

    def __init__(self) -> None:
        super().__init__()
        cast = assemble("MN")
        for user, role in ((self.proposer, Role.REGISTRY_PROPOSER), (self.approver, Role.REGISTRY_APPROVER)):
            RoleAssignment.objects.create(user=user, role=role, party=self.registry.party, valid_from=START)
        self.entities = [self.account, self.other, self.open("Gamma")]
        for account in self.entities[1:]:
            for line in self.account.representatives.all():
                line.pk, line.account = None, account
                line.save()
        self.host_registry = Registry.objects.get(party__iso2="MN")
        every = {account.pk: account for account in Account.objects.select_related("registry__party")}
        mine = [account for account in every.values() if account.registry_id == self.registry.pk]
        of_kind = {(a.registry_id, a.kind): a for a in every.values() if a.kind != Account.Kind.ENTITY}
        self.accounts = [*(every[a.pk] for a in self.entities), of_kind[self.registry.pk, "government"]]
        self.host_account = of_kind[self.host_registry.pk, "government"]
        self.final = {kind: of_kind[self.registry.pk, kind].pk for kind in ("retirement", "cancellation")}
        self.final_account = of_kind[self.registry.pk, "retirement"]
        self.finals = {a.pk for a in every.values() if a.kind in self.final}
        self.of_japan = frozenset(account.pk for account in mine)
        self.log_names = dict(Account.objects.values_list("pk", "log_name"))
        self.sources = {a.registry.party.iso2: a.number for a in every.values() if a.kind == "source"}
        self.projects = [self.project, registered_project()]
        self.first_leg = self.issued
        self.keepers = {"JP": self.proposer, "MN": cast.host_proposer}
        self.administrators: dict[int, tuple[User, User]] = {
            self.registry.pk: (self.proposer, self.approver),
            self.host_registry.pk: (cast.host_proposer, cast.host_approver),
        }
        self.approach = CooperativeApproach.objects.get(partnership=self.project.partnership)

    def authorize(self, quantity: int) -> list[tuple[Authorization, User]]:
        """Record an authorization of each Party; return them with who confirms each."""
        made = []
        for registry in (self.registry, self.host_registry):
            proposer, approver = self.administrators[registry.pk]
            authorization = Authorization.objects.create(
                approach=self.approach, party_id=registry.party_id, vintage_from=GATE, vintage_to=2030,
                quantity=quantity, purpose=Authorization.Purpose.NDC, authorized_on=date(2026, 10, 1),
                reference="Letter", recorded_by=proposer, recorded_at=NOON,
            )  # fmt: skip
            made.append((authorization, approver))
        return made
