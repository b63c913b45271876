"""Proposed movements of credits, the credits that they reserve, and freezes."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import User, source_field
from projects.models import Project
from registry import patterns
from registry.models.accounts import Account, Registry
from registry.workflow import PROPOSAL, ProposalState


class SerialRange(Func):
    """PostgreSQL's int8range(first, last, bounds)."""

    function = "int8range"
    output_field = BigIntegerRangeField()


class Series(models.Model):
    """The serial numbers 1, 2, 3 … of one registry, project and vintage. Its row is the lock of issuance."""

    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="series")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="series")
    vintage = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["registry", "project", "vintage"], name="registry_series_once"),
            models.CheckConstraint(condition=Q(vintage__range=(2013, 2100)), name="registry_vintage_is_a_year"),
        ]

    def __str__(self) -> str:
        host = self.project.partnership.code
        return f"{self.registry.party.iso2}-{host}-{self.project.number}-{self.vintage}"

    def serial(self, first: int, last: int) -> str:
        """Return the serial number of a range, in the form of the registry."""
        fields: dict[str, str | int] = {
            "registry": self.registry.party.iso2,
            "host": self.project.partnership.code,
            "project": self.project.number or "",
            "vintage": self.vintage,
            "first": first,
            "last": last,
        }
        return patterns.write(self.registry.serial_pattern, fields)


class Proposal(models.Model):
    """A transfer, retirement, cancellation or correction that one person proposes and another approves.

    `idempotency_key` is the asker's: repeating it gives the same proposal. `execute_at` is set at approval.
    """

    keeps_changes = False  # its rules keep all but its state, which events tell

    class Kind(models.TextChoices):
        """What is proposed."""

        TRANSFER = "transfer", _("Transfer")
        RETIREMENT = "retirement", _("Retirement")
        CANCELLATION = "cancellation", _("Cancellation")
        CORRECTION = "correction", _("Correction")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="proposals", db_index=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=16, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    idempotency_key = models.CharField(max_length=80)
    reason = models.TextField(_("reason"), blank=True)
    decision_number = models.CharField(_("decision"), max_length=40, blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    approved_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    execute_at = models.DateTimeField(_("executed not before"), null=True)
    expires_at = models.DateTimeField()
    source = source_field()

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(fields=["proposed_by", "idempotency_key"], name="registry_proposal_key_once"),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None, execute_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False, execute_at__isnull=False),
                name="registry_approval_has_who_when_and_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "executing", "completed"])
                | Q(approved_by__isnull=False) & ~Q(approved_by=F("proposed_by")),
                name="registry_proposal_approved_by_second_person",
            ),
            # Nobody ends what expires: then there is a time without a person.
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(ended_at__isnull=False), name="registry_end_has_its_time"
            ),
            models.CheckConstraint(
                condition=~Q(kind="correction") | Q(decision_number__gt=""), name="registry_correction_has_decision"
            ),
            LegalMoves(name="registry_proposal_legal_moves", field="state", edges=PROPOSAL.edges()),
        ]
        indexes = [
            models.Index(fields=["registry", "state", "-proposed_at"], name="registry_proposal_queue"),
            models.Index(fields=["execute_at"], condition=Q(state="approved"), name="registry_proposal_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.proposed_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("registry:proposal", args=[self.pk])


class ProposalLine(models.Model):
    """A range of credits that a proposal moves. While `reserved`, no other proposal can have them."""

    keeps_changes = False  # its rules keep all but the reservation, which ends with the proposal

    class Purpose(models.TextChoices):
        """What retired or cancelled credits are for."""

        NDC = "ndc", _("NDC of the registry's Party")
        GX_ETS = "gx_ets", _("GX-ETS, counted for that NDC")
        SHK = "shk", _("SHK reporting, counted for that NDC")
        VOLUNTARY = "voluntary", _("Voluntary cancellation")
        OIMP = "oimp", _("Other international mitigation purposes")
        OVERALL = "overall_mitigation", _("Overall mitigation in global emissions")
        OTHER = "other", _("Other")

    RETIRES = (Purpose.NDC, Purpose.GX_ETS, Purpose.SHK)
    CANCELS = (Purpose.VOLUNTARY, Purpose.OIMP, Purpose.OVERALL, Purpose.OTHER)

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="lines")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+", db_index=False)
    first = models.BigIntegerField(validators=[MinValueValidator(1)])
    last = models.BigIntegerField(validators=[MinValueValidator(1)])
    from_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    to_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(_("purpose"), max_length=24, choices=Purpose.choices, blank=True)
    beneficiary = models.CharField(_("beneficiary"), max_length=300, blank=True)
    reporting_year = models.PositiveSmallIntegerField(_("reporting year"), null=True)
    reserved = models.BooleanField(default=True)

    class Meta:
        ordering = ["series", "first"]
        constraints = [
            models.CheckConstraint(condition=Q(first__gte=1, last__gte=F("first")), name="registry_line_has_a_range"),
            ExclusionConstraint(
                name="registry_credits_reserved_once",
                expressions=[
                    ("series", RangeOperators.EQUAL),
                    (SerialRange("first", "last", Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(reserved=True),
            ),
        ]

    def __str__(self) -> str:
        return self.series.serial(self.first, self.last)

    @property
    def quantity(self) -> int:
        """Whole tonnes."""
        return self.last - self.first + 1


class Freeze(models.Model):
    """A stop: a range of credits, an account, or with neither the whole registry. Two people lift it.

    One person freezes, or nobody: a comparison with a registry kept elsewhere freezes what differs.
    """

    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="freezes")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="freezes")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="freezes")
    first = models.PositiveBigIntegerField(null=True)
    last = models.PositiveBigIntegerField(null=True)
    reason = models.TextField(_("reason"))
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cycle = models.ForeignKey("registry.Cycle", on_delete=models.PROTECT, null=True, related_name="freezes")
    frozen_at = models.DateTimeField()
    lift_proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lift_proposed_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-frozen_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(series=None, first=None, last=None)
                | Q(account=None, series__isnull=False, first__gte=1, last__gte=F("first")),
                name="registry_freeze_names_what",
            ),
            models.CheckConstraint(
                condition=Q(lift_proposed_by=None, lift_proposed_at=None)
                | Q(lift_proposed_by__isnull=False, lift_proposed_at__isnull=False),
                name="registry_lift_proposal_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by=None, lifted_at=None)
                | Q(lifted_by__isnull=False, lifted_at__isnull=False, lift_proposed_by__isnull=False)
                & ~Q(lifted_by=F("lift_proposed_by")),
                name="registry_freeze_lifted_by_two",
            ),
            models.CheckConstraint(condition=Q(reason__gt=""), name="registry_freeze_has_reason"),
            models.CheckConstraint(
                condition=Q(frozen_by__isnull=False, frozen_at__isnull=False, cycle=None)
                | Q(frozen_by=None, cycle__isnull=False, series__isnull=False),
                name="registry_freeze_by_person_or_comparison",
            ),
        ]
        indexes = [models.Index(fields=["registry"], condition=Q(lifted_at=None), name="registry_freezes_in_force")]

    def __str__(self) -> str:
        if self.series is not None and self.first is not None and self.last is not None:
            return self.series.serial(self.first, self.last)
        return f"{self.account or self.registry}"

    def get_absolute_url(self) -> str:
        return f"{reverse('registry:freezes')}#freeze-{self.pk}"

    @property
    def why(self) -> str:
        """The reason, in the reader's language where no person gave it."""
        if self.cycle_id is None:
            return self.reason
        return str(_("A registry kept elsewhere tells otherwise about these credits. People examine it."))
