"""Requests for issuance and the amounts asked for (jcm.md 1.9)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import User, source_field
from parties.models import Case, Country
from projects.models.monitoring import MonitoringReport
from projects.workflow import (
    ISSUANCE_REQUEST,
    RequestStatus,
)


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
