"""Conflicts of interest, and delegates during absence (jcm.md 2.1; docs/adr/0013)."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from committee import ballot, policies, voices
from committee.errors import AnswersClosed, DelegationOverlaps
from committee.models import Decision, DecisionItem, Declaration, Delegation
from committee.services.ballots import decision_locked, settle
from committee.workflow import DecisionStatus
from core import events
from core.errors import InvalidInput
from core.models import User
from parties.models import Partnership
from parties.selectors import pack_in_force

UNDER_WAY = (DecisionStatus.PREPARED, DecisionStatus.OPEN)


@transaction.atomic
def conflicts_declare(*, statements: Mapping[int, str], actor: User, at: datetime) -> list[Declaration]:
    """Say of each item (by id) what the conflict of interest is; an empty text declares that there is none.

    A conflict on any item takes the person's voice out of the whole decision (docs/adr/0013), which may be adopted by
    that. Raises NotPermitted, or AnswersClosed once the matter is decided.
    """
    items = list(DecisionItem.objects.filter(pk__in=statements).select_related("partnership").order_by("pk"))
    decisions = [decision_locked(pk) for pk in sorted({item.decision_id for item in items if item.decision_id})]
    for item in items:
        policies.check_can_declare(actor, item.partnership, at=at)
    for decision in decisions:
        _check_under_way(decision, at=at)
    declared = [_declare(item, statements[item.pk].strip(), actor=actor, at=at) for item in items]
    for decision in decisions:
        if decision.status == DecisionStatus.OPEN:
            settle(decision, at=at)
    return declared


def _check_under_way(decision: Decision, *, at: datetime) -> None:
    decided = ballot.outcome(voices.ballot_of(decision), at=at) is not ballot.Outcome.OPEN
    if decision.status not in UNDER_WAY or (decision.status == DecisionStatus.OPEN and decided):
        raise AnswersClosed


def _declare(item: DecisionItem, reason: str, *, actor: User, at: datetime) -> Declaration:
    declaration, _new = Declaration.objects.update_or_create(
        item=item, member=actor, defaults={"conflict": bool(reason), "reason": reason, "declared_at": at}
    )
    events.emit("conflict.declared", item, actor=actor, at=at, data={"conflict": bool(reason)})
    return declaration


@transaction.atomic
def delegation_name(
    *, partnership: Partnership, delegate: User, starts_on: date, ends_on: date, actor: User, at: datetime
) -> Delegation:
    """Let a colleague of the same side answer on one's behalf, from the first to the last day.

    Raises NotPermitted, DelegationOverlaps, or InvalidInput for days that are over or a person of another side.
    """
    party = policies.check_can_delegate(actor, partnership, at=at)
    if not voices.colleagues(partnership, party, actor, at=at).filter(pk=delegate.pk).exists():
        raise InvalidInput(fields={"delegate": _("Choose somebody who sits on the committee for the same side.")})
    if ends_on < starts_on:
        raise InvalidInput(fields={"ends_on": _("The last day is before the first.")})
    pack = pack_in_force(partnership, at.date())
    if ballot.span(starts_on, ends_on, pack.calendar)[1] <= at:
        raise InvalidInput(fields={"ends_on": _("These days are over.")})
    User.objects.select_for_update().get(pk=actor.pk)  # two requests of one moment would both find the days free
    mine = Delegation.objects.filter(partnership=partnership, member=actor, ended_at=None)
    if mine.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise DelegationOverlaps
    delegation = Delegation.objects.create(
        partnership=partnership, member=actor, delegate=delegate, party=party, starts_on=starts_on, ends_on=ends_on,
        time_zone=pack.time_zone, named_at=at,
    )  # fmt: skip
    data = {"delegate": delegate.name, "from": starts_on.isoformat(), "until": ends_on.isoformat()}
    events.emit("delegation.named", delegation, actor=actor, at=at, data=data)
    return delegation


@transaction.atomic
def delegation_end(*, delegation_id: int, actor: User, at: datetime) -> Delegation:
    """Take a delegation back; what the delegate answered before stays. Raises NotPermitted or InvalidInput."""
    delegation = Delegation.objects.select_for_update().get(pk=delegation_id)
    policies.check_can_end(actor, delegation)
    if delegation.ended_at is not None:
        raise InvalidInput(_("This delegation is ended already."))
    delegation.ended_at = at
    delegation.save(update_fields=["ended_at"])
    events.emit("delegation.ended", delegation, actor=actor, at=at)
    return delegation
