"""What the interface says about credits and issuances. Holders are named by kind only."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.relations import SlugRelatedField
from rest_framework.reverse import reverse

from core.api.serializers import HEAD, RecordSerializer
from projects.models import Project
from registry import selectors
from registry.models import Account, CreditBlock, IssuanceLeg, IssuanceNotification
from registry.workflow import LegState


class CreditSerializer(RecordSerializer[CreditBlock]):
    """A block of credits with consecutive serial numbers; `quantity` in tCO2eq. Its address looks the serial up."""

    kind = "credit-block"
    url = serializers.HyperlinkedIdentityField(view_name="api:credit-detail", lookup_field="serial")
    serial = serializers.CharField(read_only=True)
    registry = serializers.CharField(source="series.registry.party.iso2", read_only=True)
    country = serializers.CharField(source="series.project.partnership.host.iso2", read_only=True)
    project = serializers.CharField(source="series.project.number", read_only=True)
    vintage = serializers.IntegerField(source="series.vintage", read_only=True)
    quantity = serializers.IntegerField(read_only=True)
    holder_kind = serializers.ChoiceField(source="account.kind", choices=Account.Kind.choices, read_only=True)
    issued_on = serializers.DateField(source="leg.issued_on", read_only=True)
    issuance = serializers.SerializerMethodField()
    source = serializers.CharField(source="leg.source", read_only=True)  # type: ignore[assignment]  # a field

    class Meta:
        model = CreditBlock
        fields = [
            *HEAD,
            "serial",
            "registry",
            "country",
            "project",
            "vintage",
            "first",
            "last",
            "quantity",
            "holder_kind",
            "issued_on",
            "issuance",
            "source",
        ]

    @extend_schema_field(OpenApiTypes.URI)
    def get_issuance(self, row: CreditBlock) -> str:
        """Return the address of the issuance that made the credits."""
        return str(reverse("api:issuance-detail", args=[row.leg.notification_id], request=self.context.get("request")))


class SerialLookupSerializer(serializers.Serializer[selectors.Lookup]):
    """What the registries know of a serial number: the blocks that hold its credits.

    `found` credits of the range exist; `missing` of its numbers were never issued.
    """

    type = serializers.SerializerMethodField()
    serial = serializers.CharField(source="asked")
    quantity = serializers.IntegerField(source="asked.quantity")
    found = serializers.IntegerField()
    missing = serializers.IntegerField()
    blocks = CreditSerializer(many=True)

    def get_type(self, _lookup: selectors.Lookup) -> str:
        """Return the kind of the answer."""
        return "serial-lookup"


class VintageSerializer(serializers.Serializer[selectors.LegVintage]):
    """Whole tonnes of one calendar year; `estimated` where the year was apportioned by days."""

    vintage = serializers.IntegerField()
    quantity = serializers.IntegerField()
    estimated = serializers.BooleanField()


class LegSerializer(serializers.ModelSerializer[IssuanceLeg]):
    """One government's part of an issuance, in tCO2eq."""

    registry = serializers.CharField(source="registry.party.iso2", read_only=True)
    state = serializers.SerializerMethodField()
    vintages = serializers.SerializerMethodField()

    class Meta:
        model = IssuanceLeg
        fields = ["registry", "notified", "state", "issued_on", "vintages", "incomplete"]

    @extend_schema_field(serializers.ChoiceField(choices=LegState.choices))
    def get_state(self, leg: IssuanceLeg) -> str:
        """Return where the leg stands; steps inside a registry are told as notified."""
        return selectors.public_state(leg).value

    @extend_schema_field(VintageSerializer(many=True))
    def get_vintages(self, leg: IssuanceLeg) -> list[dict[str, object]]:
        """Return the amounts by vintage, whichever account they are for."""
        return [dict(VintageSerializer(row).data) for row in selectors.leg_vintages(leg)]


class IssuanceSerializer(RecordSerializer[IssuanceNotification]):
    """What a Joint Committee told both governments to issue for one project and period."""

    kind = "issuance"
    url = serializers.HyperlinkedIdentityField(view_name="api:issuance-detail")
    project = serializers.CharField(source="project.number", read_only=True)
    country = serializers.CharField(source="project.partnership.host.iso2", read_only=True)
    shared_with: "SlugRelatedField[Project]" = SlugRelatedField(slug_field="number", many=True, read_only=True)
    legs = LegSerializer(many=True, read_only=True)

    class Meta:
        model = IssuanceNotification
        fields = [
            *HEAD,
            "project",
            "country",
            "shared_with",
            "period_start",
            "period_end",
            "decided_on",
            "decision_number",
            "published_total",
            "legs",
            "source",
            "incomplete",
        ]

    def page_of(self, row: IssuanceNotification) -> str:
        return row.project.get_absolute_url()
