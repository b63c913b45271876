"""The registry of every Party with its accounts, and every partnership's cooperative approach, where missing."""

from typing import Any

from parties import reference
from parties.models import Country, Partnership
from registry.accounts import account_number
from registry.models import Account, CooperativeApproach, Registry


def load(*, using: str = "default", **_kwargs: Any) -> None:
    """Add the registries, government accounts and cooperative approaches that are not there yet."""
    reference.load(using=using)  # this app's signal comes before that of parties
    Registry.objects.using(using).bulk_create(
        [Registry(party=party) for party in Country.objects.using(using)], ignore_conflicts=True
    )
    Account.objects.using(using).bulk_create(
        [
            Account(registry=registry, kind=kind, number=account_number(registry.party.iso2, kind, 1))
            for registry in Registry.objects.using(using).select_related("party")
            for kind in Account.Kind.values
            if kind != Account.Kind.ENTITY
        ],
        ignore_conflicts=True,
    )
    CooperativeApproach.objects.using(using).bulk_create(
        [CooperativeApproach(partnership=partnership) for partnership in Partnership.objects.using(using)],
        ignore_conflicts=True,
    )
