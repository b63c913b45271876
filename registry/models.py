"""Registries, accounts, issuance legs, and the ledger: transactions, movements, credit blocks.

Only this app imports this module. What the ledger must never do is written in sql/ledger.sql, below Python.
"""

import uuid

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnly, Source, User, source_field
from parties.models import Country, Organisation
from projects.models import IssuanceRequest, Project
from registry.workflow import LEG, LegState


class SerialRange(Func):
    """PostgreSQL's int8range(first, last, bounds)."""

    function = "int8range"
    output_field = BigIntegerRangeField()


class Registry(models.Model):
    """The registry of one Party: its own accounts, serial numbers and administrators."""

    party = models.OneToOneField(Country, on_delete=models.PROTECT, related_name="registry")

    class Meta:
        verbose_name_plural = "registries"
        ordering = ["party__name_en"]

    def __str__(self) -> str:
        return str(_("Registry of %(country)s") % {"country": self.party})


class Account(models.Model):
    """Where credits are recorded. The source account is where issuance comes from and nothing returns to."""

    class Kind(models.TextChoices):
        """What an account is for."""

        SOURCE = "source", _("Issuance source")
        GOVERNMENT = "government", _("Government holding account")
        ENTITY = "entity", _("Entity holding account")

    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="accounts")
    number = models.CharField(_("account number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="accounts")
    source = source_field()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["registry", "kind"],
                condition=Q(kind__in=["source", "government"]),
                name="registry_one_source_and_government_account",
            ),
            models.CheckConstraint(
                condition=Q(kind="entity", holder__isnull=False) | ~Q(kind="entity"),
                name="registry_entity_account_has_holder",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.holder_name}"

    @property
    def holder_name(self) -> str:
        """Who holds the credits, in words."""
        if self.holder is not None:
            return self.holder.name
        if get_language() == "ja":
            return f"{self.registry.party.name_ja}政府"
        return f"Government of {self.registry.party.name_en}"


class IssuanceNotification(models.Model):
    """What a Joint Committee told both governments to issue for one project and period."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="notifications")
    shared_with = models.ManyToManyField(Project, related_name="+", blank=True)
    request = models.OneToOneField(IssuanceRequest, on_delete=models.PROTECT, null=True, related_name="notification")
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    decided_on = models.DateField(_("decided on"), null=True)
    decision_number = models.CharField(max_length=40, blank=True)
    signatory_acquirer = models.CharField(max_length=200, blank=True)
    signatory_host = models.CharField(max_length=200, blank=True)
    published_total = models.PositiveBigIntegerField(_("total as published, tCO2eq"), null=True)
    record_key = models.CharField(max_length=120, null=True, unique=True)
    note = models.TextField(blank=True)
    source = source_field()
    incomplete = models.BooleanField(_("incomplete record"), default=False)

    class Meta:
        ordering = [F("decided_on").desc(nulls_last=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source=Source.PUBLIC_RECORD)
                | Q(decided_on__isnull=False, period_start__isnull=False, period_end__isnull=False)
                & Q(decision_number__gt="", signatory_acquirer__gt="", signatory_host__gt="")
                & ~Q(signatory_acquirer=F("signatory_host")),
                name="registry_notification_has_decision_and_two_signatories",
            )
        ]

    def __str__(self) -> str:
        return f"{self.project.number} {self.period_start or ''}–{self.period_end or ''}"


class IssuanceLeg(models.Model):
    """One government's part of a notification. Its amounts never change once notified."""

    notification = models.ForeignKey(IssuanceNotification, on_delete=models.PROTECT, related_name="legs")
    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="legs")
    notified = models.PositiveBigIntegerField(_("notified, tCO2eq"))
    state = models.CharField(_("state"), max_length=24, choices=LegState.choices, default=LegState.NOTIFIED)
    issued_on = models.DateField(_("issued on"), null=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    source = source_field()
    incomplete = models.BooleanField(_("incomplete record"), default=False)

    class Meta:
        ordering = ["notification", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["notification", "registry"], name="registry_one_leg_per_party"),
            models.CheckConstraint(
                condition=Q(proposed_by=None, proposed_at=None)
                | Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="registry_leg_proposal_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="registry_leg_approval_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[LegState.APPROVED, LegState.ISSUED])
                | Q(source=Source.PUBLIC_RECORD)
                | Q(proposed_by__isnull=False, approved_by__isnull=False) & ~Q(proposed_by=F("approved_by")),
                name="registry_leg_approved_by_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=LegState.ISSUED) | Q(issued_on__isnull=False),
                name="registry_issued_leg_has_date",
            ),
            models.CheckConstraint(
                condition=Q(state=LegState.CLOSED, notified=0) | ~Q(state=LegState.CLOSED) & Q(notified__gt=0),
                name="registry_only_zero_leg_closes",
            ),
        ]
        indexes = [models.Index(fields=["registry", "state"], name="registry_leg_queue")]
        triggers = [pgtrigger.FSM(name="legal_moves", field="state", transitions=LEG.edges())]

    def __str__(self) -> str:
        return f"{self.notification} → {self.registry.party.iso2}"

    def get_absolute_url(self) -> str:
        return reverse("registry:leg", args=[self.pk])


