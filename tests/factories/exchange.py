"""A registry kept elsewhere that is played by tools/conformance.py, without HTTP between both."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from core.models import User
from registry import services
from registry.models import Counterpart, Cycle, Registry
from registry.selectors.reconciliation import messages_out
from registry.services.messages import our_key
from tools import conformance

CODE = "ELSEWHERE"


class Direct:
    """Messages go straight to the services; `at` is the registry's clock."""

    def __init__(self, counterpart: Counterpart, now: Callable[[], datetime]) -> None:
        self.counterpart, self.now = counterpart, now

    def fetch(self, after: int) -> list[dict[str, Any]]:
        return [message.envelope for message in messages_out(self.counterpart, after=after)]

    def post(self, body: bytes) -> dict[str, Any]:
        answer = services.message_receive(counterpart_id=self.counterpart.pk, raw=body, at=self.now())
        return dict(json.loads(answer.receipt))

    def acknowledge(self, body: bytes) -> None:
        services.receipt_take(counterpart_id=self.counterpart.pk, raw=body, at=self.now())


def counterpart(
    registry: Registry, entered_by: User, confirmed_by: User | None, *, code: str = CODE, seed: bytes = b"7" * 32
) -> Counterpart:
    """Return a counterpart that one administrator entered and, where named, another confirmed."""
    public = conformance.key_of(seed)[1]
    made = services.counterpart_enter(
        registry=registry, code=code, name=f"System of {code.title()}", public_key=public, actor=entered_by,
        at=timezone.now(),
    )  # fmt: skip
    if confirmed_by is not None:
        made = services.counterpart_confirm(counterpart_id=made.pk, actor=confirmed_by, at=timezone.now())
    return made


def side(made: Counterpart, *, seed: bytes = b"7" * 32, now: Callable[[], datetime] = timezone.now) -> conformance.Side:
    """Return the other side, with the registry's own books as its own."""
    found = conformance.Side(
        code=made.code, registry=made.registry.party.iso2, seed=seed, registry_key=our_key(made).public,
        books=conformance.Books([], []), transport=Direct(made, now), now=now,
    )  # fmt: skip
    found.books = conformance.copy(found)
    return found


def compared(other: conformance.Side, made: Counterpart, fault: str = "") -> tuple[Cycle, list[dict[str, Any]]]:
    """Start a comparison, let the other side answer with a fault, and return the cycle and all receipts."""
    now = timezone.now()
    started = services.cycle_start(counterpart_id=made.pk, as_of=now, actor=None, at=now)
    receipts = conformance.run(other, fault)
    return Cycle.objects.get(pk=started.pk), receipts
