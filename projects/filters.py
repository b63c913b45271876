"""What the lists of projects, idea notes and readings can be asked."""

from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.filters import RecordFilter, day_filter, source_filter
from core.search import words
from methodologies.models import MethodologyVersion
from parties.filters import country_filter, scope_filter
from parties.models import SectoralScope
from projects.models import MeterReading, Project, ProjectIdeaNote, ProjectParticipant
from projects.search import search
from projects.workflow import IdeaNoteStatus, ProjectStatus

PUBLIC_STATES = [choice for choice in ProjectStatus.choices if choice[0] != ProjectStatus.DRAFT]


class ProjectFilter(RecordFilter):
    """Projects, by words, country, status, scope, methodology and day of registration."""

    q = filters.CharFilter(label=_("Title, number or participant"), method="search")
    country = country_filter()
    status = filters.ChoiceFilter(label=_("Status"), choices=PUBLIC_STATES, empty_label=_("All"))
    scope = scope_filter("methodologies__sectoral_scope", "in_scope")
    methodology = filters.CharFilter(label=_("Methodology number"), method="by_methodology")
    participant = filters.CharFilter(label=_("Participant"), method="by_participant")
    registered_from = day_filter(_("Registered from"), "registered_on", "gte")
    registered_until = day_filter(_("Registered until"), "registered_on", "lte")
    source = source_filter()

    class Meta:
        model = Project
        fields: list[str] = []

    def search(self, projects: QuerySet[Project], _name: str, text: str) -> QuerySet[Project]:
        """Keep the projects in which each word is found."""
        return search(projects, text)

    def by_participant(self, projects: QuerySet[Project], _name: str, name: str) -> QuerySet[Project]:
        """Keep the projects of this participant, named in full."""
        return projects.filter(
            Exists(ProjectParticipant.objects.filter(project=OuterRef("pk"), organisation__name=name))
        )

    def in_scope(self, projects: QuerySet[Project], _name: str, scope: SectoralScope) -> QuerySet[Project]:
        """Keep the projects that apply a methodology of this sectoral scope."""
        return projects.filter(Exists(_applied().filter(sectoral_scope=scope)))

    def by_methodology(self, projects: QuerySet[Project], _name: str, number: str) -> QuerySet[Project]:
        """Keep the projects that apply this methodology, whichever version."""
        return projects.filter(Exists(_applied().filter(methodology__number__iexact=number.strip())))


PUBLIC_IDEA_STATES = [
    (state, state.label) for state in (IdeaNoteStatus.CONSIDERED, IdeaNoteStatus.NO_OBJECTION, IdeaNoteStatus.OBJECTED)
]


class IdeaNoteFilter(RecordFilter):
    """Idea notes, by words, country, status and day of the answer."""

    q = filters.CharFilter(label=_("Title or number"), method="search")
    country = country_filter()
    status = filters.ChoiceFilter(label=_("Status"), choices=PUBLIC_IDEA_STATES, empty_label=_("All"))
    decided_from = day_filter(_("Decided from"), "decided_on", "gte")
    decided_until = day_filter(_("Decided until"), "decided_on", "lte")
    source = source_filter()

    class Meta:
        model = ProjectIdeaNote
        fields: list[str] = []

    def search(self, notes: QuerySet[ProjectIdeaNote], _name: str, text: str) -> QuerySet[ProjectIdeaNote]:
        """Keep the notes whose title or number holds each word."""
        for word in words(text):
            notes = notes.filter(Q(title__icontains=word) | Q(number__icontains=word))
        return notes


class ReadingFilter(RecordFilter):
    """Monthly readings, by project, report, parameter, meter and month."""

    project = filters.CharFilter(label=_("Project number"), field_name="report__project__number", lookup_expr="iexact")
    report = filters.NumberFilter(label=_("Monitoring report"), field_name="report", min_value=1, max_value=2**63 - 1)
    parameter = filters.CharFilter(label=_("Parameter"), field_name="symbol")
    meter = filters.CharFilter(label=_("Meter"))
    from_month = day_filter(_("From"), "month", "gte")
    until_month = day_filter(_("Until"), "month", "lte")

    class Meta:
        model = MeterReading
        fields: list[str] = []


class ReportReadingFilter(ReadingFilter):
    """The readings of one report; the parameters to choose from are those that it has."""

    project = report = None
    parameter = filters.ChoiceFilter(label=_("Parameter"), field_name="symbol", empty_label=_("All"))

    def __init__(self, *args: Any, symbols: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["parameter"].extra["choices"] = [(symbol, symbol) for symbol in symbols]


def _applied() -> QuerySet[MethodologyVersion]:
    return MethodologyVersion.objects.filter(projects=OuterRef("pk"))
