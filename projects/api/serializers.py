"""What the interface says about projects, idea notes and readings."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from rest_framework import serializers

from core.api.serializers import HEAD, RecordSerializer
from methodologies.models import MethodologyVersion
from projects.models import MeterReading, Project, ProjectIdeaNote, ProjectParticipant


class AppliedMethodologySerializer(serializers.ModelSerializer[MethodologyVersion]):
    """A methodology that the project applies."""

    url = serializers.HyperlinkedIdentityField(view_name="api:methodology-detail")
    number = serializers.CharField(source="methodology.number", read_only=True, allow_null=True)

    class Meta:
        model = MethodologyVersion
        fields = ["url", "number", "version"]


class ParticipantSerializer(serializers.ModelSerializer[ProjectParticipant]):
    """An organisation that takes part, and for which side."""

    name = serializers.CharField(source="organisation.name", read_only=True)
    side = serializers.CharField(source="party.iso2", read_only=True)

    class Meta:
        model = ProjectParticipant
        fields = ["name", "side", "focal_point"]


class ProjectSerializer(RecordSerializer[Project]):
    """A project; `estimated_per_year` is in tCO2eq, coordinates are degrees as decimal text."""

    kind = "project"
    url = serializers.HyperlinkedIdentityField(view_name="api:project-detail", lookup_field="number")
    country = serializers.CharField(source="partnership.host.iso2", read_only=True)
    methodologies = AppliedMethodologySerializer(many=True, read_only=True)
    participants = ParticipantSerializer(many=True, read_only=True)

    class Meta:
        model = Project
        fields = [
            *HEAD,
            "number",
            "title",
            "country",
            "status",
            "description",
            "technology",
            "methodologies",
            "participants",
            "location",
            "latitude",
            "longitude",
            "operation_start",
            "lifetime_years",
            "estimated_per_year",
            "submitted_on",
            "registered_on",
            "decision_number",
            "source",
            "incomplete",
            "updated_at",
        ]


class IdeaNoteSerializer(RecordSerializer[ProjectIdeaNote]):
    """A planned project and the committee's answer; `expected_per_year` is in tCO2eq."""

    kind = "idea_note"
    url = serializers.HyperlinkedIdentityField(view_name="api:idea-note-detail", lookup_field="number")
    country = serializers.CharField(source="partnership.host.iso2", read_only=True)

    class Meta:
        model = ProjectIdeaNote
        fields = [
            *HEAD,
            "number",
            "title",
            "country",
            "status",
            "summary",
            "technology",
            "location",
            "expected_per_year",
            "submitted_on",
            "decided_on",
            "decision_number",
            "source",
        ]


class ReadingSerializer(RecordSerializer[MeterReading]):
    """One month of one meter, as a verified report has it; `value` is a decimal as text, in `unit`."""

    kind = "reading"
    url = serializers.HyperlinkedIdentityField(view_name="api:reading-detail")
    project = serializers.HyperlinkedRelatedField[Project](
        source="report.project", view_name="api:project-detail", lookup_field="number", read_only=True
    )
    report = serializers.IntegerField(source="report_id", read_only=True)
    parameter = serializers.CharField(source="symbol", read_only=True)
    month = serializers.DateField(format="%Y-%m", read_only=True)
    value = serializers.CharField(source="amount", read_only=True)
    unit = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = MeterReading
        fields = [*HEAD, "project", "report", "meter", "parameter", "month", "value", "unit"]

    def page_of(self, row: Any) -> str:
        """Return the path of the list of its meter."""
        months = reverse("projects:report-months", args=[row.report.project.number, row.report_id])
        return f"{months}?{urlencode({'parameter': row.symbol, 'meter': row.meter})}"
