"""The people of one partnership, each with the role that one step of the project cycle needs."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.contrib.auth.hashers import make_password

from core.models import Source, User
from parties.models import (
    Country,
    Designation,
    Organisation,
    Partnership,
    Role,
    RoleAssignment,
    SectoralScope,
)

START = date(2013, 1, 1)
PASSWORD = "demonstration-only"  # noqa: S105 (printed by run.py; works only with demonstration data)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who takes part in the case of one partnership. `japan_…` and `host_…` name the two sides."""

    partnership: Partnership
    participant: User
    tpe: User
    japan_secretariat: User
    host_secretariat: User
    japan_chair: User
    host_chair: User
    japan_member: User
    host_member: User
    japan_proposer: User
    japan_approver: User
    host_proposer: User
    host_approver: User
    company: Organisation
    partner_company: Organisation
    designation: Designation

    def people(self) -> list[User]:
        """Everybody, in the order of the project cycle."""
        return [
            self.participant, self.tpe, self.japan_secretariat, self.host_secretariat,
            self.japan_chair, self.host_chair, self.japan_member, self.host_member,
            self.japan_proposer, self.japan_approver, self.host_proposer, self.host_approver,
        ]  # fmt: skip


def assemble(host_code: str, *, source: str = Source.DEMONSTRATION) -> Cast:
    """Return the cast of the partnership with this country; people who exist are taken as they are."""
    partnership = Partnership.objects.select_related("host", "acquirer").get(host__iso2=host_code)
    japan, host = partnership.parties
    cc = host_code.lower()
    company = _organisation(f"Demonstration Energy Japan ({host_code})", japan, source)
    partner = _organisation(f"Demonstration Power {host.name_en}", host, source)
    entity = _organisation(f"Demonstration Verification Body ({host_code})", japan, source)

    def person(key: str, name: str, role: Role, **scope: Partnership | Country | Organisation) -> User:
        return _person(f"{key}@{cc}.example", name, source, role, scope)

    def side(key: str, name: str, role: Role, party: Country) -> User:
        return person(
            f"{key}.{party.iso2.lower()}",
            f"{name} ({party.iso2})",
            role,
            partnership=partnership,
            party=party,
        )

    def keeper(key: str, name: str, role: Role, party: Country) -> User:
        # A registry's administrators serve every partnership of their Party.
        domain = f"{party.iso2.lower()}-registry"
        return _person(f"{key}@{domain}.example", f"{name} ({party.iso2})", source, role, {"party": party})

    return Cast(
        partnership=partnership,
        participant=person("participant", f"Pat Participant ({host_code})", Role.PARTICIPANT, organisation=company),
        tpe=person("verifier", f"Toni Verifier ({host_code})", Role.TPE, organisation=entity),
        japan_secretariat=side("secretariat", "Sora Secretariat", Role.SECRETARIAT, japan),
        host_secretariat=side("secretariat", "Sam Secretariat", Role.SECRETARIAT, host),
        japan_chair=side("chair", "Chika Chair", Role.CO_CHAIR, japan),
        host_chair=side("chair", "Charlie Chair", Role.CO_CHAIR, host),
        japan_member=side("member", "Mio Member", Role.MEMBER, japan),
        host_member=side("member", "Mel Member", Role.MEMBER, host),
        japan_proposer=keeper("proposer", "Rin Registrar", Role.REGISTRY_PROPOSER, japan),
        japan_approver=keeper("approver", "Aoi Approver", Role.REGISTRY_APPROVER, japan),
        host_proposer=keeper("proposer", "Robin Registrar", Role.REGISTRY_PROPOSER, host),
        host_approver=keeper("approver", "Alex Approver", Role.REGISTRY_APPROVER, host),
        company=company,
        partner_company=partner,
        designation=_designation(partnership, entity, source),
    )


def _organisation(name: str, country: Country, source: str) -> Organisation:
    return Organisation.objects.get_or_create(name=name, country=country, defaults={"source": source})[0]


@cache
def _hashed() -> str:
    # One hash for all: a password costs what it costs, and this one is printed on the terminal anyway.
    return make_password(PASSWORD)


def _person(
    email: str, name: str, source: str, role: Role, scope: dict[str, Partnership | Country | Organisation]
) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create(email=email, password=_hashed(), name=name, source=source)
    if not RoleAssignment.objects.filter(user=user, role=role, **scope).exists():
        RoleAssignment.objects.create(user=user, role=role, valid_from=START, **scope)
    return user


def _designation(partnership: Partnership, entity: Organisation, source: str) -> Designation:
    designation, new = Designation.objects.get_or_create(
        number=f"TPE-{partnership.code}-900",
        defaults={
            "partnership": partnership,
            "organisation": entity,
            "designated_on": partnership.signed_on,
            "source": source,
        },
    )
    if new:
        scopes = list(SectoralScope.objects.all())
        designation.scopes_validation.set(scopes)
        designation.scopes_verification.set(scopes)
    return designation
