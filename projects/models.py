"""Projects, their participants, monitoring reports, verification and issuance requests."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import Document, Source, User, source_field
from methodologies.models import MethodologyVersion
from parties.models import Case, Country, Designation, Organisation, Partnership
from projects.workflow import (
    IDEA_NOTE,
    ISSUANCE_REQUEST,
    PROJECT,
    REPORT,
    IdeaNoteStatus,
    ProjectStatus,
    ReportStatus,
    RequestStatus,
)


class DateRange(Func):
    """PostgreSQL's daterange(from, to, bounds)."""

    function = "daterange"
    output_field = DateRangeField()


class IdeaNoteQuerySet(models.QuerySet["ProjectIdeaNote"]):
    """Questions about idea notes."""

    def public(self) -> "IdeaNoteQuerySet":
        """What everybody may read: what a Joint Committee considers, and what it answered."""
        return self.filter(status__in=[IdeaNoteStatus.CONSIDERED, IdeaNoteStatus.NO_OBJECTION, IdeaNoteStatus.OBJECTED])


class ProjectIdeaNote(models.Model):
    """A planned project, shown to the committee before money is spent, and its answer (jcm.md 1.2)."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="idea_notes")
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("summary"), blank=True)
    technology = models.CharField(_("technology"), max_length=120, blank=True)
    location = models.CharField(_("location"), max_length=200, blank=True)
    # One organisation a line: nobody is bound by an idea yet.
    participants_japan = models.TextField(blank=True)
    participants_host = models.TextField(blank=True)
    expected_per_year = models.PositiveBigIntegerField(_("expected reductions, tCO2eq a year"), null=True)
    contribution = models.TextField(_("contribution"), blank=True)
    proponent = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="idea_notes")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, related_name="idea_note")
    status = models.CharField(
        _("status"), max_length=16, choices=IdeaNoteStatus.choices, default=IdeaNoteStatus.SUBMITTED
    )
    status_reason = models.TextField(blank=True)
    decided_on = models.DateField(_("decided on"), null=True)
    decision_number = models.CharField(max_length=40, blank=True)
    source = source_field()
    submitted_on = models.DateField(null=True)

    objects: ClassVar[IdeaNoteQuerySet] = IdeaNoteQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=[IdeaNoteStatus.NO_OBJECTION, IdeaNoteStatus.OBJECTED])
                | Q(decided_on__isnull=False, decision_number__gt="")
                | Q(source=Source.PUBLIC_RECORD),
                name="projects_idea_note_answer_has_decision",
            ),
            LegalMoves(name="projects_projectideanote_legal_moves", field="status", edges=IDEA_NOTE.edges()),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("projects:idea-note", args=[self.number])


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


class MonitoringReport(models.Model):
    """What was measured in one period, and the reductions that follow."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="reports")
    period_start = models.DateField(_("first day"))
    period_end = models.DateField(_("last day"))
    status = models.CharField(_("status"), max_length=16, choices=ReportStatus.choices, default=ReportStatus.DRAFT)
    status_reason = models.TextField(blank=True)
    source = source_field()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["project", "period_start"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")), name="projects_period_ends_after_start"
            ),
            ExclusionConstraint(
                name="projects_periods_do_not_overlap",
                expressions=[
                    ("project", RangeOperators.EQUAL),
                    (DateRange("period_start", "period_end", Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
            LegalMoves(name="projects_monitoringreport_legal_moves", field="status", edges=REPORT.edges()),
        ]

    def __str__(self) -> str:
        return f"{self.project.number} {self.period_start} – {self.period_end}"

    def get_absolute_url(self) -> str:
        return reverse("projects:report", args=[self.project.number, self.pk])


class MeterReading(models.Model):
    """One month of one meter, in the unit of its parameter."""

    keeps_changes = False  # measurements come by the thousand; a report's events tell of each upload

    report = models.ForeignKey(MonitoringReport, on_delete=models.CASCADE, related_name="readings")
    meter = models.CharField(_("meter"), max_length=60)
    symbol = models.CharField(_("parameter"), max_length=31)
    month = models.DateField(_("month"))
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6)

    class Meta:
        ordering = ["symbol", "meter", "month"]
        constraints = [
            models.UniqueConstraint(fields=["report", "symbol", "meter", "month"], name="projects_reading_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="projects_reading_names_month"),
            models.CheckConstraint(condition=Q(value__gte=0), name="projects_reading_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.meter} {self.symbol} {self.month:%Y-%m}"


class YearlyResult(models.Model):
    """Reductions of one calendar year: whole tonnes, rounded down once; emissions shown to six places."""

    keeps_changes = False  # follows from the readings

    report = models.ForeignKey(MonitoringReport, on_delete=models.CASCADE, related_name="results")
    year = models.PositiveSmallIntegerField(_("year"))
    reference = models.DecimalField(_("reference emissions, tCO2eq"), max_digits=24, decimal_places=6)
    project = models.DecimalField(_("project emissions, tCO2eq"), max_digits=24, decimal_places=6)
    reductions = models.PositiveBigIntegerField(_("emission reductions, tCO2eq"))
    negative = models.BooleanField(default=False)

    class Meta:
        ordering = ["year"]
        constraints = [models.UniqueConstraint(fields=["report", "year"], name="projects_one_result_per_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.reductions} t"


class Verification(models.Model):
    """A third-party entity confirms the reductions of a report, year by year."""

    report = models.OneToOneField(MonitoringReport, on_delete=models.PROTECT, related_name="verification")
    designation = models.ForeignKey(Designation, on_delete=models.PROTECT, related_name="verifications")
    statement = models.TextField(_("statement"))
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.report} – {self.designation}"


class IssuanceRequest(models.Model):
    """The participants ask the committee to have the verified reductions issued, and say into which accounts."""

    report = models.ForeignKey(MonitoringReport, on_delete=models.PROTECT, related_name="issuance_requests")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, related_name="issuance_request")
    status = models.CharField(
        _("status"), max_length=16, choices=RequestStatus.choices, default=RequestStatus.SUBMITTED
    )
    status_reason = models.TextField(blank=True)
    decided_on = models.DateField(_("decided on"), null=True)
    decision_number = models.CharField(max_length=40, blank=True)
    source = source_field()
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        ordering = ["-submitted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"],
                condition=~Q(status__in=[RequestStatus.WITHDRAWN, RequestStatus.DENIED]),
                name="projects_one_open_request_per_report",
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.DECIDED) | Q(decided_on__isnull=False, decision_number__gt=""),
                name="projects_decided_request_has_decision",
            ),
            LegalMoves(name="projects_issuancerequest_legal_moves", field="status", edges=ISSUANCE_REQUEST.edges()),
        ]

    def __str__(self) -> str:
        return f"{self.report}"

    @property
    def reference(self) -> str:
        """What the participants quote when they ask about the request."""
        return f"{self.report.project.number}-R{self.pk:04d}"

    def get_absolute_url(self) -> str:
        return reverse("projects:issuance-request", args=[self.report.project.number, self.pk])


class Allocation(models.Model):
    """Whole tonnes of one vintage for one account of one Party's registry."""

    request = models.ForeignKey(IssuanceRequest, on_delete=models.CASCADE, related_name="allocations")
    vintage = models.PositiveSmallIntegerField(_("vintage"))
    party = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+", verbose_name=_("side"))
    account_number = models.CharField(_("account"), max_length=24)
    quantity = models.PositiveBigIntegerField(_("quantity, tCO2eq"))

    class Meta:
        ordering = ["vintage", "party", "account_number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "vintage", "account_number"], name="projects_allocation_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="projects_allocation_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.vintage} {self.account_number}: {self.quantity}"
