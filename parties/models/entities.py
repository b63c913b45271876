"""Third-party entities and their designations."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Source, source_field
from parties.models.countries import Partnership, SectoralScope
from parties.models.people import Organisation


class DesignationQuerySet(models.QuerySet["Designation"]):
    """Questions about designations."""

    def on(self, day: date) -> "DesignationQuerySet":
        """Designations in force on this day."""
        begun = Q(designated_on=None) | Q(designated_on__lte=day)
        lasting = Q(valid_until=None) | Q(valid_until__gte=day)
        return self.filter(begun, lasting, status=Designation.Status.DESIGNATED)


class Designation(models.Model):
    """A third-party entity designated by one Joint Committee, with separate scopes for validation and verification.

    Expiry is computed from `valid_until`, never trusted from a flag (jcm.md 2.4).
    """

    class Status(models.TextChoices):
        """The state that the committee gave it."""

        DESIGNATED = "designated", _("Designated")
        WITHDRAWN = "withdrawn", pgettext_lazy("designation", "Withdrawn")

    number = models.CharField(_("number"), max_length=20, unique=True)
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="designations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="designations")
    scopes_validation = models.ManyToManyField(SectoralScope, related_name="+")
    scopes_verification = models.ManyToManyField(SectoralScope, related_name="+")
    designated_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DESIGNATED)
    source = source_field()

    objects: ClassVar[DesignationQuerySet] = DesignationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(designated_on__isnull=False) | Q(source=Source.PUBLIC_RECORD),
                name="parties_designation_has_date",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.organisation}"

    def in_force(self, day: date) -> bool:
        """Whether this entity may work on this day."""
        return self.status == self.Status.DESIGNATED and (self.valid_until is None or self.valid_until >= day)
