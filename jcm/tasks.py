"""Celery tasks that join several apps: the morning's letters."""

from datetime import datetime
from zoneinfo import ZoneInfo

from celery import shared_task
from django.utils import timezone, translation

from core import desk, mail
from core.models import Desk, User
from jcm.inbox import items_for
from parties.models import RoleAssignment

MORNING = 7  # o'clock, in the capital for which the person works
MONDAY = 0


@shared_task
def send_digests(**_future: object) -> None:
    """Write to those whose morning it is what waits for them."""
    digests(at=timezone.now())


def digests(*, at: datetime) -> int:
    """Send the letters that are due; return how many."""
    wanting = Desk.objects.exclude(digest=Desk.Digest.NONE).filter(user__is_active=True).select_related("user")
    return sum(_digest(each, at) for each in wanting)


def _digest(each: Desk, at: datetime) -> bool:
    local = at.astimezone(_zone(each.user, at))
    early = local.hour < MORNING or each.digest_sent_on == local.date()
    if early or (each.digest == Desk.Digest.WEEKLY and local.weekday() != MONDAY):
        return False
    with translation.override(each.user.language):
        items = items_for(each.user, at=at)
    if items:
        reader, key = each.user, f"{each.user_id}-{local.date()}"
        mail.send("digest", to=reader.email, language=reader.language, key=key, items=items, name=reader.name)
    desk.digest_sent(user=each.user, day=local.date())
    return bool(items)


def _zone(user: User, at: datetime) -> ZoneInfo:
    held = RoleAssignment.objects.on(at.date()).filter(user=user, party__isnull=False).select_related("party").first()
    return ZoneInfo(held.party.time_zone if held and held.party else "UTC")
