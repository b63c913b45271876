"""The ledger: series of serial numbers, transactions with their movements, and where each credit is now.

What must never happen here is written in sql/ledger.sql, below Python.
"""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnly, Source, User, source_field
from projects.models import Project
from registry.models.accounts import Account, Registry
from registry.models.issuance import IssuanceLeg


class SerialRange(Func):
    """PostgreSQL's int8range(first, last, bounds)."""

    function = "int8range"
    output_field = BigIntegerRangeField()


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
