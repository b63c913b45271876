"""Calls for public inputs on a case, and what the public said."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import Document, User
from parties.models.cases import Case
from parties.sections import heading_of
from parties.workflow import INPUT, InputStatus


class PublicCall(models.Model):
    """Everybody may comment on a case until the call closes (jcm.md 1.3, 1.4)."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="call")
    opened_at = models.DateTimeField(_("opened"))
    closes_at = models.DateTimeField(_("closes"))
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="parties_call_closes_after_opening")
        ]
        indexes = [models.Index(fields=["closes_at"], condition=Q(closed_at=None), name="parties_calls_open")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.closes_at:%Y-%m-%d}"

    def takes_inputs(self, at: datetime) -> bool:
        """Whether everybody can still comment at this time."""
        return self.closed_at is None and at < self.closes_at


class PublicInput(models.Model):
    """What somebody said in a call, without an account.

    Nothing of it is public before its sender confirmed the address and the secretariat published it; the address and
    `sender` (a keyed hash of where it came from, against floods) never are. An attachment becomes a document when the
    secretariat publishes the input.
    """

    call = models.ForeignKey(PublicCall, on_delete=models.PROTECT, related_name="inputs")
    reference = models.CharField(_("reference"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail address"))
    # The letter of the section that it is about; empty for the whole (parties/sections.py).
    section = models.CharField(_("section"), max_length=1, blank=True)
    text = models.TextField(_("public input"))
    language = models.CharField(max_length=8, default="en")
    sender = models.CharField(max_length=64)
    attachment_name = models.CharField(max_length=200, blank=True)
    attachment_type = models.CharField(max_length=100, blank=True)
    attachment_size = models.PositiveBigIntegerField(default=0)
    attachment_sha256 = models.CharField(max_length=64, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(_("status"), max_length=16, choices=InputStatus.choices, default=InputStatus.UNCONFIRMED)
    sent_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    moderated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    moderated_at = models.DateTimeField(null=True)
    refusal = models.TextField(_("reason of the refusal"), blank=True)
    reply = models.TextField(_("reply"), blank=True)
    replied_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(moderated_by=None, moderated_at=None)
                | Q(moderated_by__isnull=False, moderated_at__isnull=False),
                name="parties_input_moderated_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(replied_by=None, replied_at=None, reply="")
                | Q(replied_by__isnull=False, replied_at__isnull=False, reply__gt=""),
                name="parties_input_replied_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status=InputStatus.PUBLISHED) | Q(confirmed_at__isnull=False, moderated_at__isnull=False),
                name="parties_published_input_was_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(status=InputStatus.REFUSED) | Q(refusal__gt=""), name="parties_refused_input_has_reason"
            ),
            LegalMoves(name="parties_publicinput_legal_moves", field="status", edges=INPUT.edges()),
        ]
        indexes = [
            models.Index(fields=["sender", "sent_at"], name="parties_input_sender"),
            models.Index(fields=["call"], condition=Q(status="received"), name="parties_inputs_to_moderate"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def about(self) -> str:
        """The section that it is about, as "D. Eligibility criteria"; nothing for the whole."""
        return heading_of(self.call.case.kind, self.section)
