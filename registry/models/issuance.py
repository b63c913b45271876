"""What the Joint Committees notified: one leg for each government, with its amounts by vintage and account."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import AppendOnly, Source, User, source_field
from projects.models import IssuanceRequest, Project
from registry.models.accounts import Account, Registry
from registry.workflow import LEG, LegState


class IssuanceNotification(models.Model):
    """What a Joint Committee told both governments to issue for one project and period."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="notifications")
    shared_with = models.ManyToManyField(Project, related_name="+", blank=True)
    request = models.OneToOneField(IssuanceRequest, on_delete=models.PROTECT, null=True, related_name="notification")
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    decided_on = models.DateField(_("decided on"), null=True)
    decision_number = models.CharField(max_length=40, blank=True)
    signatory_acquirer = models.CharField(max_length=200, blank=True)
    signatory_host = models.CharField(max_length=200, blank=True)
    published_total = models.PositiveBigIntegerField(_("total as published, tCO2eq"), null=True)
    record_key = models.CharField(max_length=120, null=True, unique=True)
    note = models.TextField(blank=True)
    source = source_field()
    incomplete = models.BooleanField(_("incomplete record"), default=False)

    class Meta:
        ordering = [F("decided_on").desc(nulls_last=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source=Source.PUBLIC_RECORD)
                | Q(decided_on__isnull=False, period_start__isnull=False, period_end__isnull=False)
                & Q(decision_number__gt="", signatory_acquirer__gt="", signatory_host__gt="")
                & ~Q(signatory_acquirer=F("signatory_host")),
                name="registry_notification_has_decision_and_two_signatories",
            ),
            models.CheckConstraint(
                condition=Q(incomplete=False) | Q(source=Source.PUBLIC_RECORD),
                name="registry_only_a_public_record_is_incomplete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project.number} {self.period_start or ''}–{self.period_end or ''}"


class IssuanceLeg(models.Model):
    """One government's part of a notification. Its amounts never change once notified."""

    notification = models.ForeignKey(IssuanceNotification, on_delete=models.PROTECT, related_name="legs")
    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="legs")
    notified = models.PositiveBigIntegerField(_("notified, tCO2eq"))
    state = models.CharField(_("state"), max_length=24, choices=LegState.choices, default=LegState.NOTIFIED)
    issued_on = models.DateField(_("issued on"), null=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    source = source_field()
    incomplete = models.BooleanField(_("incomplete record"), default=False)

    class Meta:
        ordering = ["notification", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["notification", "registry"], name="registry_one_leg_per_party"),
            models.CheckConstraint(
                condition=Q(incomplete=False) | Q(source=Source.PUBLIC_RECORD),
                name="registry_only_a_public_leg_is_incomplete",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None, proposed_at=None)
                | Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="registry_leg_proposal_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="registry_leg_approval_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[LegState.APPROVED, LegState.ISSUED])
                | Q(source=Source.PUBLIC_RECORD)
                | Q(proposed_by__isnull=False, approved_by__isnull=False) & ~Q(proposed_by=F("approved_by")),
                name="registry_leg_approved_by_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=LegState.ISSUED) | Q(issued_on__isnull=False),
                name="registry_issued_leg_has_date",
            ),
            models.CheckConstraint(
                condition=Q(state=LegState.CLOSED, notified=0) | ~Q(state=LegState.CLOSED) & Q(notified__gt=0),
                name="registry_only_zero_leg_closes",
            ),
            LegalMoves(name="registry_issuanceleg_legal_moves", field="state", edges=LEG.edges()),
        ]
        indexes = [models.Index(fields=["registry", "state"], name="registry_leg_queue")]

    def __str__(self) -> str:
        return f"{self.notification} → {self.registry.party.iso2}"

    def get_absolute_url(self) -> str:
        return reverse("registry:leg", args=[self.pk])


class LegLine(AppendOnly):
    """Whole tonnes of one vintage for one account. `estimated` marks vintages apportioned by days."""

    leg = models.ForeignKey(IssuanceLeg, on_delete=models.PROTECT, related_name="lines")
    vintage = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveBigIntegerField()
    estimated = models.BooleanField(default=False)

    class Meta:
        ordering = ["vintage", "account"]
        constraints = [
            models.UniqueConstraint(fields=["leg", "vintage", "account"], name="registry_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="registry_line_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.vintage} {self.account}: {self.quantity}"
