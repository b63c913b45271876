"""Countries, partnerships and third-party entities for programs."""

from core.api.views import PublicViewSet
from parties import selectors
from parties.api.serializers import CountrySerializer, DesignationSerializer, PartnershipSerializer
from parties.filters import CountryFilter, DesignationFilter, PartnershipFilter
from parties.models import Country, Designation, Partnership
from parties.tables import COUNTRIES, DESIGNATIONS, PARTNERSHIPS


class CountryViewSet(PublicViewSet[Country]):
    """Japan and the partner countries."""

    listing = COUNTRIES
    filterset_class = CountryFilter
    serializer_class = CountrySerializer
    queryset = Country.objects.select_related("partnership")
    lookup_field = "iso2"
    lookup_value_regex = "[A-Z]{2}"


class PartnershipViewSet(PublicViewSet[Partnership]):
    """The partnerships, with the settings of their procedures."""

    listing = PARTNERSHIPS
    filterset_class = PartnershipFilter
    serializer_class = PartnershipSerializer
    queryset = selectors.partnership_list()
    lookup_field = "host__iso2"
    lookup_url_kwarg = "code"
    lookup_value_regex = "[A-Z]{2}"


class DesignationViewSet(PublicViewSet[Designation]):
    """The third-party entities that Joint Committees designated."""

    listing = DESIGNATIONS
    filterset_class = DesignationFilter
    serializer_class = DesignationSerializer
    queryset = selectors.designation_list()
    lookup_field = "number"
