"""Projects, their participants and their validation."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import Document, Source, User, source_field
from methodologies.models import MethodologyVersion
from parties.models import Case, Country, Designation, Organisation, Partnership
from projects.models.ideas import ProjectIdeaNote
from projects.workflow import (
    PROJECT,
    ProjectStatus,
)


class ProjectQuerySet(models.QuerySet["Project"]):
    """Questions about projects."""

    def public(self) -> "ProjectQuerySet":
        """What everybody may read: all but drafts."""
        return self.exclude(status=ProjectStatus.DRAFT)

    def registered(self) -> "ProjectQuerySet":
        """Projects that a Joint Committee registered."""
        return self.filter(status=ProjectStatus.REGISTERED)


class Project(models.Model):
    """An activity that reduces emissions in a partner country."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="projects")
    number = models.CharField(_("reference number"), max_length=12, null=True, unique=True)
    title = models.CharField(_("title"), max_length=400)
    description = models.TextField(_("description"), blank=True)
    technology = models.CharField(_("technology"), max_length=120, blank=True)
    methodologies = models.ManyToManyField(MethodologyVersion, related_name="projects")
    # The project's own members of the dimensions that its methodologies leave open: {"i": ["Chiller 1", …]}.
    members = models.JSONField(_("members"), default=dict)
    # By symbol a decimal text or a choice; where the parameter is over dimensions, one for each "member, member".
    fixed_values = models.JSONField(_("values fixed ex ante"), default=dict)
    location = models.CharField(_("location"), max_length=200, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True)
    operation_start = models.DateField(_("start of operation"), null=True)
    lifetime_years = models.PositiveSmallIntegerField(_("operational lifetime in years"), null=True)
    estimated_per_year = models.PositiveBigIntegerField(_("estimated reductions, tCO2eq a year"), null=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    idea_note = models.ForeignKey(ProjectIdeaNote, on_delete=models.PROTECT, null=True, related_name="projects")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, related_name="project")
    status = models.CharField(_("status"), max_length=24, choices=ProjectStatus.choices, default=ProjectStatus.DRAFT)
    status_reason = models.TextField(blank=True)
    submitted_on = models.DateField(null=True)
    registered_on = models.DateField(_("registered on"), null=True)
    decision_number = models.CharField(max_length=40, blank=True)
    source = source_field()
    incomplete = models.BooleanField(_("incomplete record"), default=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[ProjectQuerySet] = ProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ProjectStatus.DRAFT) | Q(number__isnull=False),
                name="projects_number_once_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(status=ProjectStatus.REGISTERED)
                | Q(registered_on__isnull=False, decision_number__gt="")
                | Q(source=Source.PUBLIC_RECORD),
                name="projects_registered_has_decision",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="projects_coordinates_on_earth",
            ),
            LegalMoves(name="projects_project_legal_moves", field="status", edges=PROJECT.edges()),
        ]
        indexes = [
            models.Index(fields=["partnership", "status"], name="projects_by_partnership"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="projects_title_search"),
        ]

    def __str__(self) -> str:
        return f"{self.number or _('Draft')} {self.title}"

    def get_absolute_url(self) -> str:
        if self.number:
            return reverse("projects:detail", args=[self.number])
        return reverse("projects:design", args=[self.pk])


class ProjectParticipant(models.Model):
    """An organisation that takes part on one side."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="participants")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="participations")
    party = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+", verbose_name=_("side"))
    focal_point = models.BooleanField(_("focal point"), default=False)

    class Meta:
        ordering = ["party", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "organisation", "party"], name="projects_participant_once")
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class Validation(models.Model):
    """The opinion of a third-party entity on the project's design."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="validation")
    designation = models.ForeignKey(Designation, on_delete=models.PROTECT, related_name="validations")
    statement = models.TextField(_("statement"))
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.project} – {self.designation}"
