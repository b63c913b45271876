"""Freezes: one administrator stops credits, an account or the whole registry at once; two people lift the stop."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import InvalidInput, SamePerson, TransitionRefused
from core.models import User
from registry import policies
from registry.holdings import blocks_within
from registry.models import Account, Cycle, Freeze, Registry, Series
from registry.selectors.accounts import series_named
from registry.selectors.snapshots import Part, Range, issued_parts
from registry.serials import Serial

MOST = 200  # freezes of one comparison; beyond, a series is frozen from its first difference to its last


@transaction.atomic
def freeze_set(
    *,
    registry: Registry,
    reason: str,
    actor: User,
    at: datetime,
    account: Account | None = None,
    serial: Serial | None = None,
) -> Freeze:
    """Freeze the account, the credits of the serial number, or with neither the whole registry, from now on.

    Raises NotPermitted, InvalidInput, or TransitionRefused for what is frozen already.
    """
    # The registry's row lets two freezes of the same thing follow each other.
    registry = Registry.objects.select_for_update(of=("self",), no_key=True).select_related("party").get(pk=registry.pk)
    policies.check_can_freeze(actor, registry, at=at)
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why.")})
    if account is not None and (serial is not None or account.registry_id != registry.pk):
        raise InvalidInput(fields={"account": _("Choose one account of this registry, or credits.")})
    named = {"account": account, **_range(registry, serial)}
    if Freeze.objects.filter(registry=registry, lifted_at=None, **named).exists():
        raise TransitionRefused(action="freeze", state="frozen")
    frozen = Freeze.objects.create(registry=registry, reason=reason.strip(), frozen_by=actor, frozen_at=at, **named)
    events.emit("freeze.set", frozen, actor=actor, at=at, data={"reason": frozen.reason})
    return frozen


def _range(registry: Registry, serial: Serial | None) -> dict[str, Series | int | None]:
    if serial is None:
        return {"series": None, "first": None, "last": None}
    series = series_named(registry, serial)
    if series is None or not blocks_within(series, serial.first, serial.last).exists():
        raise InvalidInput(fields={"serial": _("This registry has no credits with this serial number.")})
    return {"series": series, "first": serial.first, "last": serial.last}


def freeze_for_cycle(*, cycle: Cycle, ranges: Iterable[Range], at: datetime) -> list[Freeze]:
    """Freeze what of these credits is ours, because a comparison found them to differ.

    Nobody decides it: the cycle stands in place of a person. What a person froze stays as it is beside it, and what an
    earlier comparison froze and nobody lifted is not frozen again.
    """
    registry = cycle.counterpart.registry
    parts = issued_parts(registry, ranges)
    if len(parts) > MOST:
        spans: dict[Series, Part] = {}
        for series, first, last in parts:
            _series, low, high = spans.get(series, (series, first, last))
            spans[series] = (series, min(low, first), max(high, last))
        parts = list(spans.values())
    made = []
    for series, first, last in parts:
        of_part = {"registry": registry, "series": series, "first": first, "last": last}
        if Freeze.objects.filter(**of_part, cycle__isnull=False, lifted_at=None).exists():
            continue
        words = f"{cycle.counterpart.name}: {cycle}"
        frozen = Freeze.objects.create(**of_part, reason=words, cycle=cycle, frozen_at=at)
        events.emit("freeze.set", frozen, actor=None, at=at, data={"reason": words, "cycle": str(cycle.pk)})
        made.append(frozen)
    return made


def _locked(freeze_id: int) -> Freeze:
    freezes = Freeze.objects.select_for_update(of=("self",))
    return freezes.select_related("registry__party", "account", "series").get(pk=freeze_id)


@transaction.atomic
def freeze_lift_propose(*, freeze_id: int, actor: User, at: datetime) -> Freeze:
    """Propose to lift a freeze; a second administrator lifts it. Raises NotPermitted or TransitionRefused."""
    frozen = _locked(freeze_id)
    policies.check_can_freeze(actor, frozen.registry, at=at)
    if policies.freeze_state(frozen) != policies.FROZEN:
        raise TransitionRefused(action="propose_lift", state=policies.freeze_state(frozen))
    frozen.lift_proposed_by, frozen.lift_proposed_at = actor, at
    frozen.save(update_fields=["lift_proposed_by", "lift_proposed_at"])
    events.emit("freeze.lift_proposed", frozen, actor=actor, at=at)
    return frozen


@transaction.atomic
def freeze_lift(*, freeze_id: int, actor: User, at: datetime) -> Freeze:
    """Lift a freeze, as a colleague proposed. Raises NotPermitted, SamePerson or TransitionRefused."""
    frozen = _proposed(freeze_id, "lift", actor, at)
    frozen.lifted_by, frozen.lifted_at = actor, at
    frozen.save(update_fields=["lifted_by", "lifted_at"])
    events.emit("freeze.lifted", frozen, actor=actor, at=at)
    return frozen


@transaction.atomic
def freeze_keep(*, freeze_id: int, actor: User, at: datetime) -> Freeze:
    """Refuse a colleague's proposal to lift. Raises NotPermitted, SamePerson or TransitionRefused."""
    frozen = _proposed(freeze_id, "keep", actor, at)
    frozen.lift_proposed_by, frozen.lift_proposed_at = None, None
    frozen.save(update_fields=["lift_proposed_by", "lift_proposed_at"])
    events.emit("freeze.kept", frozen, actor=actor, at=at)
    return frozen


def _proposed(freeze_id: int, action: str, actor: User, at: datetime) -> Freeze:
    frozen = _locked(freeze_id)
    policies.check_can_freeze(actor, frozen.registry, at=at)
    if policies.freeze_state(frozen) != policies.LIFT_PROPOSED:
        raise TransitionRefused(action=action, state=policies.freeze_state(frozen))
    if frozen.lift_proposed_by_id == actor.pk:
        raise SamePerson
    return frozen
