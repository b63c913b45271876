"""Methodologies and their versions."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import Document, Source, User, source_field
from methodologies.sections import TEXTS
from methodologies.workflow import METHODOLOGY, ONCE_APPROVED, Status
from parties.models import Case, Organisation, Partnership, SectoralScope
from parties.workflow import PROPOSAL, ProposalStatus


class Methodology(models.Model):
    """A family of versions that share one approved number such as VN_AM007."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="methodologies")
    number = models.CharField(_("number"), max_length=20, null=True, unique=True)
    source = source_field()

    class Meta:
        ordering = ["number"]
        verbose_name_plural = "methodologies"

    def __str__(self) -> str:
        return self.number or str(_("Proposed methodology"))


class MethodologyVersionQuerySet(models.QuerySet["MethodologyVersion"]):
    """Questions about versions."""

    def approved(self) -> "MethodologyVersionQuerySet":
        """Versions that a Joint Committee approved, valid or not any more."""
        return self.filter(status__in=ONCE_APPROVED)

    def valid(self) -> "MethodologyVersionQuerySet":
        """Versions that are valid today."""
        return self.filter(status=Status.APPROVED)

    def public(self) -> "MethodologyVersionQuerySet":
        """What everybody may read: what is open for comments, what a Joint Committee considers, and what it decided."""
        return self.filter(status__in=[Status.PUBLIC_INPUTS, Status.CONSIDERED, Status.DENIED, *ONCE_APPROVED])


def _text(column: str) -> "models.TextField[str, str]":
    return models.TextField(TEXTS[column].label, blank=True)


class MethodologyVersion(models.Model):
    """One version of a way to measure reductions: text, and a definition that computes."""

    methodology = models.ForeignKey(Methodology, on_delete=models.PROTECT, related_name="versions")
    revises = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("revises")
    )
    version = models.CharField(_("version"), max_length=8, default="1.0")
    title = models.CharField(_("title"), max_length=300, blank=True)
    sectoral_scope = models.ForeignKey(
        SectoralScope, on_delete=models.PROTECT, null=True, verbose_name=_("sectoral scope")
    )
    # The texts of the sections B to I; what the definition says is not asked for twice (methodologies/sections.py).
    terms = _text("terms")
    summary = _text("summary")
    summary_reference = _text("summary_reference")
    summary_project = _text("summary_project")
    eligibility = _text("eligibility")
    sources = _text("sources")
    establishment = _text("establishment")
    reference_notes = _text("reference_notes")
    project_notes = _text("project_notes")
    fixed_sources = _text("fixed_sources")
    definition = models.JSONField(_("definition"), null=True)
    proposed_number = models.CharField(_("proposed methodology number"), max_length=20, blank=True)
    proponent_name = models.CharField(_("proponent"), max_length=300, blank=True)
    proponent = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    # The Joint Committee itself proposes; its secretariat writes.
    by_committee = models.BooleanField(default=False)
    # The monitoring spreadsheet.
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("monitoring spreadsheet")
    )
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, related_name="methodology_version")
    public_inputs_from = models.DateField(null=True)
    public_inputs_until = models.DateField(null=True)
    status = models.CharField(_("status"), max_length=16, choices=Status.choices, default=Status.DRAFT)
    status_reason = models.TextField(blank=True)
    approved_on = models.DateField(_("approved on"), null=True)
    # The day on which it was superseded or withdrawn; it was still valid on that day.
    ended_on = models.DateField(_("valid until"), null=True)
    decision_number = models.CharField(max_length=40, blank=True)
    source = source_field()
    incomplete = models.BooleanField(_("incomplete record"), default=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[MethodologyVersionQuerySet] = MethodologyVersionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["methodology__number", "version"]
        constraints = [
            models.UniqueConstraint(fields=["methodology", "version"], name="methodologies_version_once"),
            models.CheckConstraint(
                condition=~Q(status__in=ONCE_APPROVED)
                | Q(approved_on__isnull=False, decision_number__gt="")
                | Q(source=Source.PUBLIC_RECORD),
                name="methodologies_approved_has_decision",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.SUPERSEDED, Status.REVOKED])
                | Q(ended_on__isnull=False)
                | Q(source=Source.PUBLIC_RECORD),
                name="methodologies_end_has_day",
            ),
            models.CheckConstraint(
                condition=Q(by_committee=False) | Q(proponent=None), name="methodologies_one_proponent"
            ),
            models.CheckConstraint(condition=Q(version__regex=r"^\d+\.\d+$"), name="methodologies_version_form"),
            LegalMoves(name="methodologies_methodologyversion_legal_moves", field="status", edges=METHODOLOGY.edges()),
        ]
        indexes = [GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="methodologies_title_search")]

    def __str__(self) -> str:
        return f"{self.label} {self.title}".strip()

    @property
    def label(self) -> str:
        """The number and version, or the proposal's number while there is no other."""
        if self.methodology.number:
            return f"{self.methodology.number} ver{self.version}"
        return self.proposed_number or str(_("Draft"))

    @property
    def was_approved(self) -> bool:
        """Whether the Joint Committee approved it, be it no longer valid."""
        return self.status in ONCE_APPROVED

    def get_absolute_url(self) -> str:
        if self.was_approved and self.methodology.number:
            return reverse("methodologies:detail", args=[self.methodology.number, self.version])
        return reverse("methodologies:case", args=[self.pk])


class MethodologyWithdrawal(models.Model):
    """The secretariat proposes that the Joint Committee withdraws an approved version."""

    version = models.ForeignKey(MethodologyVersion, on_delete=models.PROTECT, related_name="withdrawals")
    reason = models.TextField(_("reason"))
    status = models.CharField(
        _("status"), max_length=16, choices=ProposalStatus.choices, default=ProposalStatus.PROPOSED
    )
    status_reason = models.TextField(blank=True)
    decided_on = models.DateField(_("decided on"), null=True)
    decision_number = models.CharField(max_length=40, blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(reason__gt=""), name="methodologies_withdrawal_has_reason"),
            models.CheckConstraint(
                condition=~Q(status=ProposalStatus.ADOPTED) | Q(decided_on__isnull=False, decision_number__gt=""),
                name="methodologies_adopted_withdrawal_has_decision",
            ),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(status=ProposalStatus.PROPOSED),
                name="methodologies_one_open_withdrawal",
            ),
            LegalMoves(name="methodologies_methodologywithdrawal_legal_moves", field="status", edges=PROPOSAL.edges()),
        ]

    def __str__(self) -> str:
        return str(self.version)

    def get_absolute_url(self) -> str:
        return f"{self.version.get_absolute_url()}#withdrawal"
