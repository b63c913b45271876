"""What a Joint Committee adopts for its partnership: rule documents in sets, and special measures."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.constraints import LegalMoves
from core.models import Document, User, source_field
from parties.models.cases import Case
from parties.models.countries import Partnership
from parties.workflow import PROPOSAL, RULE_SET, ProposalStatus, RuleSetStatus


class RuleSet(models.Model):
    """Documents that the secretariat proposes together and the committee adopts as one item."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="rule_sets")
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("what changes and why"), blank=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, related_name="rule_set")
    status = models.CharField(_("status"), max_length=16, choices=RuleSetStatus.choices, default=RuleSetStatus.DRAFT)
    status_reason = models.TextField(blank=True)
    decided_on = models.DateField(_("decided on"), null=True)
    decision_number = models.CharField(max_length=40, blank=True)
    source = source_field()
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()

    class Meta:
        ordering = ["-drafted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=RuleSetStatus.ADOPTED) | Q(decided_on__isnull=False, decision_number__gt=""),
                name="parties_adopted_rules_have_decision",
            ),
            LegalMoves(name="parties_ruleset_legal_moves", field="status", edges=RULE_SET.edges()),
        ]

    def __str__(self) -> str:
        return f"{self.partnership.code}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("parties:rule-set", args=[self.pk])


class RuleDocument(models.Model):
    """One version of a document such as JCM_MN_PCP_ver06.0 (jcm.md 2.5). It counts once its set is adopted."""

    class Kind(models.TextChoices):
        """What sort of document it is."""

        BILATERAL = "bilateral_document", _("Bilateral document")
        RULES = "rules", _("Rules")
        PROCEDURE = "procedure", _("Procedure")
        GUIDELINE = "guideline", _("Guideline")
        FORM = "form", pgettext_lazy("document", "Form")

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="documents")
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="rule_documents")
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    code = models.CharField(_("code"), max_length=40)
    version = models.CharField(_("version"), max_length=8)
    title = models.CharField(_("title"), max_length=300)
    effective_from = models.DateField(_("in force from"), null=True)
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(_("text"), blank=True)

    class Meta:
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "code"], name="parties_one_version_a_set"),
            models.CheckConstraint(condition=Q(version__regex=r"^[0-9]{2}\.[0-9]$"), name="parties_rule_version_form"),
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Za-z][A-Za-z0-9_]*$"), name="parties_rule_code_form"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    @property
    def label(self) -> str:
        """The name under which it is published."""
        return f"JCM_{self.partnership.code}_{self.code}_ver{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("parties:rule-document", args=[self.partnership.host.slug, self.code])


class SpecialMeasure(models.Model):
    """A departure from the rules for some time, for example for on-site visits; extended by a later decision."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="special_measures")
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    extends = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="extensions")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, related_name="special_measure")
    status = models.CharField(
        _("status"), max_length=16, choices=ProposalStatus.choices, default=ProposalStatus.PROPOSED
    )
    status_reason = models.TextField(blank=True)
    decided_on = models.DateField(_("decided on"), null=True)
    decision_number = models.CharField(max_length=40, blank=True)
    source = source_field()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="parties_special_measure_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(status=ProposalStatus.ADOPTED) | Q(decided_on__isnull=False, decision_number__gt=""),
                name="parties_adopted_special_measure_has_decision",
            ),
            LegalMoves(name="parties_specialmeasure_legal_moves", field="status", edges=PROPOSAL.edges()),
        ]

    def __str__(self) -> str:
        return f"{self.partnership.code}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("parties:special-measure", args=[self.pk])

    def is_valid_on(self, day: date) -> bool:
        """Whether it applies on this day."""
        return self.status == ProposalStatus.ADOPTED and self.valid_from <= day <= self.valid_until
