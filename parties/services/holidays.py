"""The public holidays of a Party, which extend deadlines where the rule pack says so."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from core import events
from core.models import User
from parties import policies
from parties.models import Country, Holiday


@transaction.atomic
def holidays_replace(*, country: Country, days: Mapping[date, str], actor: User, at: datetime) -> None:
    """Replace the holidays of a Party, each with its name. Deadlines that run already stay as they are.

    Raises NotPermitted unless the person serves a secretariat on this Party's side.
    """
    policies.check_can_keep_holidays(actor, country, at=at)
    Country.objects.select_for_update().get(pk=country.pk)
    Holiday.objects.filter(country=country).delete()
    Holiday.objects.bulk_create(Holiday(country=country, day=day, name=name) for day, name in days.items())
    events.emit("country.holidays_changed", country, actor=actor, at=at, data={"holidays": len(days)})