class LegLine(AppendOnly):
    """Whole tonnes of one vintage for one account. `estimated` marks vintages apportioned by days."""

    leg = models.ForeignKey(IssuanceLeg, on_delete=models.PROTECT, related_name="lines")
    vintage = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveBigIntegerField()
    estimated = models.BooleanField(default=False)

    class Meta:
        ordering = ["vintage", "account"]
        constraints = [
            models.UniqueConstraint(fields=["leg", "vintage", "account"], name="registry_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="registry_line_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.vintage} {self.account}: {self.quantity}"


class Series(models.Model):
    """The serial numbers 1, 2, 3 … of one registry, project and vintage. Its row is the lock of the series."""

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


class Transaction(AppendOnly):
    """What happened in one registry, once. Append-only: corrections are transactions of their own."""

    class Kind(models.TextChoices):
        """What a transaction does."""

        ISSUANCE = "issuance", _("Issuance")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="transactions")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    idempotency_key = models.CharField(max_length=80, unique=True)
    leg = models.OneToOneField(IssuanceLeg, on_delete=models.PROTECT, related_name="transaction")
    at = models.DateTimeField(_("recorded at"))
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    source = source_field()
    # Filled by the database: movements may only be added by the database transaction that wrote this row.
    database_transaction = models.BigIntegerField(
        db_default=Func(function="txid_current", output_field=models.BigIntegerField()), editable=False
    )

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source=Source.PUBLIC_RECORD)
                | Q(proposed_by__isnull=False, approved_by__isnull=False) & ~Q(proposed_by=F("approved_by")),
                name="registry_transaction_by_two_people",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"


class Movement(AppendOnly):
    """A range of serial numbers goes from one account to another in the same registry."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="movements")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="movements")
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    from_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="movements_out")
    to_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="movements_in")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["series", "-last"], name="registry_movement_series_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first")), name="registry_movement_has_a_range"
            ),
            models.CheckConstraint(condition=~Q(from_account=F("to_account")), name="registry_movement_goes_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.series}-{self.first}-{self.last}"

    @property
    def quantity(self) -> int:
        """Whole tonnes moved."""
        return self.last - self.first + 1


class CreditBlock(AppendOnly):
    """Where a range of credits is now. Written by the database alone, from movements."""

    written_by_trigger = True
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="blocks")
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="blocks")
    leg = models.ForeignKey(IssuanceLeg, on_delete=models.PROTECT, related_name="blocks")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "first"], name="registry_block_starts_once"),
            ExclusionConstraint(
                name="registry_serials_never_overlap",
                expressions=[
                    ("series", RangeOperators.EQUAL),
                    (SerialRange("first", "last", Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def serial(self) -> str:
        """The block's serial number, {registry}-{host}-{project}-{vintage}-{first}-{last}."""
        return f"{self.series}-{self.first}-{self.last}"

    @property
    def quantity(self) -> int:
        """Whole tonnes, 1 credit = 1 tCO2eq."""
        return self.last - self.first + 1

    def get_absolute_url(self) -> str:
        return reverse("registry:credit-detail", args=[self.serial])
