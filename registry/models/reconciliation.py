"""Registries kept elsewhere: what was said between us and them, and what came of comparing the books.

What must never happen here is written in sql/reconciliation.sql, below Python.
"""

import json
import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import AppendOnly, User, source_field
from registry.exchange.sides import sides
from registry.exchange.words import DifferenceKind, MessageType, Reason
from registry.models.accounts import Account, Registry
from registry.workflow import CYCLE, CycleState


class Counterpart(models.Model):
    """A system elsewhere that keeps books on this registry's credits, known by its public key.

    One administrator enters it, another confirms it, any of them stops it. Another key is another counterpart.
    """

    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="counterparts")
    code = models.CharField(_("code"), max_length=16)
    name = models.CharField(_("name"), max_length=200)
    public_key = models.CharField(_("public key, Ed25519 in base64"), max_length=44)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    stopped_at = models.DateTimeField(null=True)
    source = source_field()

    class Meta:
        ordering = ["registry__party__name_en", "code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registry", "code"], condition=Q(stopped_at=None), name="registry_counterpart_once"
            ),
            models.CheckConstraint(
                condition=Q(code__regex="^[A-Z0-9][A-Z0-9-]*$", name__gt=""), name="registry_counterpart_has_name"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("entered_by")),
                name="registry_counterpart_confirmed_by_second_person",
            ),
            models.CheckConstraint(
                condition=Q(stopped_by=None, stopped_at=None) | Q(stopped_by__isnull=False, stopped_at__isnull=False),
                name="registry_counterpart_stop_has_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registry.party.iso2} ↔ {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("registry:counterpart", args=[self.pk])

    @property
    def active(self) -> bool:
        """Whether messages are exchanged."""
        return self.confirmed_at is not None and self.stopped_at is None


class Message(AppendOnly):
    """One message, word for word: its header with the signature, and its payload, both in canonical form.

    Messages of one direction are numbered from 1 without a gap, and each names the hash of the one before.
    """

    class Direction(models.TextChoices):
        """Who sent it."""

        IN = "in", _("Received")
        OUT = "out", _("Sent")

    counterpart = models.ForeignKey(Counterpart, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    sequence_no = models.PositiveBigIntegerField()
    message_id = models.UUIDField()
    type = models.CharField(max_length=24, choices=MessageType.choices)
    correlation_id = models.UUIDField()
    header = models.TextField()
    payload = models.TextField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["counterpart", "direction", "sequence_no"], name="registry_message_number_once"
            ),
            models.UniqueConstraint(fields=["counterpart", "message_id"], name="registry_message_once"),
        ]
        indexes = [models.Index(fields=["correlation_id", "type"], name="registry_messages_of_cycle")]

    def __str__(self) -> str:
        return f"{self.direction} {self.sequence_no} {self.type}"

    @property
    def envelope(self) -> dict[str, Any]:
        """The message as it travels."""
        return {**json.loads(self.header), "payload": json.loads(self.payload)}


class Receipt(AppendOnly):
    """The receiver's signed word that a message was taken: ours for theirs, theirs for ours."""

    message = models.OneToOneField(Message, on_delete=models.PROTECT, primary_key=True, related_name="receipt")
    body = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.message_id}"


class RefusedMessage(AppendOnly):
    """A message that was not taken, and what it was answered. It had no effect."""

    counterpart = models.ForeignKey(Counterpart, on_delete=models.PROTECT, related_name="refused")
    reason = models.CharField(max_length=24, choices=Reason.choices)
    detail = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    receipt = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.reason} {self.at:%Y-%m-%d %H:%M}"


class Cycle(models.Model):
    """One comparison of both books as of a moment. Its identifier is the correlation of all its messages."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    counterpart = models.ForeignKey(Counterpart, on_delete=models.PROTECT, related_name="cycles")
    as_of = models.DateTimeField(_("as of"))
    state = models.CharField(_("state"), max_length=16, choices=CycleState.choices, default=CycleState.INITIATED)
    ours_sha256 = models.CharField(max_length=64, blank=True)
    theirs_sha256 = models.CharField(max_length=64, blank=True)
    # Nobody where the schedule started it.
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    corrected_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    corrected_at = models.DateTimeField(null=True)
    correction = models.TextField(_("what was corrected"), blank=True)
    # Nobody where both books agreed.
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(_("reason of closing"), blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["counterpart", "as_of"], name="registry_cycle_once"),
            models.UniqueConstraint(
                fields=["counterpart"],
                condition=Q(state__in=["initiated", "totals_ok", "totals_differ", "blocks_differ"]),
                name="registry_one_cycle_in_exchange",
            ),
            models.CheckConstraint(
                condition=Q(corrected_by=None, corrected_at=None, correction="")
                | Q(corrected_by__isnull=False, corrected_at__isnull=False, correction__gt=""),
                name="registry_correction_has_who_when_and_what",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None, reason="")
                | Q(closed_by__isnull=False, corrected_by__isnull=False, ended_at__isnull=False, reason__gt="")
                & ~Q(closed_by=F("corrected_by")),
                name="registry_cycle_closed_by_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", ended_at__isnull=False) | ~Q(state="closed") & Q(ended_at=None),
                name="registry_closed_cycle_has_time",
            ),
            LegalMoves(name="registry_cycle_legal_moves", field="state", edges=CYCLE.edges()),
        ]

    def __str__(self) -> str:
        return f"{self.counterpart} {self.as_of:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("registry:cycle", args=[self.pk])


class Difference(AppendOnly):
    """One thing that both books tell differently: what we have and what they have."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(_("kind"), max_length=24, choices=DifferenceKind.choices)
    reference = models.CharField(max_length=1600)
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def sides(self) -> list[tuple[str, str, str]]:
        """Label, ours and theirs of each field that differs, as people read them."""
        return sides(self.ours, self.theirs, {kind.value: kind.label for kind in Account.Kind})
