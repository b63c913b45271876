"""What the interface says about decisions."""

from rest_framework import serializers

from committee.models import Decision, DecisionItem
from core.api.serializers import HEAD, RecordSerializer


class DecisionItemSerializer(serializers.ModelSerializer[DecisionItem]):
    """One matter that was decided, with the number of the record that it is about."""

    project = serializers.CharField(source="project.number", read_only=True, allow_null=True, default=None)
    methodology = serializers.CharField(
        source="methodology_version.label", read_only=True, allow_null=True, default=None
    )
    tpe = serializers.SerializerMethodField()
    idea_note = serializers.CharField(source="idea_note.number", read_only=True, allow_null=True, default=None)

    class Meta:
        model = DecisionItem
        fields = ["kind", "subject", "project", "methodology", "tpe", "idea_note"]

    def get_tpe(self, item: DecisionItem) -> str | None:
        """Return the number of the designation that is decided about, or that came about."""
        return item.entity.number if item.entity else None


class DecisionSerializer(RecordSerializer[Decision]):
    """An adopted decision of a Joint Committee; it may bundle several items."""

    kind = "decision"
    url = serializers.HyperlinkedIdentityField(view_name="api:decision-detail")
    country = serializers.CharField(source="partnership.host.iso2", read_only=True)
    items = DecisionItemSerializer(many=True, read_only=True)
    supersedes = serializers.CharField(source="supersedes.number", read_only=True, allow_null=True, default=None)
    superseded = serializers.BooleanField(read_only=True)

    class Meta:
        model = Decision
        fields = [
            *HEAD,
            "number",
            "country",
            "adopted_on",
            "mode",
            "meeting",
            "text",
            "items",
            "supersedes",
            "superseded",
            "source",
            "incomplete",
            "updated_at",
        ]
