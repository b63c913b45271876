"""Opening accounts."""

from django.db import transaction

from core import numbering
from core.models import Source
from parties.models import Country, Organisation
from registry.accounts import account_number
from registry.models import Account


@transaction.atomic
def account_open(*, party: Country, holder: Organisation, source: str = Source.ENTERED) -> Account:
    """Return the holder's entity account in the Party's registry, opened if there is none."""
    registry = party.registry
    existing = Account.objects.filter(registry=registry, holder=holder).first()
    if existing is not None:
        return existing
    running = numbering.allot(f"{party.iso2}:account", source=source)
    number = account_number(party.iso2, Account.Kind.ENTITY, running)
    return Account.objects.create(
        registry=registry, kind=Account.Kind.ENTITY, number=number, holder=holder, source=source
    )
