"""Countries, partnerships, organisations, roles, third-party entities."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.models import Source, User, source_field

JAPAN = "JP"


class Country(models.Model):
    """A Party: Japan or a partner country."""

    iso2 = models.CharField("ISO 3166-1 alpha-2", max_length=2, unique=True)
    iso3 = models.CharField("ISO 3166-1 alpha-3", max_length=3, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    name_en = models.CharField(max_length=80)
    name_ja = models.CharField(max_length=80)
    time_zone = models.CharField(_("time zone of the capital"), max_length=40)

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["name_en"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_ja if get_language() == "ja" else self.name_en


class SectoralScope(models.Model):
    """A field of activity, numbered as on the JCM site. Data, not an enum: a partnership may add one."""

    number = models.PositiveSmallIntegerField(unique=True)
    name_en = models.CharField(max_length=160)
    name_ja = models.CharField(max_length=160)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_ja if get_language() == "ja" else self.name_en


class Partnership(models.Model):
    """The bilateral document of Japan and one partner country, with the settings that differ between partnerships.

    Each setting's default and its certainty stand in jcm.md sections 1.8, 1.10, 1.11 and 2.2.
    """

    host = models.OneToOneField(Country, on_delete=models.PROTECT, related_name="partnership")
    acquirer = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="partnerships_as_acquirer")
    signed_on = models.DateField(_("bilateral document signed on"))
    electronic_decision_days = models.PositiveSmallIntegerField(
        _("days of an electronic decision"), default=10, help_text=_("Calendar days; the opening day counts.")
    )
    completeness_days = models.PositiveSmallIntegerField(
        _("days of a completeness check"), default=7, help_text=_("Calendar days; a reminder, never a block.")
    )
    decision_time_zone = models.CharField(_("time zone of deadlines"), max_length=40)
    split_after = models.DateField(_("no monitoring period crosses the end of"), null=True, default=date(2020, 12, 31))
    authorization_from_vintage = models.PositiveSmallIntegerField(
        _("vintages that need authorization, from"), null=True, default=2021
    )
    earliest_operation = models.DateField(_("earliest start of operation"), default=date(2013, 1, 1))

    class Meta:
        ordering = ["signed_on"]
        constraints = [
            models.CheckConstraint(condition=~Q(host=F("acquirer")), name="parties_partnership_has_two_parties"),
            models.CheckConstraint(
                condition=Q(electronic_decision_days__gte=1), name="parties_electronic_decision_takes_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.acquirer} – {self.host}"

    @cached_property
    def code(self) -> str:
        """The two letters that start every number of this partnership."""
        return self.host.iso2

    @cached_property
    def parties(self) -> tuple[Country, Country]:
        """Japan first, then the partner country."""
        return self.acquirer, self.host


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


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Questions about roles."""

    def on(self, day: date) -> "RoleAssignmentQuerySet":
        """Assignments in force on this day."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)

    def committee(self) -> "RoleAssignmentQuerySet":
        """Those who decide: co-chairs and members."""
        return self.filter(role__in=[Role.CO_CHAIR, Role.MEMBER])


class RoleAssignment(models.Model):
    """A person has a role for one side of a partnership, for a Party's registry, or in an organisation."""

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
                | Q(role__in=["tpe", "participant"], organisation__isnull=False),
                name="parties_role_has_its_scope",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="parties_role_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        scope = [str(part) for part in (self.party, self.partnership, self.organisation) if part]
        return f"{self.get_role_display()} ({', '.join(scope)})"


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
