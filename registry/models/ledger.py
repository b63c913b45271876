"""The ledger: series of serial numbers, transactions with their movements, and where each credit is now.

What must never happen here is written in sql/ledger.sql, below Python. Foreign keys have an index of their own only
where no other index begins with them: every move of credits pays for each index.
"""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnly, Source, User, source_field
from registry.models.accounts import Account, Registry
from registry.models.issuance import IssuanceLeg
from registry.models.proposals import Proposal, SerialRange, Series


class Transaction(AppendOnly):
    """What happened in one registry, once. Append-only: corrections are transactions of their own."""

    class Kind(models.TextChoices):
        """What a transaction does."""

        ISSUANCE = "issuance", _("Issuance")
        TRANSFER = "transfer", _("Transfer")
        RETIREMENT = "retirement", _("Retirement")
        CANCELLATION = "cancellation", _("Cancellation")
        CORRECTION = "correction", _("Correction")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # At commit the proposal is found, and these equal those of the leg or the proposal, which cannot be deleted; with
    # foreign keys sessions would all lock the same registry and the same two people.
    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="transactions", db_constraint=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    idempotency_key = models.CharField(max_length=80)
    leg = models.OneToOneField(IssuanceLeg, on_delete=models.PROTECT, null=True, related_name="transaction")
    proposal = models.OneToOneField(
        Proposal, on_delete=models.PROTECT, null=True, related_name="transaction", db_constraint=False
    )
    at = models.DateTimeField(_("recorded at"))
    proposed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    source = source_field()
    # Filled by the database: movements may only be added by the database transaction that wrote this row.
    database_transaction = models.BigIntegerField(
        db_default=Func(function="txid_current", output_field=models.BigIntegerField()), editable=False
    )

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["idempotency_key"], name="registry_transaction_key_once"),
            models.CheckConstraint(
                condition=Q(source=Source.PUBLIC_RECORD)
                | Q(proposed_by__isnull=False, approved_by__isnull=False) & ~Q(proposed_by=F("approved_by")),
                name="registry_transaction_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(kind="issuance", leg__isnull=False, proposal=None)
                | ~Q(kind="issuance") & Q(leg=None, proposal__isnull=False),
                name="registry_transaction_has_its_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"


class Movement(AppendOnly):
    """A range of serial numbers goes from one account to another in the same registry."""

    # These four are read and compared by the trigger of ledger.sql, and their rows cannot be deleted (identity.sql).
    # A foreign key besides would let all retirements of a registry lock one account's row.
    transaction = models.ForeignKey(
        Transaction, on_delete=models.PROTECT, related_name="movements", db_constraint=False
    )
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, related_name="movements", db_index=False, db_constraint=False
    )
    from_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="movements_out", db_constraint=False
    )
    to_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="movements_in", db_constraint=False)
    first = models.BigIntegerField(validators=[MinValueValidator(1)])
    last = models.BigIntegerField(validators=[MinValueValidator(1)])

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
        return self.series.serial(self.first, self.last)

    @property
    def quantity(self) -> int:
        """Whole tonnes moved."""
        return self.last - self.first + 1


class CreditBlock(AppendOnly):
    """Where a range of credits is now. Written by the database alone, from movements."""

    written_by_trigger = True
    # The movement that the trigger writes them from has these keys, and was compared with them.
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, related_name="blocks", db_index=False, db_constraint=False
    )
    first = models.BigIntegerField(validators=[MinValueValidator(1)])
    last = models.BigIntegerField(validators=[MinValueValidator(1)])
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="blocks", db_index=False, db_constraint=False
    )
    leg = models.ForeignKey(
        IssuanceLeg, on_delete=models.PROTECT, related_name="blocks", db_index=False, db_constraint=False
    )

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["account", "series", "first"], name="registry_holdings")]
        constraints = [
            models.CheckConstraint(condition=Q(first__gte=1, last__gte=F("first")), name="registry_block_has_a_range"),
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
        """The block's serial number, in the form of its registry."""
        return self.series.serial(self.first, self.last)

    @property
    def quantity(self) -> int:
        """Whole tonnes, 1 credit = 1 tCO2eq."""
        return self.last - self.first + 1

    def get_absolute_url(self) -> str:
        return reverse("registry:credit-detail", args=[self.serial])


class LogLeaf(AppendOnly):
    """One transaction as the transparency log has it: canonical JSON, and its leaf hash of RFC 9162.

    Written by the database when a transaction commits; numbered later, without a gap, by the sealer.
    """

    written_by_trigger = True
    transaction = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, primary_key=True, related_name="leaf", db_constraint=False
    )
    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="leaves", db_constraint=False)
    body = models.TextField()
    leaf_hash = models.BinaryField()

    class Meta:
        verbose_name_plural = "log leaves"

    def __str__(self) -> str:
        return f"{self.transaction_id}"
