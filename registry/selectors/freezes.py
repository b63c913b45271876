"""Freezes as administrators see them, in force and lifted."""

from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from core.inbox import Item
from core.models import User
from parties.policies import Viewer
from registry.models import Freeze
from registry.selectors.accounts import registry_list


def freeze_list(*, viewer: Viewer, at: datetime) -> QuerySet[Freeze]:
    """Return the freezes of the registries that the person administers: those in force first, then the latest."""
    freezes = Freeze.objects.filter(registry__in=registry_list(viewer=viewer, at=at).values("pk"))
    related = ("account__holder", "account__registry__party", "registry__party", "series__project__partnership__host")
    people = (
        "cycle__counterpart__registry__party",
        "frozen_by",
        "lift_proposed_by",
        "lifted_by",
        "series__registry__party",
    )
    return freezes.select_related(*related, *people).order_by(F("lifted_at").desc(nulls_first=True), "-frozen_at")


def inbox_items(*, viewer: Viewer, at: datetime) -> list[Item]:
    """Return the freezes that a colleague proposes to lift."""
    if not isinstance(viewer, User):
        return []
    proposed = freeze_list(viewer=viewer, at=at).filter(lifted_at=None, lift_proposed_at__isnull=False)
    return [
        Item(str(found), found.get_absolute_url(), _("Lift a freeze"), found.lift_proposed_at)
        for found in proposed.exclude(lift_proposed_by=viewer)
    ]
