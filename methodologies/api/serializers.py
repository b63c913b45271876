"""What the interface says about methodologies."""

from rest_framework import serializers
from rest_framework.relations import SlugRelatedField

from core.api.serializers import HEAD, RecordSerializer
from methodologies.models import MethodologyVersion
from methodologies.sections import TEXTS
from parties.models import SectoralScope


class MethodologySerializer(RecordSerializer[MethodologyVersion]):
    """One version of a methodology, approved or proposed, with the texts of its sections.

    `sectoral_scope` is the number of the scope, `revises` the version that this one should supersede. A version is
    valid from `approved_on` until `ended_on`, when it was superseded or withdrawn.
    """

    kind = "methodology"
    url = serializers.HyperlinkedIdentityField(view_name="api:methodology-detail")
    number = serializers.CharField(source="methodology.number", read_only=True, allow_null=True)
    country = serializers.CharField(source="methodology.partnership.host.iso2", read_only=True)
    sectoral_scope: "SlugRelatedField[SectoralScope]" = SlugRelatedField(
        slug_field="number", read_only=True, allow_null=True
    )

    revises = serializers.CharField(source="revises.version", read_only=True, allow_null=True, default=None)

    class Meta:
        model = MethodologyVersion
        fields = [
            *HEAD,
            "number",
            "version",
            "title",
            "country",
            "sectoral_scope",
            *TEXTS,
            "status",
            "revises",
            "approved_on",
            "ended_on",
            "decision_number",
            "proposed_number",
            "proponent_name",
            "public_inputs_from",
            "public_inputs_until",
            "source",
            "incomplete",
            "updated_at",
        ]
