"""Authorizations of both Parties, made through the services by the people who may."""

from datetime import date
from typing import Any

from jcm.demo.cast import Cast
from parties.models import Country
from registry import services
from registry.models import Authorization, CooperativeApproach
from tests.factories.ledger import NOON


def approach(people: Cast) -> CooperativeApproach:
    """Return the cooperative approach of the cast's partnership."""
    return CooperativeApproach.objects.get(partnership=people.partnership)


def recorded(people: Cast, party: Country, **other: Any) -> Authorization:
    """Return an authorization of the Party that waits for confirmation."""
    mine = party == people.partnership.acquirer
    terms: dict[str, Any] = {
        "project": None,
        "vintage_from": 2021,
        "vintage_to": 2030,
        "quantity": None,
        "purpose": Authorization.Purpose.NDC,
        "authorized_on": date(2026, 10, 20),
        "reference": f"Letter of authorization of {party.name_en}",
        "actor": people.japan_proposer if mine else people.host_proposer,
        "at": NOON,
    }
    return services.authorization_record(approach=approach(people), party=party, **terms | other)


def confirmed(people: Cast, party: Country, **other: Any) -> Authorization:
    """Return an authorization that two people of the Party entered."""
    made = recorded(people, party, **other)
    mine = party == people.partnership.acquirer
    actor = people.japan_approver if mine else people.host_approver
    return services.authorization_confirm(authorization_id=made.pk, actor=actor, at=NOON)


def by_both(people: Cast, **other: Any) -> list[Authorization]:
    """Return an authorization of each Party with the same terms, the acquiring Party's first."""
    return [confirmed(people, party, **other) for party in people.partnership.parties]
