"""The transparency log: leaves numbered without a gap, the Merkle tree above them, and signed checkpoints.

What must hold whatever the application does is written in sql/log.sql.
"""

from django.db import models

from core.models import AppendOnly
from registry.models.accounts import Registry
from registry.models.ledger import LogLeaf


class UnsealedLeaf(AppendOnly):
    """A leaf that waits for its number, in the order in which leaves were written. The database keeps these rows.

    The id is given while the transaction holds its locks, so what builds on another transaction has the higher id.
    """

    written_by_trigger = True
    # Without index and foreign key: a row is written with every transaction and lives for seconds.
    leaf = models.ForeignKey(
        LogLeaf, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    registry = models.ForeignKey(
        Registry, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        verbose_name_plural = "unsealed leaves"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.leaf_id}"


class LogEntry(AppendOnly):
    """A leaf with its number in the registry's log, counted from 0 without a gap."""

    leaf = models.OneToOneField(LogLeaf, on_delete=models.PROTECT, primary_key=True, related_name="entry")
    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="entries", db_index=False)
    index = models.PositiveBigIntegerField()

    class Meta:
        verbose_name_plural = "log entries"
        ordering = ["registry", "index"]
        constraints = [models.UniqueConstraint(fields=["registry", "index"], name="registry_log_index_once")]

    def __str__(self) -> str:
        return f"{self.index}: {self.leaf_id}"


class LogNode(AppendOnly):
    """The hash of a complete subtree: the leaves position * 2^level and following. It never changes."""

    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField()
    position = models.PositiveBigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registry", "level", "position"], name="registry_log_node_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.position}"


class Checkpoint(AppendOnly):
    """What a registry's log was at a moment: how many entries, the root above them, and the signed text of it."""

    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="checkpoints", db_index=False)
    size = models.PositiveBigIntegerField()
    root = models.BinaryField()
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["registry", "-size", "-pk"]
        indexes = [models.Index(fields=["registry", "-size", "-id"], name="registry_checkpoint_latest")]

    def __str__(self) -> str:
        return f"{self.size} {self.at:%Y-%m-%d %H:%M:%S}"

    @property
    def root_hex(self) -> str:
        """The root in hexadecimal digits."""
        return bytes(self.root).hex()
