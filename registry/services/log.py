"""The transparency log: leaves get their numbers, the tree grows, checkpoints are signed and published.

The log's order is the order in which transactions were written down while they held their locks: what builds on
another transaction comes after it. One that commits late gets a later number, whatever its own time.
"""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from registry.log import files, merkle
from registry.log.checkpoint import signer
from registry.models import Checkpoint, LogEntry, LogNode, Registry, UnsealedLeaf
from registry.selectors.log import log_nodes, log_size

BATCH = 5_000
# First half of the advisory lock's key; the second is the registry's.
LOCK = 0x4A434D


def logs_seal(*, at: datetime) -> int:
    """Number every leaf that waits, in every registry; return how many. One query when none waits."""
    sealed = 0
    for registry_id in set(UnsealedLeaf.objects.order_by().values_list("registry_id", flat=True)):
        while count := log_seal(registry_id=registry_id, at=at):
            sealed += count
    return sealed


@transaction.atomic
def log_seal(*, registry_id: int, at: datetime) -> int:
    """Number the next leaves of a registry, at most BATCH, and sign a checkpoint; return how many were numbered."""
    _lock(registry_id)
    waiting = UnsealedLeaf.objects.filter(registry_id=registry_id).order_by("pk")
    leaves = list(waiting.values_list("leaf_id", "leaf__leaf_hash", "leaf__transaction__at")[:BATCH])
    if not leaves:
        return 0
    tree = _tree(registry_id)
    numbered = range(tree.size, tree.size + len(leaves))
    LogEntry.objects.bulk_create(
        LogEntry(leaf_id=leaf, registry_id=registry_id, index=index)
        for index, (leaf, _hash, _at) in zip(numbered, leaves, strict=True)
    )
    made = [node for _leaf, hash_, _at in leaves for node in tree.add(bytes(hash_))]
    LogNode.objects.bulk_create(
        LogNode(registry_id=registry_id, level=level, position=position, hash=hash_)
        for (level, position), hash_ in made
    )
    _checkpoint(registry_id, tree, at=max(at, *(recorded for _leaf, _hash, recorded in leaves)))
    return len(leaves)


def logs_sign(*, at: datetime) -> None:
    """Sign a checkpoint of every log that has entries, so that everybody sees that nothing was left out since."""
    for registry_id in LogEntry.objects.filter(index=0).values_list("registry_id", flat=True):
        log_sign(registry_id=registry_id, at=at)


@transaction.atomic
def log_sign(*, registry_id: int, at: datetime) -> Checkpoint:
    """Sign a checkpoint of a log as it is."""
    _lock(registry_id)
    return _checkpoint(registry_id, _tree(registry_id), at=at)


def _lock(registry_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, registry_id])


def _tree(registry_id: int) -> merkle.Tree:
    size = log_size(registry_id)
    places = merkle.cover(0, size)
    nodes = log_nodes(registry_id, places)
    return merkle.Tree(size, [nodes[place] for place in places])


def _checkpoint(registry_id: int, tree: merkle.Tree, *, at: datetime) -> Checkpoint:
    """Sign and publish; a clock that went back is not believed."""
    registry = Registry.objects.select_related("party").get(pk=registry_id)
    before = registry.checkpoints.order_by("-pk").first()
    at = max(at, before.at) if before else at
    text = signer(registry.party.iso2, settings.LOG_SIGNING_KEY).sign(size=tree.size, root=tree.root, at=at)
    made = Checkpoint.objects.create(registry=registry, size=tree.size, root=tree.root, text=text, at=at)
    # A full disk must not stop the log: the pages read the database, and the next checkpoint writes the file again.
    transaction.on_commit(lambda: _publish(registry), robust=True)
    return made


def _publish(registry: Registry) -> None:
    folder = Path(settings.LOG_ROOT) / registry.party.iso2.lower()
    with files.alone(folder):
        # Read under the lock, so that of two sealers the slower one does not write the older checkpoint last.
        latest = registry.checkpoints.latest("pk")
        files.replace(folder / "checkpoints" / str(latest.size), latest.text)
        files.replace(folder / "checkpoint", latest.text)
