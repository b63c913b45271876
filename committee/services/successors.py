"""Decisions that follow another: one that was stopped is recirculated, one that was adopted is superseded."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from committee import policies
from committee.errors import AlreadySucceeded, NothingToDecide
from committee.models import Decision, DecisionItem
from committee.services.ballots import decision_create, decision_locked
from committee.workflow import ENDED, DecisionStatus
from core.errors import InvalidInput, TransitionRefused
from core.models import User


@transaction.atomic
def decision_recirculate(*, decision_id: int, text: str, actor: User, at: datetime) -> Decision:
    """Put what was stopped or withdrawn to a new decision with another text; the members see the former objections.

    Raises NotPermitted, TransitionRefused, AlreadySucceeded, NothingToDecide when its items wait no longer, or
    InvalidInput without a text.
    """
    former = decision_locked(decision_id)
    policies.check_can_prepare(actor, former.partnership, at=at)
    if former.status not in ENDED:
        raise TransitionRefused(action="recirculate", state=former.status)
    _check_text(text)
    if former.recirculations.exclude(status__in=ENDED).exists():
        raise AlreadySucceeded
    waiting = DecisionItem.objects.select_for_update(of=("self",)).filter(decision=None, returned_from__decision=former)
    items = list(waiting)
    if not items:
        raise NothingToDecide(_("The items of this decision wait no longer: they were withdrawn or taken up again."))
    return decision_create(
        partnership=former.partnership, items=items, text=text, actor=actor, at=at, recirculates=former
    )


@transaction.atomic
def decision_supersede(*, decision_id: int, text: str, item_ids: Iterable[int], actor: User, at: datetime) -> Decision:
    """Prepare a decision that takes the place of an adopted one, once it is adopted itself; it may bundle items.

    The former stays as it was: what it did is not undone. Raises NotPermitted, TransitionRefused, AlreadySucceeded, or
    InvalidInput without a text.
    """
    former = decision_locked(decision_id)
    policies.check_can_prepare(actor, former.partnership, at=at)
    if former.status != DecisionStatus.ADOPTED:
        raise TransitionRefused(action="supersede", state=former.status)
    _check_text(text)
    if former.successors.exclude(status__in=ENDED).exists():
        raise AlreadySucceeded
    waiting = DecisionItem.objects.select_for_update().filter(partnership=former.partnership, decision=None)
    items = list(waiting.filter(pk__in=list(item_ids)))
    return decision_create(
        partnership=former.partnership, items=items, text=text, actor=actor, at=at, supersedes=former
    )


def _check_text(text: str) -> None:
    if not text.strip():
        raise InvalidInput(fields={"text": _("Word the proposed decision.")})
