"""Organisations and the roles of people."""

from datetime import date, datetime
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
    EXPERT = "expert", _("External expert")
    GOVERNMENT_VIEWER = "government_viewer", _("Government viewer")
    JCM_AGENCY = "jcm_agency", _("JCM Agency")
    TPE = "tpe", _("Third-party entity")
    PARTICIPANT = "participant", _("Project participant")
    REGISTRY_PROPOSER = "registry_proposer", _("Registry administrator (proposes)")
    REGISTRY_APPROVER = "registry_approver", _("Registry administrator (approves)")
    AUDITOR = "auditor", _("Auditor")
    OPERATOR = "operator", _("System operator")


# The scope that each role needs. A government viewer without a partnership reads all those of the Party.
SCOPE = (
    Q(role__in=["co_chair", "member", "secretariat"], partnership__isnull=False, party__isnull=False)
    | Q(role="expert", partnership__isnull=False, party__isnull=False, valid_until__isnull=False)
    | Q(role="government_viewer", party__isnull=False)
    | Q(role="jcm_agency", party__isnull=False, partnership=None)
    | Q(role__in=["registry_proposer", "registry_approver"], party__isnull=False)
    | Q(role__in=["tpe", "participant"], organisation__isnull=False)
    | Q(role="auditor", partnership=None, party=None, organisation=None, valid_until__isnull=False)
    | Q(role="operator", partnership=None, party=None, organisation=None)
)
# Nobody alone makes one who reaches beyond a partnership.
NEEDS_SECOND = (
    Role.REGISTRY_PROPOSER, Role.REGISTRY_APPROVER, Role.JCM_AGENCY, Role.AUDITOR, Role.OPERATOR,
)  # fmt: skip
# Without a partnership these count in all those of the Party.
PARTY_WIDE = (Role.GOVERNMENT_VIEWER, Role.JCM_AGENCY)


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Questions about roles."""

    def on(self, day: date) -> "RoleAssignmentQuerySet":
        """Assignments in force on this day."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)

    def of(self, user: User, *roles: str, at: datetime) -> "RoleAssignmentQuerySet":
        """The person's assignments in force to these roles. The JCM Agency serves every secretariat of its Party."""
        wanted = {*roles, Role.JCM_AGENCY} if Role.SECRETARIAT in roles else set(roles)
        return self.on(at.date()).filter(user=user, role__in=wanted)

    def committee(self) -> "RoleAssignmentQuerySet":
        """Those who decide: co-chairs and members."""
        return self.filter(role__in=[Role.CO_CHAIR, Role.MEMBER])


def role_text(held: "RoleAssignment | Invitation") -> str:
    """Name a role with its scope, in the reader's language."""
    scope = ", ".join(str(part) for part in (held.party, held.partnership, held.organisation) if part)
    return f"{held.get_role_display()} ({scope})" if scope else held.get_role_display()


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
            models.CheckConstraint(condition=SCOPE, name="parties_role_has_its_scope"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="parties_role_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return role_text(self)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Questions about invitations."""

    def open(self, at: datetime) -> "InvitationQuerySet":
        """Those that can still be accepted, withdrawn or confirmed."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """Somebody is asked by e-mail to take a role. The role begins once it is accepted."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language of letters"), max_length=8, default="en")
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, null=True, related_name="+")
    party = models.ForeignKey(Country, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True)
    # None: the operator of the system, at the terminal.
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=SCOPE, name="parties_invitation_has_its_scope"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("invited_by")),
                name="parties_invitation_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None)
                | Q(accepted_by__isnull=False, withdrawn_at=None)
                & (~Q(role__in=NEEDS_SECOND) | Q(invited_by=None) | Q(confirmed_by__isnull=False)),
                name="parties_accepted_invitation_was_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {role_text(self)}"

    @property
    def role_text(self) -> str:
        """The role with its scope."""
        return role_text(self)

    @property
    def waits_for_second(self) -> bool:
        """Whether another administrator must confirm before the letter goes out."""
        return self.role in NEEDS_SECOND and self.invited_by_id is not None and self.confirmed_at is None
