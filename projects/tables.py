"""The lists of projects and idea notes: what their rows need, how they sort, and what their downloads hold."""

from django.db.models import Prefetch, QuerySet, Value
from django.db.models.functions import NullIf

from core.lists import Column, Listing
from methodologies.models import MethodologyVersion
from projects.models import Project, ProjectIdeaNote, ProjectParticipant


def _participants(project: Project, host: bool) -> list[str]:  # noqa: FBT001 (one of two sides)
    side = project.partnership.host_id
    return [part.organisation.name for part in project.participants.all() if (part.party_id == side) is host]


PROJECTS = Listing(
    name="projects",
    template="projects/list.html",
    order="number",
    sorts={
        "number": "number",
        "title": "title",
        "country": "partnership__host__name_en",
        "status": "status",
        "registered": "registered_on",
        "estimate": "estimated_per_year",
    },
    columns=(
        Column("number", lambda row: row.number),
        Column("title", lambda row: row.title),
        Column("country", lambda row: row.partnership.host.iso2),
        Column("status", lambda row: row.status),
        Column("registered_on", lambda row: row.registered_on),
        Column("decision_number", lambda row: row.decision_number),
        Column("methodologies", lambda row: [version.label for version in row.methodologies.all()]),
        Column("participants_japan", lambda row: _participants(row, host=False)),
        Column("participants_host", lambda row: _participants(row, host=True)),
        Column("technology", lambda row: row.technology),
        Column("location", lambda row: row.location),
        Column("latitude", lambda row: row.latitude),
        Column("longitude", lambda row: row.longitude),
        Column("operation_start", lambda row: row.operation_start),
        Column("estimated_tco2e_per_year", lambda row: row.estimated_per_year),
        Column("source", lambda row: row.source),
        Column("incomplete", lambda row: row.incomplete),
    ),
)


def project_rows() -> QuerySet[Project]:
    """Return every public project with what its row shows."""
    versions = MethodologyVersion.objects.public().select_related("methodology")
    participants = ProjectParticipant.objects.select_related("organisation__country", "party").order_by("pk")
    return (
        Project.objects.public()
        .select_related("partnership__host", "partnership__acquirer")
        .prefetch_related(Prefetch("methodologies", versions), Prefetch("participants", participants))
    )


IDEA_NOTES = Listing(
    name="idea-notes",
    template="projects/idea_notes.html",
    order="number",
    sorts={
        "number": "number",
        "title": NullIf("title", Value("")),
        "country": "partnership__host__name_en",
        "status": "status",
        "decided": "decided_on",
    },
    columns=(
        Column("number", lambda row: row.number),
        Column("title", lambda row: row.title),
        Column("country", lambda row: row.partnership.host.iso2),
        Column("status", lambda row: row.status),
        Column("technology", lambda row: row.technology),
        Column("location", lambda row: row.location),
        Column("participants_japan", lambda row: row.participants_japan.splitlines()),
        Column("participants_host", lambda row: row.participants_host.splitlines()),
        Column("expected_per_year", lambda row: row.expected_per_year),
        Column("decided_on", lambda row: row.decided_on),
        Column("decision_number", lambda row: row.decision_number),
        Column("source", lambda row: row.source),
    ),
)


def idea_note_rows() -> QuerySet[ProjectIdeaNote]:
    """Return every public idea note with what its row shows."""
    return ProjectIdeaNote.objects.public().select_related("partnership__host")
