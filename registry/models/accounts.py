"""The registry of each Party with its settings, its accounts, and who may act for an account."""

from functools import reduce
from operator import and_

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import User, source_field
from parties.models import Country, Organisation
from registry import patterns
from registry.workflow import ACCOUNT, AccountState


class Registry(models.Model):
    """The registry of one Party: its own accounts, serial numbers, administrators and rules of delay."""

    party = models.OneToOneField(Country, on_delete=models.PROTECT, related_name="registry")
    trusted_after_working_days = models.PositiveSmallIntegerField(
        _("a trusted account counts from the n-th working day"), default=4
    )
    delays_untrusted = models.BooleanField(
        _("other destinations wait until noon of the next working day"), default=True
    )
    cancel_until_hours = models.PositiveSmallIntegerField(_("hours before execution to cancel until"), default=2)
    proposal_expires_days = models.PositiveSmallIntegerField(_("days until a proposal expires"), default=30)
    # In GX-ETS credits may cover at most this share of a year's actual emissions; above it, people are warned.
    gx_ets_share = models.PositiveSmallIntegerField(_("percent of declared emissions for GX-ETS"), default=10)
    # How serial numbers are written; the usual form is read always. The log has a form of its own, the same for all.
    serial_pattern = models.CharField(
        _("form of serial numbers"),
        max_length=patterns.LONGEST_PATTERN,
        default=patterns.DEFAULT,
        validators=[patterns.check],
    )

    class Meta:
        verbose_name_plural = "registries"
        ordering = ["party__name_en"]
        constraints = [
            models.CheckConstraint(condition=Q(gx_ets_share__lte=100), name="registry_share_is_a_percentage"),
            models.CheckConstraint(
                condition=reduce(and_, (Q(serial_pattern__contains=f"{{{name}}}") for name in patterns.SHAPES))
                & Q(serial_pattern__regex=patterns.FORM),
                name="registry_serial_pattern_has_each_field_once",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Registry of %(country)s") % {"country": self.party})


class Account(models.Model):
    """Where credits are recorded. Nothing returns to the source account; retirement and cancellation are final."""

    class Kind(models.TextChoices):
        """What an account is for."""

        SOURCE = "source", _("Issuance source")
        GOVERNMENT = "government", _("Government holding account")
        ENTITY = "entity", _("Entity holding account")
        RETIREMENT = "retirement", _("Retirement account")
        CANCELLATION = "cancellation", _("Cancellation account")
        ADMINISTRATIVE = "administrative", _("Administrative account")

    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="accounts")
    number = models.CharField(_("account number"), max_length=24, unique=True)
    # Written by the database (sql/names.sql): a random word for a holder's account, else the number.
    log_name = models.CharField(_("name in the public log"), max_length=24, editable=False, db_index=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="accounts")
    state = models.CharField(_("state"), max_length=16, choices=AccountState.choices, default=AccountState.OPEN)
    source = source_field()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["registry", "kind"],
                condition=Q(kind__in=["source", "government", "retirement", "cancellation", "administrative"]),
                name="registry_one_account_of_each_government_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="entity", holder__isnull=False) | ~Q(kind="entity"),
                name="registry_entity_account_has_holder",
            ),
            models.CheckConstraint(
                condition=Q(kind="entity") | Q(state=AccountState.OPEN), name="registry_government_accounts_are_open"
            ),
            LegalMoves(name="registry_account_legal_moves", field="state", edges=ACCOUNT.edges()),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.holder_name}"

    def get_absolute_url(self) -> str:
        return reverse("registry:account", args=[self.number])

    @property
    def holder_name(self) -> str:
        """Who holds the credits, in words."""
        if self.holder is not None:
            return self.holder.name
        if get_language() == "ja":
            return f"{self.registry.party.name_ja}政府"
        return f"Government of {self.registry.party.name_en}"


class AccountRepresentative(models.Model):
    """A person who may see an account, propose from it, or approve; nobody does both on one proposal."""

    class Right(models.TextChoices):
        """What the person may do; each right includes seeing."""

        VIEW = "view", _("See")
        PROPOSE = "propose", _("Propose")
        APPROVE = "approve", _("Approve")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="representatives")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="represented_accounts")
    right = models.CharField(_("right"), max_length=16, choices=Right.choices)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "user", "right"], name="registry_representative_once"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="registry_representative_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_right_display()}) {self.account}"


class TrustedAccount(models.Model):
    """A destination to which an account may send without delay, from a day on."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="trusts")
    destination = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    effective_from = models.DateField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "destination"], condition=Q(removed_at=None), name="registry_trusted_once"
            ),
            models.CheckConstraint(condition=~Q(account=F("destination")), name="registry_trusts_another"),
        ]

    def __str__(self) -> str:
        return f"{self.account} → {self.destination}"
