"""Changes of a person's desk: the look at the inbox, the calendar's address, the digest."""

import secrets
from datetime import date, datetime, timedelta

from core.models import Desk, User

# Pages that are opened within this time belong to one look.
LOOK = timedelta(minutes=30)


def look(*, user: User, at: datetime) -> datetime | None:
    """Note that the person looks at the inbox; return when the look before this one was, None for the first."""
    desk, _new = Desk.objects.get_or_create(user=user)
    if desk.looked_at is None or at - desk.looked_at > LOOK:
        desk.looked_before = desk.looked_at
    desk.looked_at = at
    desk.save(update_fields=["looked_at", "looked_before"])
    return desk.looked_before


def calendar_renew(*, user: User) -> Desk:
    """Give the person's calendar a new address; the one before no longer answers."""
    return Desk.objects.update_or_create(user=user, defaults={"calendar_key": secrets.token_urlsafe(32)})[0]


def calendar_close(*, user: User) -> None:
    """Take the calendar's address away."""
    Desk.objects.filter(user=user).update(calendar_key=None)


def digest_choose(*, user: User, digest: str) -> Desk:
    """Choose how often a letter lists what waits."""
    return Desk.objects.update_or_create(user=user, defaults={"digest": digest})[0]


def digest_sent(*, user: User, day: date) -> None:
    """Note that the letter of this day has gone out."""
    Desk.objects.filter(user=user).update(digest_sent_on=day)
