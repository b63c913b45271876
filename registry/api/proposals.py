"""Accounts and proposals for the programs of a registry and of account holders."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle

from core.api.pagination import KeysetPagination
from core.api.serializers import HEAD, RecordSerializer
from core.api.views import conditional
from core.errors import InvalidInput
from core.models import User
from core.requests import signed_in
from registry import patterns, policies, serials, services
from registry.api.clients import KEY, ClientAuthentication, HasScope, answered_once, client_of
from registry.filters import AccountFilter, ProposalFilter
from registry.holdings import Wanted
from registry.models import Account, Proposal, ProposalLine, Scope
from registry.selectors import accounts, proposals
from registry.tables import ACCOUNTS, PROPOSALS

MOST_PARTS = 1000


class AccountSerializer(RecordSerializer[Account]):
    """An account that the program sees; `held` in tCO2eq."""

    kind = "account"
    url = serializers.HyperlinkedIdentityField(view_name="api:account-detail", lookup_field="number")
    registry = serializers.CharField(source="registry.party.iso2", read_only=True)
    account_kind = serializers.ChoiceField(source="kind", choices=Account.Kind.choices, read_only=True)
    holder = serializers.CharField(source="holder_name", read_only=True)
    held = serializers.IntegerField(read_only=True)

    class Meta:
        model = Account
        fields = [*HEAD, "number", "registry", "account_kind", "holder", "state", "held"]


class LineSerializer(serializers.ModelSerializer[ProposalLine]):
    """A range of credits that a proposal moves."""

    serial = serializers.CharField(source="__str__", read_only=True)
    quantity = serializers.IntegerField(read_only=True)
    from_account = serializers.CharField(source="from_account.number", read_only=True)
    to_account = serializers.CharField(source="to_account.number", read_only=True)

    class Meta:
        model = ProposalLine
        fields = ["serial", "quantity", "from_account", "to_account", "purpose", "beneficiary", "reporting_year"]


class ProposalSerializer(RecordSerializer[Proposal]):
    """A proposal to move credits; `available_actions` are those of the program that asks."""

    kind = "proposal"
    url = serializers.HyperlinkedIdentityField(view_name="api:proposal-detail")
    registry = serializers.CharField(source="registry.party.iso2", read_only=True)
    proposal_kind = serializers.ChoiceField(source="kind", choices=Proposal.Kind.choices, read_only=True)
    account = serializers.CharField(source="account_number", read_only=True)
    quantity = serializers.IntegerField(source="tonnes", read_only=True)

    class Meta:
        model = Proposal
        fields = [
            *HEAD,
            "registry",
            "proposal_kind",
            "state",
            "account",
            "quantity",
            "reason",
            "decision_number",
            "proposed_at",
            "approved_at",
            "execute_at",
            "ended_at",
            "expires_at",
        ]


class ProposalDetailSerializer(ProposalSerializer):
    """A proposal with its lines."""

    lines = serializers.SerializerMethodField()
    transaction = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    class Meta(ProposalSerializer.Meta):
        fields = [*ProposalSerializer.Meta.fields, "lines", "transaction", "available_actions"]

    @extend_schema_field(LineSerializer(many=True))
    def get_lines(self, row: Proposal) -> Any:
        """Return what is moved, range by range."""
        return LineSerializer(proposals.proposal_lines(row), many=True).data

    def get_transaction(self, row: Proposal) -> str | None:
        """Return the identifier of what was recorded, once it is executed."""
        entry = proposals.transaction_of(row)
        return str(entry.pk) if entry else None

    def get_available_actions(self, row: Proposal) -> list[str]:
        """Return what the program may do with the proposal now."""
        user: User = self.context["request"].user
        return sorted(policies.proposal_actions(user, row, at=timezone.now()))


class PartSerializer(serializers.Serializer[Any]):
    """So many credits, oldest vintage first; `project` and `vintage` narrow which, or `serial` names a range of them.
    Transfer and correction name `to_account`; retirement and cancellation say `purpose`, `beneficiary` and
    `reporting_year`."""

    quantity = serializers.IntegerField(min_value=1)
    project = serializers.CharField(max_length=20, required=False)
    vintage = serializers.IntegerField(min_value=2013, max_value=2100, required=False)
    serial = serializers.CharField(max_length=patterns.LONGEST, required=False)
    to_account = serializers.CharField(max_length=24, required=False)
    purpose = serializers.ChoiceField(choices=ProposalLine.Purpose.choices, required=False)
    beneficiary = serializers.CharField(max_length=300, required=False)
    reporting_year = serializers.IntegerField(min_value=2013, max_value=2100, required=False)


class NewProposalSerializer(serializers.Serializer[Any]):
    """What is proposed: everything or nothing of its parts. A correction is for administrators of the registry, and
    names in `decision_number` the decision that orders it."""

    proposal_kind = serializers.ChoiceField(choices=Proposal.Kind.choices)
    from_account = serializers.CharField(max_length=24)
    parts = serializers.ListField(child=PartSerializer(), min_length=1, max_length=MOST_PARTS)
    reason = serializers.CharField(max_length=2000, required=False, default="")
    decision_number = serializers.CharField(max_length=40, required=False, default="")


class RegistryViewSet(viewsets.GenericViewSet[Any]):
    """What every address for programs shares: client credentials, scopes, a rate, and one registry."""

    authentication_classes = [ClientAuthentication]
    permission_classes = [HasScope]
    pagination_class = KeysetPagination
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "registry"
    scopes: ClassVar[dict[str, Scope]] = {}

    def scope_of(self, name: str | None) -> str:
        """Return the scope that an action asks for."""
        return self.scopes.get(name or "", Scope.READ).value


class AccountViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RegistryViewSet):
    """The accounts that the program sees in its registry."""

    listing = ACCOUNTS
    filterset_class = AccountFilter
    serializer_class = AccountSerializer
    queryset = Account.objects.none()
    lookup_field = "number"
    lookup_value_regex = "[A-Z0-9-]+"

    def get_queryset(self) -> QuerySet[Account]:
        if getattr(self, "swagger_fake_view", False):
            return Account.objects.none()
        seen = accounts.account_list(viewer=signed_in(self.request), at=timezone.now())
        return seen.filter(registry=client_of(self.request).registry)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with one account, or with 304 where the client holds it already."""
        return conditional(request, super().retrieve(request, *args, **kwargs))


class ProposalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RegistryViewSet):
    """Proposals to move credits: list, propose, approve, reject, cancel."""

    listing = PROPOSALS
    filterset_class = ProposalFilter
    queryset = Proposal.objects.none()
    scopes: ClassVar[dict[str, Scope]] = {
        "create": Scope.PROPOSE,
        "cancel": Scope.PROPOSE,
        "approve": Scope.APPROVE,
        "reject": Scope.APPROVE,
    }

    def get_serializer_class(self) -> type[ProposalSerializer]:
        return ProposalSerializer if self.action == "list" else ProposalDetailSerializer

    def get_queryset(self) -> QuerySet[Proposal]:
        if getattr(self, "swagger_fake_view", False):
            return Proposal.objects.none()
        seen = proposals.proposal_list(viewer=signed_in(self.request), at=timezone.now())
        return seen.filter(registry=client_of(self.request).registry)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with one proposal, or with 304 where the client holds it already."""
        return conditional(request, super().retrieve(request, *args, **kwargs))

    @extend_schema(parameters=[KEY], request=NewProposalSerializer, responses={201: ProposalDetailSerializer})
    def create(self, request: Request) -> HttpResponse:
        """Propose to move credits; they are reserved until somebody else approves, or the proposal ends."""
        given = NewProposalSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wish = given.validated_data

        def act(key: str) -> Proposal:
            return services.proposal_create(
                kind=wish["proposal_kind"],
                from_account=self._account(wish["from_account"], "from_account"),
                asks=[self._ask(part) for part in wish["parts"]],
                key=key,
                actor=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
                reason=wish["reason"],
                decision_number=wish["decision_number"],
            )

        return self._answer(request, act)

    def _account(self, number: str, field: str) -> Account:
        """Return an account of the client's registry by its number. Raises InvalidInput."""
        registry = client_of(self.request).registry
        found = Account.objects.filter(registry=registry, number=number.strip().upper()).first()
        if found is None:
            raise InvalidInput(fields={field: _("This registry has no account with this number.")})
        return found

    def _ask(self, part: dict[str, Any]) -> services.Ask:
        target = part.get("to_account")
        return services.Ask(
            quantity=part["quantity"],
            wanted=self._wanted(part),
            to_account=self._account(target, "to_account") if target else None,
            purpose=part.get("purpose", ""),
            beneficiary=part.get("beneficiary", ""),
            reporting_year=part.get("reporting_year"),
        )

    def _wanted(self, part: dict[str, Any]) -> Wanted:
        if "serial" not in part:
            return Wanted(project=part.get("project"), vintage=part.get("vintage"))
        serial = serials.read(part["serial"])
        series = accounts.series_named(client_of(self.request).registry, serial) if serial else None
        if serial is None or series is None:
            raise InvalidInput(fields={"serial": _("This registry has no credits with this serial number.")})
        return Wanted(series_id=series.pk, first=serial.first, last=serial.last)

    def _answer(self, request: Request, act: Callable[[str], Proposal]) -> HttpResponse:
        def body_of(row: Any) -> Any:
            return ProposalDetailSerializer(self.get_queryset().get(pk=row.pk), context={"request": request}).data

        return answered_once(request, act, body_of)

    def _move(self, request: Request, service: Callable[..., Proposal]) -> HttpResponse:
        found = self.get_object()
        return self._answer(request, lambda _key: service(proposal_id=found.pk, actor=request.user, at=timezone.now()))

    @extend_schema(parameters=[KEY], request=None, responses={200: ProposalDetailSerializer})
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> HttpResponse:  # noqa: ARG002 (the router passes it)
        """Approve a proposal that somebody else made."""
        return self._move(request, services.proposal_approve)

    @extend_schema(parameters=[KEY], request=None, responses={200: ProposalDetailSerializer})
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> HttpResponse:  # noqa: ARG002
        """Refuse a proposal that somebody else made; its credits are free again."""
        return self._move(request, services.proposal_reject)

    @extend_schema(parameters=[KEY], request=None, responses={200: ProposalDetailSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> HttpResponse:  # noqa: ARG002
        """Take a proposal back, until some hours before it is executed."""
        return self._move(request, services.proposal_cancel)
