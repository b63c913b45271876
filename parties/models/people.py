"""Organisations and the roles of people."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import User, source_field
from parties.models.countries import Country, Partnership


class Organisation(models.Model):
    """A company, agency or ministry."""

    name = models.CharField(_("name"), max_length=300)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, null=True, related_name="organisations")
    source = source_field()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "country"], nulls_distinct=False, name="parties_organisation_once_per_country"
            )
        ]
        indexes = [GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="parties_organisation_search")]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person may be. The scope (partnership, Party, organisation) is on the assignment."""

    CO_CHAIR = "co_chair", _("Co-chair")
    MEMBER = "member", _("Committee member")
    SECRETARIAT = "secretariat", _("Secretariat")
    TPE = "tpe", _("Third-party entity")
    PARTICIPANT = "participant", _("Project participant")
    REGISTRY_PROPOSER = "registry_proposer", _("Registry administrator (proposes)")
    REGISTRY_APPROVER = "registry_approver", _("Registry administrator (approves)")
    AUDITOR = "auditor", _("Auditor")


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Questions about roles."""

    def on(self, day: date) -> "RoleAssignmentQuerySet":
        """Assignments in force on this day."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)

    def committee(self) -> "RoleAssignmentQuerySet":
        """Those who decide: co-chairs and members."""
        return self.filter(role__in=[Role.CO_CHAIR, Role.MEMBER])


class RoleAssignment(models.Model):
    """A person has a role for one side of a partnership, for a Party's registry, or in an organisation.

    An auditor has it for everything, and for a time.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, null=True, related_name="roles")
    party = models.ForeignKey(Country, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="roles")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    objects: ClassVar[RoleAssignmentQuerySet] = RoleAssignmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    role__in=["co_chair", "member", "secretariat"],
                    partnership__isnull=False,
                    party__isnull=False,
                )
                | Q(role__in=["registry_proposer", "registry_approver"], party__isnull=False)
                | Q(role__in=["tpe", "participant"], organisation__isnull=False)
                | Q(role="auditor", partnership=None, party=None, organisation=None, valid_until__isnull=False),
                name="parties_role_has_its_scope",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="parties_role_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        scope = ", ".join(str(part) for part in (self.party, self.partnership, self.organisation) if part)
        return f"{self.get_role_display()} ({scope})" if scope else self.get_role_display()
