"""Programs: their credentials, and one effect for one Idempotency-Key."""

import hashlib
from collections.abc import Callable, Collection
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import AccessToken, Application

from core import events
from core.errors import InvalidInput
from core.models import User
from registry.errors import KeyInUse, KeyReused
from registry.models import Client, Counterpart, Registry, Scope, StoredAnswer


@transaction.atomic
def client_create(
    *,
    registry: Registry,
    user: User,
    name: str,
    scopes: Collection[str],
    at: datetime,
    counterpart: Counterpart | None = None,
) -> tuple[Client, str]:
    """Return a new client and its secret, which is kept nowhere else: only its hash is stored. Raises InvalidInput."""
    if not scopes or not set(scopes) <= set(Scope.values):
        raise InvalidInput(fields={"scopes": _("Choose from %(known)s.") % {"known": ", ".join(Scope.values)}})
    if counterpart is not None and counterpart.registry_id != registry.pk:
        raise InvalidInput(fields={"counterpart": _("This registry has no such counterpart.")})
    secret = generate_client_secret()
    application = Application.objects.create(
        name=name,
        user=user,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
    )
    client = Client.objects.create(
        application=application, registry=registry, user=user, counterpart=counterpart, scopes=sorted(set(scopes)),
        created_at=at,
    )  # fmt: skip
    events.emit("client.created", client, actor=None, at=at, data={"scopes": client.scopes, "person": user.email})
    return client, secret


@transaction.atomic
def client_revoke(*, client_id: str, at: datetime) -> Client:
    """Take a client's access away at once, by its public identifier; what it did stays."""
    client = (
        Client.objects.select_for_update(of=("self",))
        .select_related("application")
        .get(application__client_id=client_id)
    )
    client.revoked_at = client.revoked_at or at
    client.save(update_fields=["revoked_at"])
    client.application.client_secret = generate_client_secret()  # known to nobody
    client.application.save(update_fields=["client_secret"])
    AccessToken.objects.filter(application=client.application_id).delete()
    events.emit("client.revoked", client, actor=None, at=at)
    return client


@transaction.atomic
def answer_once(
    *, client: Client, key: str, request: bytes, act: Callable[[], tuple[int, str]], at: datetime
) -> StoredAnswer:
    """Answer a request by `act`, which returns (HTTP status, body), or as it was answered before under this key.

    The answer commits together with what `act` did; a refusal leaves neither. Raises KeyReused for another request
    under the same key, KeyInUse while the first one is still under way.
    """
    digest = hashlib.sha256(request).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, %s))", [f"answer {key}", client.pk])
        if not cursor.fetchone()[0]:
            raise KeyInUse
    done = StoredAnswer.objects.filter(client=client, key=key).first()
    if done is not None:
        if done.request_sha256 != digest:
            raise KeyReused
        return done
    status, body = act()
    return StoredAnswer.objects.create(
        client=client, key=key, request_sha256=digest, status=status, body=body, answered_at=at
    )
