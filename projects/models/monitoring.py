"""Monitoring reports, their readings and results, and verification (jcm.md 1.8)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import User, source_field
from parties.models import Designation
from parties.models.entities import DateRange
from projects.models.project import Project
from projects.workflow import (
    REPORT,
    ReportStatus,
)


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
    # One of each dimension that the parameter is over, in the definition's order; none where it is over nothing.
    members = ArrayField(models.CharField(max_length=60), verbose_name=_("of"), default=list)
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
