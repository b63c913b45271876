"""Project idea notes (jcm.md 1.2)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import Document, Source, source_field
from parties.models import Case, Organisation, Partnership
from projects.workflow import (
    IDEA_NOTE,
    IdeaNoteStatus,
)


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
