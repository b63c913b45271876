"""How the authorizations of one Party cover a leg: which of them gives how much to each vintage. Pure arithmetic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """What one authorization could still give: vintages `first` to `last`, `left` tonnes, None without a limit."""

    authorization: int
    first: int
    last: int
    left: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """Tonnes of one vintage taken from one authorization."""

    authorization: int
    vintage: int
    quantity: int


def cover(needed: Mapping[int, int], rooms: Iterable[Room]) -> list[Part] | None:
    """Return how the rooms cover the tonnes needed by vintage, or None where they do not.

    The oldest vintage is served first, from the authorization that ends first: whenever any division covers
    everything, this one does. Among those that end together a limited one is used up before an unlimited one.
    """
    ordered = sorted(rooms, key=lambda room: (room.last, room.left is None, room.authorization))
    left = {room.authorization: room.left for room in ordered}
    parts = []
    for vintage, quantity in sorted(needed.items()):
        rest = quantity
        for room in ordered:
            if not room.first <= vintage <= room.last:
                continue
            free = left[room.authorization]
            taken = rest if free is None else min(rest, free)
            if taken:
                parts.append(Part(room.authorization, vintage, taken))
                rest -= taken
                left[room.authorization] = None if free is None else free - taken
        if rest:
            return None
    return parts
