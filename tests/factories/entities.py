"""Applications of third-party entities and measures on their designations, through the services."""

from datetime import date, datetime, timedelta
from typing import Any

from jcm.demo.cast import START, Cast
from parties import services
from parties.decision import DecisionReference
from parties.models import (
    Designation,
    DesignationApplication,
    DesignationMeasure,
    Organisation,
    Role,
    RoleAssignment,
    SectoralScope,
)
from tests.factories.cycle import NOON, decision

ENDS = date(2029, 3, 31)


def scopes(*numbers: int) -> list[SectoralScope]:
    """Return the sectoral scopes with these numbers."""
    return list(SectoralScope.objects.filter(number__in=numbers))


def body(people: Cast, name: str = "New Verification") -> Organisation:
    """Return an organisation for which the verifier works, without a designation of its own."""
    made, _new = Organisation.objects.get_or_create(name=name, country=people.partnership.acquirer)
    RoleAssignment.objects.get_or_create(user=people.tpe, role=Role.TPE, organisation=made, valid_from=START)
    return made


def content(**changes: Any) -> services.ApplicationContent:
    """Return what a complete application says."""
    said: dict[str, Any] = {
        "basis": "iso_14065",
        "accreditation_body": "Accreditation Board",
        "certificate_number": "AB-1",
        "accredited_until": ENDS,
        "scopes_validation": scopes(1),
        "scopes_verification": scopes(1, 3),
        "competence": "",
    }
    return services.ApplicationContent(**{**said, **changes})  # type: ignore[typeddict-item]


def filed(people: Cast, organisation: Organisation | None = None, **other: Any) -> DesignationApplication:
    """Return an application that waits for the secretariat's check."""
    said = {name: other.pop(name) for name in list(other) if name in services.ApplicationContent.__annotations__}
    return services.application_file(
        partnership=people.partnership,
        organisation=organisation or body(people),
        content=content(**said),
        actor=people.tpe,
        at=other.pop("at", NOON),
        **other,
    )


def considered(people: Cast, organisation: Organisation | None = None, **other: Any) -> DesignationApplication:
    """Return an application before the Joint Committee."""
    application = filed(people, organisation, **other)
    return services.application_accept(
        application_id=application.pk, actor=people.host_secretariat, at=other.get("at", NOON)
    )


def granted(people: Cast, organisation: Organisation | None = None, **other: Any) -> Designation:
    """Return a designation that came about by an application."""
    application = considered(people, organisation, **other)
    return services.designation_grant(application_id=application.pk, decision=decision(people), at=NOON)


def later(people: Cast, days: int, number: str = "") -> DecisionReference:
    """Return a decision that was adopted so many days after the others."""
    first = decision(people, number or f"{people.partnership.code}_JC9{days:02d}")
    return DecisionReference(first.number, first.adopted_on + timedelta(days=days), first.signatories)


def proposed(people: Cast, designation: Designation, kind: str, **other: Any) -> DesignationMeasure:
    """Return a measure before the Joint Committee."""
    at: datetime = other.pop("at", NOON)
    return services.measure_propose(
        designation_id=designation.pk,
        kind=kind,
        reason=other.pop("reason", "The accreditation body opened an inquiry."),
        actor=people.host_secretariat,
        at=at,
        **other,
    )


def carried_out(people: Cast, designation: Designation, kind: str, *, days: int = 0, **other: Any) -> Designation:
    """Return the designation after a measure that was adopted so many days after it began."""
    measure = proposed(people, designation, kind, **other)
    at = NOON + timedelta(days=days)
    return services.measure_adopt(measure_id=measure.pk, decision=later(people, days), at=at)
