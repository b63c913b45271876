"""The people of one partnership, each with the role that one step of the project cycle needs."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.contrib.auth.hashers import make_password
from django.db import transaction

from core import numbering
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


Scope = dict[str, Partnership | Country | Organisation]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who takes part in the case of one partnership. `japan_…` and `host_…` name the two sides."""

    partnership: Partnership
    participant: User
    colleague: User
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
            self.participant, self.colleague, self.tpe, self.japan_secretariat, self.host_secretariat,
            self.japan_chair, self.host_chair, self.japan_member, self.host_member,
            self.japan_proposer, self.japan_approver, self.host_proposer, self.host_approver,
        ]  # fmt: skip


SIDES = {"secretariat": Role.SECRETARIAT, "chair": Role.CO_CHAIR, "member": Role.MEMBER}
KEEPERS = {"proposer": Role.REGISTRY_PROPOSER, "approver": Role.REGISTRY_APPROVER}
NAMES = {
    "japan_secretariat": "Sora Secretariat",
    "host_secretariat": "Sam Secretariat",
    "japan_chair": "Chika Chair",
    "host_chair": "Charlie Chair",
    "japan_member": "Mio Member",
    "host_member": "Mel Member",
    "japan_proposer": "Ren Registrar",
    "japan_approver": "Aoi Approver",
    "host_proposer": "Robin Registrar",
    "host_approver": "Alex Approver",
}


def assemble(host_code: str, *, source: str = Source.DEMONSTRATION) -> Cast:
    """Return the cast of the partnership with this country; people who exist are taken as they are."""
    partnership = Partnership.objects.select_related("host", "acquirer").get(host__iso2=host_code)
    japan, host = partnership.parties
    cc = host_code.lower()
    company = _organisation(f"Demonstration Energy Japan ({host_code})", japan, source)
    entity = _organisation(f"Demonstration Verification Body ({host_code})", japan, source)
    people = {
        "participant": _person(f"participant@{cc}.example", f"Pat Participant ({host_code})", source,
                               Role.PARTICIPANT, {"organisation": company}),
        "colleague": _person(f"colleague@{cc}.example", f"Casey Colleague ({host_code})", source,
                             Role.PARTICIPANT, {"organisation": company}),
        "tpe": _person(f"verifier@{cc}.example", f"Toni Verifier ({host_code})", source,
                       Role.TPE, {"organisation": entity}),
    }  # fmt: skip
    for place, name in NAMES.items():
        party, key = (japan if place.startswith("japan") else host), place.partition("_")[2]
        called, code = f"{name} ({party.iso2})", party.iso2.lower()
        if key in SIDES:
            scope: Scope = {"partnership": partnership, "party": party}
            people[place] = _person(f"{key}.{code}@{cc}.example", called, source, SIDES[key], scope)
        else:
            # A registry's administrators serve every partnership of their Party.
            people[place] = _person(f"{key}@{code}-registry.example", called, source, KEEPERS[key], {"party": party})
    return Cast(
        partnership=partnership,
        company=company,
        partner_company=_organisation(f"Demonstration Power {host.name_en}", host, source),
        designation=_designation(partnership, entity, source),
        **people,
    )


def auditor(*, until: date, source: str = Source.DEMONSTRATION) -> User:
    """Return the one who may read everything that happened, until that day."""
    user = _user("auditor@jcm.example", "Audrey Auditor", source)
    RoleAssignment.objects.get_or_create(
        user=user, role=Role.AUDITOR, defaults={"valid_from": START, "valid_until": until}
    )
    return user


def _organisation(name: str, country: Country, source: str) -> Organisation:
    return Organisation.objects.get_or_create(name=name, country=country, defaults={"source": source})[0]


@cache
def _hashed() -> str:
    # One hash for all: a password costs what it costs, and this one is printed on the terminal anyway.
    return make_password(PASSWORD)


def _user(email: str, name: str, source: str) -> User:
    given = {"password": _hashed(), "name": name, "source": source}
    return User.objects.get_or_create(email=email, defaults=given)[0]


def _person(email: str, name: str, source: str, role: Role, scope: Scope) -> User:
    user = _user(email, name, source)
    if not RoleAssignment.objects.filter(user=user, role=role, **scope).exists():
        RoleAssignment.objects.create(user=user, role=role, valid_from=START, **scope)
    return user


@transaction.atomic
def _designation(partnership: Partnership, entity: Organisation, source: str) -> Designation:
    held = Designation.objects.filter(partnership=partnership, organisation=entity).first()
    if held is not None:
        return held
    key = f"TPE-{partnership.code}-"
    designation = Designation.objects.create(
        number=f"{key}{numbering.allot(key, source=source):03d}",
        partnership=partnership,
        organisation=entity,
        designated_on=partnership.signed_on,
        source=source,
    )
    scopes = list(SectoralScope.objects.all())
    designation.scopes_validation.set(scopes)
    designation.scopes_verification.set(scopes)
    return designation
