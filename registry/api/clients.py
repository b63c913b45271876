"""Who a program is, what it may do, and the key by which a request has one effect."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from oauth2_provider.scopes import SettingsScopes
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.models import User
from registry import services
from registry.errors import KeyMissing
from registry.models import Client, Scope

KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="A key of your own, at most 64 characters. Repeating a request with its key answers the same again.",
)
LONGEST_KEY = 64


class ClientScopes(SettingsScopes):  # type: ignore[misc]  # the toolkit ships no types
    """A client may ask for the scopes that it was created with, and gets all of them where it asks for none."""

    def get_available_scopes(self, application: Any = None, *_args: Any, **_kwargs: Any) -> list[str]:
        """Return the scopes of the application's client."""
        client = Client.objects.filter(application=application, revoked_at=None).first()
        return list(client.scopes) if client else []

    def get_default_scopes(self, application: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        """Return what a token holds when no scope is asked for."""
        return self.get_available_scopes(application, *args, **kwargs)


class ClientAuthentication(OAuth2Authentication):  # type: ignore[misc]  # the toolkit ships no types
    """The bearer of a client's token acts as the client's person; `request.auth` is the client."""

    def authenticate(self, request: Request) -> tuple[User, "ClientToken"] | None:
        """Return the person and the client. Raises AuthenticationFailed for a client or person that is out of use."""
        found = super().authenticate(request)
        if found is None:
            return None
        token = found[1]
        clients = Client.objects.select_related(
            "user", "registry__party", "application", "counterpart__registry__party"
        )
        client = clients.filter(application=token.application_id, revoked_at=None).first()
        if client is None or not client.user.is_active:
            raise AuthenticationFailed
        return client.user, ClientToken(client, frozenset(token.scope.split()))


class ClientToken:
    """A client, and what its token allows."""

    def __init__(self, client: Client, scopes: frozenset[str]) -> None:
        self.client, self.scopes = client, scopes


class ClientScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the sign-in of programs for OpenAPI."""

    target_class = ClientAuthentication
    name = "clientCredentials"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, Any]:
        """Return the OAuth2 flow."""
        flow = {"tokenUrl": "/oauth/token/", "scopes": {scope.value: str(scope.label) for scope in Scope}}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}


class HasScope(BasePermission):
    """The token holds the scope that the view's action asks for."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Answer for a signed-in program."""
        if not isinstance(request.auth, ClientToken):
            return False
        return view.scope_of(view.action) in request.auth.scopes


def client_of(request: Request) -> Client:
    """Return the program behind a request that HasScope let through."""
    client: Client = request.auth.client  # type: ignore[union-attr]
    return client


def answered_once(request: Request, act: Callable[[str], Model], body_of: Callable[[Model], Any]) -> HttpResponse:
    """Carry a request out under its Idempotency-Key: `act` gets a key for the service and returns what it made.

    Raises KeyMissing, KeyReused, KeyInUse, and what `act` raises.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > LONGEST_KEY:
        raise KeyMissing
    client, made = client_of(request), 201 if request.path.endswith("proposals/") else 200
    payload = json.dumps([request.path, request.data], sort_keys=True, default=str).encode()

    def carried_out() -> tuple[int, str]:
        row = act("api:" + hashlib.sha256(f"{client.pk}:{key}".encode()).hexdigest())
        return made, json.dumps(body_of(row), cls=DjangoJSONEncoder, ensure_ascii=False)

    done = services.answer_once(client=client, key=key, request=payload, act=carried_out, at=timezone.now())
    return HttpResponse(done.body, status=done.status, content_type="application/json")
