"""Registries kept elsewhere: one administrator enters one, another confirms it, any of them stops it."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import InvalidInput, TransitionRefused
from core.models import User
from registry import policies
from registry.errors import explained
from registry.exchange.envelope import is_public_key
from registry.models import Counterpart, Registry
from registry.services.messages import counterpart_locked

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,15}")


@transaction.atomic
def counterpart_enter(
    *, registry: Registry, code: str, name: str, public_key: str, actor: User, at: datetime
) -> Counterpart:
    """Enter a registry kept elsewhere; nothing is exchanged until a colleague confirms it.

    Raises NotPermitted or InvalidInput.
    """
    registry = Registry.objects.select_for_update(of=("self",), no_key=True).select_related("party").get(pk=registry.pk)
    policies.check_can_reconcile(actor, registry, at=at)
    wrong = {}
    if not CODE.fullmatch(code):
        wrong["code"] = _("Use 2 to 16 capital letters, digits and hyphens.")
    elif registry.counterparts.filter(code=code, stopped_at=None).exists() or code == registry.party.iso2:
        wrong["code"] = _("This code is in use already.")
    if not name.strip():
        wrong["name"] = _("Give the name.")
    if not is_public_key(public_key):
        wrong["public_key"] = _("This is not a public key of Ed25519, 32 bytes in base64.")
    if wrong:
        raise InvalidInput(fields=wrong)
    made = Counterpart.objects.create(
        registry=registry, code=code, name=name.strip(), public_key=public_key, entered_by=actor, entered_at=at,
        source=actor.record_source,
    )  # fmt: skip
    events.emit("counterpart.entered", made, actor=actor, at=at, data={"public_key": public_key})
    return made


@transaction.atomic
def counterpart_confirm(*, counterpart_id: int, actor: User, at: datetime) -> Counterpart:
    """Confirm what a colleague entered; messages are exchanged from now on.

    Raises NotPermitted, SamePerson or TransitionRefused.
    """
    counterpart = counterpart_locked(counterpart_id)
    policies.check_can_confirm_counterpart(actor, counterpart, at=at)
    if counterpart.confirmed_at is not None or counterpart.stopped_at is not None:
        raise TransitionRefused(action="confirm", state=policies.counterpart_state(counterpart))
    counterpart.confirmed_by, counterpart.confirmed_at = actor, at
    with explained():
        counterpart.save(update_fields=["confirmed_by", "confirmed_at"])
    events.emit("counterpart.confirmed", counterpart, actor=actor, at=at)
    return counterpart


@transaction.atomic
def counterpart_stop(*, counterpart_id: int, actor: User, at: datetime) -> Counterpart:
    """Stop the exchange for good; one person is enough. Raises NotPermitted or TransitionRefused."""
    counterpart = counterpart_locked(counterpart_id)
    policies.check_can_reconcile(actor, counterpart.registry, at=at)
    if counterpart.stopped_at is not None:
        raise TransitionRefused(action="stop", state="stopped")
    counterpart.stopped_by, counterpart.stopped_at = actor, at
    with explained():
        counterpart.save(update_fields=["stopped_by", "stopped_at"])
    events.emit("counterpart.stopped", counterpart, actor=actor, at=at)
    return counterpart
