"""The registry of every Party with its government accounts, written where they are missing."""

from typing import Any

from parties import reference
from parties.models import Country
from registry.accounts import account_number
from registry.models import Account, Registry


def load(*, using: str = "default", **_kwargs: Any) -> None:
    """Add the registries and government accounts that are not there yet."""
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
