"""Cooperative approaches under Article 6 and the authorizations of their Parties (jcm.md 3.5, article6.md 1.2).

What must never happen here is written in sql/authorizations.sql, below Python.
"""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import User, source_field
from parties.models import Country, Partnership
from projects.models import Project
from registry.models.issuance import IssuanceLeg


class CooperativeApproach(models.Model):
    """What a partnership is under Article 6. The identifier is empty until the central platform has given one."""

    class FirstTransfer(models.TextChoices):
        """The event that is the first transfer of a credit."""

        ISSUANCE = "issuance_by_acquirer", _("Issuance in the acquiring Party's registry")
        AUTHORIZATION = "authorization", _("Authorization by both Parties")
        USE = "use_or_cancellation", _("Use or cancellation")

    class Status(models.TextChoices):
        """Whether its authorizations count."""

        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        ENDED = "ended", _("Ended")

    partnership = models.OneToOneField(Partnership, on_delete=models.PROTECT, related_name="cooperative_approach")
    identifier = models.CharField(_("identifier"), max_length=40, blank=True)
    first_transfer = models.CharField(
        _("first transfer"), max_length=24, choices=FirstTransfer.choices, default=FirstTransfer.ISSUANCE
    )
    status = models.CharField(_("status"), max_length=16, choices=Status.choices, default=Status.ACTIVE)

    class Meta:
        verbose_name_plural = "cooperative approaches"
        ordering = ["partnership__host__name_en"]

    def __str__(self) -> str:
        return str(self.partnership)


class Authorization(models.Model):
    """One Party authorizes the use of mitigation outcomes. Recorded by one person, confirmed by another.

    `project` None means every project of the partnership, `quantity` None any amount. It is never rewritten: a
    mistake is revoked and recorded anew.
    """

    class Purpose(models.TextChoices):
        """What the outcomes may be used for."""

        NDC = "ndc", _("Nationally determined contributions")
        OIMP = "oimp", _("Other international mitigation purposes")
        BOTH = "ndc_and_oimp", _("Nationally determined contributions and other international mitigation purposes")

    approach = models.ForeignKey(CooperativeApproach, on_delete=models.PROTECT, related_name="authorizations")
    party = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="authorizations")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, related_name="authorizations")
    vintage_from = models.PositiveSmallIntegerField(_("first vintage"))
    vintage_to = models.PositiveSmallIntegerField(_("last vintage"))
    quantity = models.PositiveBigIntegerField(_("quantity, tCO2eq"), null=True)
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices)
    authorized_on = models.DateField(_("authorized on"))
    reference = models.CharField(_("reference"), max_length=200)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revocation_reason = models.TextField(_("reason of the revocation"), blank=True)
    source = source_field()

    class Meta:
        ordering = ["-authorized_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(vintage_from__range=(2013, 2100), vintage_to__range=(2013, 2100))
                & Q(vintage_to__gte=F("vintage_from")),
                name="registry_authorization_has_vintages",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gt=0), name="registry_authorization_quantity_is_positive"
            ),
            models.CheckConstraint(condition=Q(reference__gt=""), name="registry_authorization_has_reference"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("recorded_by")),
                name="registry_authorization_confirmed_by_second_person",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by=None, revoked_at=None, revocation_reason="")
                | Q(revoked_by__isnull=False, revoked_at__isnull=False, revocation_reason__gt=""),
                name="registry_revocation_has_who_when_and_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["approach", "party"],
                condition=Q(confirmed_at__isnull=False, revoked_at=None),
                name="registry_authorizations_count",
            )
        ]

    def __str__(self) -> str:
        return f"{self.party.iso2} {self.reference}"

    def get_absolute_url(self) -> str:
        return reverse("registry:authorization", args=[self.pk])

    @property
    def state(self) -> str:
        """The word for where it stands: recorded, confirmed or revoked."""
        if self.revoked_at:
            return "revoked"
        return "confirmed" if self.confirmed_at else "recorded"

    @property
    def state_label(self) -> str:
        """The same for the reader."""
        labels = {"revoked": _("Revoked"), "confirmed": _("Confirmed"), "recorded": _("Waits for confirmation")}
        return str(labels[self.state])


class AuthorizationUse(models.Model):
    """How much of an authorization a leg takes for one vintage. Written when the leg passes the gate."""

    authorization = models.ForeignKey(Authorization, on_delete=models.PROTECT, related_name="uses")
    leg = models.ForeignKey(IssuanceLeg, on_delete=models.PROTECT, related_name="authorization_uses")
    vintage = models.PositiveSmallIntegerField()
    quantity = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["vintage", "authorization"]
        constraints = [
            models.UniqueConstraint(fields=["authorization", "leg", "vintage"], name="registry_authorization_use_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="registry_authorization_use_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.authorization}: {self.vintage}, {self.quantity}"
