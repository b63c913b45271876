"""The lists of projects, idea notes and readings: what rows need, how they sort, what downloads hold."""

from django.db.models import CharField, DecimalField, F, Func, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import NullIf

from core.lists import Column, Listing, Sorting
from methodologies.models import MethodologyVersion
from projects.models import MeterReading, Project, ProjectIdeaNote, ProjectParticipant
from projects.workflow import ReportStatus


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


READINGS = Listing(
    name="readings",
    template="projects/months.html",
    order="recorded",
    sorts={"recorded": "pk", "parameter": "symbol", "meter": "meter", "month": "month", "value": "value"},
    columns=(
        Column("project", lambda row: row.report.project.number),
        Column("report", lambda row: row.report_id),
        Column("meter", lambda row: row.meter),
        Column("parameter", lambda row: row.symbol),
        Column("month", lambda row: f"{row.month:%Y-%m}"),
        Column("value", lambda row: row.amount),
        Column("unit", lambda row: row.unit),
    ),
)
# All reports together have many readings: only what has an index puts them in order.
ALL_READINGS = Sorting(order="recorded", sorts={"recorded": "pk"})


def reading_rows() -> QuerySet[MeterReading]:
    """Return the readings of every report: `amount` without idle zeros, and the unit that the methodology gives."""
    unit = Func(
        F("definition"),
        Func(template="'$.parameters[*] ? (@.symbol == $symbol).unit'::jsonpath"),
        Func(OuterRef("symbol"), template="jsonb_build_object('symbol', %(expressions)s)"),
        template="(jsonb_path_query_first(%(expressions)s) #>> '{}')",
        output_field=CharField(),
    )
    applied = MethodologyVersion.objects.filter(projects=OuterRef("report__project")).annotate(unit_of=unit)
    return MeterReading.objects.select_related("report__project").annotate(
        amount=Func("value", function="trim_scale", output_field=DecimalField()),
        unit=Subquery(applied.filter(unit_of__isnull=False).values("unit_of")[:1]),
    )


def public_reading_rows() -> QuerySet[MeterReading]:
    """Return the readings of the verified reports."""
    return reading_rows().filter(report__status=ReportStatus.VERIFIED)
