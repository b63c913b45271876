"""The electronic procedure as a pure function (jcm.md 2.2).

A proposed decision is adopted when no member objected by the deadline and both co-chairs affirmed, or earlier when
everybody affirmed. Silence is consent for members, never for co-chairs. An objection stops it at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo


class Outcome(Enum):
    """What the answers amount to."""

    OPEN = "open"
    ADOPTED = "adopted"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Voice:
    """One person's answer: True affirms, False objects, None has not answered."""

    co_chair: bool
    affirms: bool | None


def deadline(opened_at: datetime, *, days: int, time_zone: str) -> datetime:
    """Return the end, 24:00 local time, of the last of `days` calendar days; the opening day counts."""
    zone = ZoneInfo(time_zone)
    end = opened_at.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(end, time.min, tzinfo=zone)


def outcome(voices: Sequence[Voice], *, closes_at: datetime, at: datetime) -> Outcome:
    """Return what the answers amount to at this time."""
    if any(voice.affirms is False for voice in voices):
        return Outcome.STOPPED
    if all(voice.affirms for voice in voices):
        return Outcome.ADOPTED
    if at >= closes_at and all(voice.affirms for voice in voices if voice.co_chair):
        return Outcome.ADOPTED
    return Outcome.OPEN
