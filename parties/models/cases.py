"""Cases: whatever is submitted to a partnership, in one shape, with the log of its stages."""

from datetime import date, timedelta

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import AppendOnly, User, source_field
from parties.models.countries import Partnership
from parties.models.packs import ChecklistItem, RulePack
from parties.models.people import Organisation
from parties.workflow import CASE, OPEN_STAGES, CaseKind, Stage


class Case(models.Model):
    """One submission on its way to a decision. The record that it is about keeps its own workflow and points here.

    `rule_pack` is the pack of the day of the first submission and never changes. `due_at` is the end of the days of
    the present stage, by that pack; None where no rule sets days or while the clock stands still.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(_("kind"), max_length=32, choices=CaseKind.choices)
    number = models.CharField(_("number"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=400)
    url = models.CharField(max_length=200)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="cases", verbose_name=_("submitted for")
    )
    rule_pack = models.ForeignKey(RulePack, on_delete=models.PROTECT, related_name="cases")
    stage = models.CharField(_("stage"), max_length=16, choices=Stage.choices)
    stage_since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    is_public = models.BooleanField(default=False)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    source = source_field()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["number"]
        constraints = [LegalMoves(name="parties_case_legal_moves", field="stage", edges=CASE.edges())]
        indexes = [
            models.Index(fields=["partnership", "stage", "due_at"], name="parties_case_board"),
            models.Index(fields=["due_at"], condition=Q(stage__in=OPEN_STAGES), name="parties_case_due"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="parties_case_search"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()

    def get_absolute_url(self) -> str:
        return reverse("parties:case", args=[self.number])

    @property
    def due_on(self) -> date | None:
        """The last day of the present stage: the deadline is its end, 24:00 in the pack's zone."""
        return None if self.due_at is None else self.due_at.astimezone(self.rule_pack.zone).date() - timedelta(days=1)

    @property
    def is_open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.stage in OPEN_STAGES


class CaseStage(AppendOnly):
    """A case entered a stage, or its clock stopped or went on within one. It lasts until the next row of the case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="stages")
    stage = models.CharField(_("stage"), max_length=16, choices=Stage.choices)
    from_at = models.DateTimeField()
    counting = models.BooleanField(default=True)
    moved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    # Primary keys of the checklist's items that were not ticked when the case was returned.
    missing = models.JSONField(default=list)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["stage", "from_at"], name="parties_stage_times")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_stage_display()} {self.from_at:%Y-%m-%d}"


class CaseTick(models.Model):
    """The secretariat found one item of the checklist to be there."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ticks")
    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="+")
    ticked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ticked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "item"], name="parties_tick_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.item}"
