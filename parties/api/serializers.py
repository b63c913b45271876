"""What the interface says about countries, partnerships and third-party entities."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.relations import SlugRelatedField

from core.api.serializers import HEAD, RecordSerializer
from parties.models import Country, Designation, Partnership, RulePack, SectoralScope
from parties.models.packs import SETTINGS
from parties.selectors import pack_in_force


class CountrySerializer(RecordSerializer[Country]):
    """A Party. Japan has no partnership of its own: it is a Party of all."""

    kind = "country"
    url = serializers.HyperlinkedIdentityField(view_name="api:country-detail", lookup_field="iso2")
    partnership = serializers.SerializerMethodField()

    class Meta:
        model = Country
        fields = [*HEAD, "iso2", "iso3", "slug", "name_en", "name_ja", "time_zone", "partnership"]

    def page_of(self, row: Country) -> str:
        return reverse("parties:country", args=[row.slug]) if hasattr(row, "partnership") else reverse("home")

    def get_partnership(self, row: Country) -> str | None:
        """Return the address of the country's partnership with Japan."""
        if not hasattr(row, "partnership"):
            return None
        return self.absolute(reverse("api:partnership-detail", args=[row.iso2]))


class RulePackSerializer(serializers.ModelSerializer[RulePack]):
    """The deadlines and practices of a partnership; days are calendar days."""

    class Meta:
        model = RulePack
        fields = ["number", "effective_from", "decision_number", *SETTINGS]


class PartnershipSerializer(RecordSerializer[Partnership]):
    """A bilateral document, with the rule pack under which a case submitted today would start."""

    kind = "partnership"
    url = serializers.HyperlinkedIdentityField(view_name="api:partnership-detail", lookup_field="code")
    code = serializers.CharField(read_only=True)
    host: "SlugRelatedField[Country]" = SlugRelatedField(slug_field="iso2", read_only=True)
    acquirer: "SlugRelatedField[Country]" = SlugRelatedField(slug_field="iso2", read_only=True)

    rule_pack = serializers.SerializerMethodField()

    class Meta:
        model = Partnership
        fields = [
            *HEAD,
            "code",
            "host",
            "acquirer",
            "signed_on",
            "rule_pack",
            "split_after",
            "authorization_from_vintage",
            "earliest_operation",
        ]

    def page_of(self, row: Partnership) -> str:
        return reverse("parties:country", args=[row.host.slug])

    @extend_schema_field(RulePackSerializer)
    def get_rule_pack(self, row: Partnership) -> dict[str, Any]:
        """Return the settings in force."""
        return RulePackSerializer(pack_in_force(row, timezone.now().date())).data


class DesignationSerializer(RecordSerializer[Designation]):
    """A third-party entity as one Joint Committee designated it; scopes are numbers of sectoral scopes."""

    kind = "tpe"
    url = serializers.HyperlinkedIdentityField(view_name="api:tpe-detail", lookup_field="number")
    name = serializers.CharField(source="organisation.name", read_only=True)
    country = serializers.CharField(source="partnership.host.iso2", read_only=True)
    scopes_validation: "SlugRelatedField[SectoralScope]" = SlugRelatedField(
        slug_field="number", many=True, read_only=True
    )
    scopes_verification: "SlugRelatedField[SectoralScope]" = SlugRelatedField(
        slug_field="number", many=True, read_only=True
    )

    class Meta:
        model = Designation
        fields = [
            *HEAD,
            "number",
            "name",
            "country",
            "scopes_validation",
            "scopes_verification",
            "designated_on",
            "valid_until",
            "status",
            "source",
        ]

    def page_of(self, row: Designation) -> str:
        return reverse("parties:tpe", args=[row.number])
