"""Decisions of Joint Committees, and the items that they decide."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from committee.workflow import DECISION, DecisionStatus
from core.constraints import LegalMoves
from core.models import Source, User, source_field
from methodologies.models import MethodologyVersion, MethodologyWithdrawal
from parties.models import (
    Designation,
    DesignationApplication,
    DesignationMeasure,
    Partnership,
    RulePack,
    RuleSet,
    SpecialMeasure,
)
from projects.models import IssuanceRequest, Project, ProjectIdeaNote


class Decision(models.Model):
    """One decision, electronic or taken in a meeting, that may bundle several items."""

    class Mode(models.TextChoices):
        """How it was taken. The public record does not always say."""

        ELECTRONIC = "electronic", _("Electronic decision")
        MEETING = "meeting", _("Meeting of the Joint Committee")
        UNKNOWN = "unknown", _("Mode not recorded")

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="decisions")
    number = models.CharField(_("number"), max_length=20, null=True, unique=True)
    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices, default=Mode.ELECTRONIC)
    meeting = models.CharField(_("meeting"), max_length=200, blank=True)
    taken_in = models.ForeignKey("committee.Meeting", on_delete=models.PROTECT, null=True, related_name="decisions")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(_("proposed decision"), blank=True)
    status = models.CharField(
        _("status"), max_length=16, choices=DecisionStatus.choices, default=DecisionStatus.PREPARED
    )
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recirculates = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="recirculations", verbose_name=_("recirculates")
    )
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="successors", verbose_name=_("supersedes")
    )
    opened_at = models.DateTimeField(_("opened"), null=True)
    closes_at = models.DateTimeField(_("closes"), null=True)
    adopted_on = models.DateField(_("adopted on"), null=True)
    source = source_field()
    record_key = models.CharField(max_length=64, null=True, unique=True)
    incomplete = models.BooleanField(_("incomplete record"), default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = [F("adopted_on").desc(nulls_first=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=DecisionStatus.ADOPTED) | Q(adopted_on__isnull=False),
                name="committee_adopted_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(status=DecisionStatus.OPEN)
                | Q(opened_at__isnull=False, closes_at__gt=F("opened_at"))
                | Q(opened_at__isnull=False, mode="meeting", taken_in__isnull=False),
                name="committee_open_has_deadline",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False) | Q(source=Source.PUBLIC_RECORD),
                name="committee_decision_has_number",
            ),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=Q(status=DecisionStatus.ADOPTED),
                name="committee_superseded_once",
            ),
            LegalMoves(name="committee_decision_legal_moves", field="status", edges=DECISION.edges()),
        ]
        indexes = [models.Index(fields=["status", "closes_at"], name="committee_ballots_due")]

    def __str__(self) -> str:
        return self.number or f"{self.partnership.code} {self.adopted_on}"

    def get_absolute_url(self) -> str:
        return reverse("committee:decision-detail", args=[self.pk])


class DecisionItem(models.Model):
    """One matter to decide. It waits on the agenda until a decision takes it up."""

    class Kind(models.TextChoices):
        """What is asked of the committee."""

        METHODOLOGY_APPROVAL = "methodology_approval", _("Approval of a methodology")
        METHODOLOGY_REVISION = "methodology_revision_approval", _("Approval of a revised methodology")
        METHODOLOGY_WITHDRAWAL = "methodology_withdrawal", _("Withdrawal of a methodology")
        PROJECT_REGISTRATION = "project_registration", _("Registration of a project")
        ISSUANCE = "issuance", _("Amount of credits to be issued")
        TPE_DESIGNATION = "tpe_designation", _("Designation of a third-party entity")
        TPE_MEASURE = "tpe_measure", _("Measure on a third-party entity")
        PIN_NO_OBJECTION = "pin_no_objection", _("No objection to a planned project")
        PIN_DECISION = "pin_decision", _("Decision on a planned project")
        RULES_ADOPTION = "rules_adoption", _("Adoption of rules")
        SPECIAL_MEASURE = "special_measure", _("Special measure")

    class Outcome(models.TextChoices):
        """What the decision says of the matter."""

        APPROVE = "approve", _("Approve")
        APPROVE_REVISED = "approve_with_revisions", _("Approve with revisions")
        DENY = "deny", _("Do not approve")

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="agenda")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="items")
    kind = models.CharField(_("kind"), max_length=40, choices=Kind.choices)
    subject = models.TextField(_("subject"))
    outcome = models.CharField(_("outcome"), max_length=24, choices=Outcome.choices, default=Outcome.APPROVE)
    methodology_version = models.ForeignKey(
        MethodologyVersion, on_delete=models.PROTECT, null=True, related_name="decision_items"
    )
    methodology_withdrawal = models.ForeignKey(
        MethodologyWithdrawal, on_delete=models.PROTECT, null=True, related_name="decision_items"
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, related_name="decision_items")
    issuance_request = models.ForeignKey(
        IssuanceRequest, on_delete=models.PROTECT, null=True, related_name="decision_items"
    )
    designation = models.ForeignKey(Designation, on_delete=models.PROTECT, null=True, related_name="decision_items")
    designation_application = models.ForeignKey(
        DesignationApplication, on_delete=models.PROTECT, null=True, related_name="decision_items"
    )
    designation_measure = models.ForeignKey(
        DesignationMeasure, on_delete=models.PROTECT, null=True, related_name="decision_items"
    )
    rule_pack = models.ForeignKey(RulePack, on_delete=models.PROTECT, null=True, related_name="decision_items")
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, null=True, related_name="decision_items")
    special_measure = models.ForeignKey(
        SpecialMeasure, on_delete=models.PROTECT, null=True, related_name="decision_items"
    )
    idea_note = models.ForeignKey(ProjectIdeaNote, on_delete=models.PROTECT, null=True, related_name="decision_items")
    waiting_since = models.DateTimeField(null=True)
    returned_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__isnull=False) | Q(waiting_since__isnull=False),
                name="committee_agenda_has_date",
            )
        ]
        indexes = [
            models.Index(fields=["partnership"], condition=Q(decision=None), name="committee_agenda_waiting"),
            GinIndex(fields=["subject"], opclasses=["gin_trgm_ops"], name="committee_item_search"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"

    @property
    def entity(self) -> Designation | None:
        """The designation that is decided about, or that came about by the decision."""
        if self.designation is None and self.designation_application is not None:
            return self.designation_application.designation
        return self.designation
