"""The interface for programs: every public record that the pages show, under /api/v1/."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from committee.api.views import DecisionViewSet
from methodologies.api.views import MethodologyViewSet
from parties.api.views import CountryViewSet, DesignationViewSet, PartnershipViewSet
from projects.api.views import IdeaNoteViewSet, ProjectViewSet, ReadingViewSet
from registry.api.exchange import ExchangeViewSet
from registry.api.proposals import AccountViewSet, ProposalViewSet
from registry.api.views import CreditViewSet, IssuanceViewSet

router = DefaultRouter()
router.include_format_suffixes = False
router.register("countries", CountryViewSet, "country")
router.register("partnerships", PartnershipViewSet, "partnership")
router.register("methodologies", MethodologyViewSet, "methodology")
router.register("projects", ProjectViewSet, "project")
router.register("idea-notes", IdeaNoteViewSet, "idea-note")
router.register("readings", ReadingViewSet, "reading")
router.register("decisions", DecisionViewSet, "decision")
router.register("credits", CreditViewSet, "credit")
router.register("issuances", IssuanceViewSet, "issuance")
router.register("tpes", DesignationViewSet, "tpe")
router.register("accounts", AccountViewSet, "account")
router.register("proposals", ProposalViewSet, "proposal")
router.register("exchange", ExchangeViewSet, "exchange")


class Schema(SpectacularAPIView):
    """The description of the interface, OpenAPI 3.1."""

    authentication_classes = []


class Docs(SpectacularSwaggerSplitView):
    """The description to read and to try; its script comes by an address of its own, as our CSP asks."""

    url_name = "api-schema"
    template_name = "jcm/api_docs.html"
    authentication_classes = []
