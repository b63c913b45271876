"""What everybody may ask the transparency log: checkpoints, entries, proofs."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from registry.errors import NoSuchProof
from registry.log import merkle
from registry.models import Checkpoint, LogEntry, LogLeaf, LogNode, Registry


def log_registry(code: str) -> Registry | None:
    """Return the registry of the country with this code, or None."""
    return Registry.objects.select_related("party").filter(party__iso2=code.upper()).first()


def log_checkpoint(registry: Registry, size: int | None = None) -> Checkpoint | None:
    """Return the latest checkpoint, or the first one that was signed at a size, or None."""
    checkpoints = Checkpoint.objects.filter(registry=registry)
    if size is None:
        return checkpoints.order_by("-size", "-pk").first()
    return checkpoints.filter(size=size).order_by("pk").first()


def log_latest() -> list[Checkpoint]:
    """Return the latest checkpoint of every log that has one, by country."""
    latest = Checkpoint.objects.select_related("registry__party").order_by("registry_id", "-size", "-pk")
    return sorted(latest.distinct("registry_id"), key=lambda checkpoint: checkpoint.registry.party.name_en)


def log_entries(registry: Registry, *, after: int = -1) -> QuerySet[LogEntry]:
    """Return the entries whose index is above `after`, in order, with their leaves."""
    return LogEntry.objects.filter(registry=registry, index__gt=after).select_related("leaf").order_by("index")


def log_size(registry_id: int) -> int:
    """Return how many entries a log has."""
    last = LogEntry.objects.filter(registry_id=registry_id).order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def log_nodes(registry_id: int, places: Collection[merkle.Node]) -> dict[merkle.Node, bytes]:
    """Return the hashes of complete subtrees, in one query."""
    wanted = Q(pk__in=[])
    for level, position in places:
        wanted |= Q(level=level, position=position)
    found = LogNode.objects.filter(wanted, registry_id=registry_id).values_list("level", "position", "hash")
    return {(level, position): bytes(hash_) for level, position, hash_ in found}


@dataclass(frozen=True, slots=True)
class Inclusion:
    """The proof that an entry is in the log of a size."""

    index: int
    size: int
    leaf: LogLeaf
    root: bytes
    path: list[bytes]


@dataclass(frozen=True, slots=True)
class Consistency:
    """The proof that a log of a size only adds to what it was before."""

    old: int
    new: int
    old_root: bytes
    new_root: bytes
    path: list[bytes]


def inclusion(registry: Registry, entry: int | UUID, size: int | None = None) -> Inclusion:
    """Return the proof for an entry, by index or by transaction, in the log of that size or as it is.

    Three queries whatever the size. Raises NoSuchProof.
    """
    which = Q(leaf_id=entry) if isinstance(entry, UUID) else Q(index=entry)
    found = LogEntry.objects.filter(which, registry=registry).select_related("leaf").first()
    now = log_size(registry.pk)
    size = now if size is None else size
    if found is None or not found.index < size <= now:
        raise NoSuchProof
    spans = merkle.inclusion_spans(found.index, size)
    nodes = log_nodes(registry.pk, merkle.needed([*spans, (0, size)]))
    root = merkle.hashes([(0, size)], nodes)[0]
    return Inclusion(found.index, size, found.leaf, root, merkle.hashes(spans, nodes))


def consistency(registry: Registry, old: int, new: int | None = None) -> Consistency:
    """Return the proof that the log of size `new`, or as it is, has the log of size `old` as its beginning.

    Two queries whatever the sizes. Raises NoSuchProof.
    """
    now = log_size(registry.pk)
    new = now if new is None else new
    if not 0 <= old <= new <= now:
        raise NoSuchProof
    spans = merkle.consistency_spans(old, new)
    both = [(0, old), (0, new)]
    nodes = log_nodes(registry.pk, merkle.needed([*spans, *both]))
    old_root, new_root = merkle.hashes(both, nodes)
    return Consistency(old, new, old_root, new_root, merkle.hashes(spans, nodes))
