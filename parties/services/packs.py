"""Every change to a rule pack: drafted as a copy of the present one, proposed, adopted (jcm.md 1.11, 2.2)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max

from core import events
from core.errors import TransitionRefused
from core.models import User
from parties import packs
from parties.decision import DecisionReference
from parties.models import ChecklistItem, Partnership, RulePack
from parties.models.packs import SETTINGS
from parties.policies import check_is_secretariat
from parties.selectors import pack_in_force
from parties.workflow import PACK, PackStatus


class ChecklistLine(NamedTuple):
    """One item of a checklist: the form or document, and the sentence in both languages."""

    code: str
    text_en: str
    text_ja: str


@transaction.atomic
def pack_draft(*, partnership: Partnership, actor: User, at: datetime) -> RulePack:
    """Begin the next pack as a copy of the one in force. Raises NotPermitted, or PackInPreparation for a second one."""
    check_is_secretariat(actor, partnership, at=at)
    # The lock keeps two drafts of the same moment from taking one number.
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    packs.check_none_in_preparation(partnership)
    present = pack_in_force(partnership, at.date())
    version = (partnership.rule_packs.aggregate(latest=Max("version"))["latest"] or 0) + 1
    pack = RulePack.objects.create(
        partnership=partnership,
        version=version,
        number=packs.pack_number(partnership, version),
        effective_from=packs.earliest_start(partnership, at),
        drafted_by=actor,
        drafted_at=at,
        **{name: getattr(present, name) for name in SETTINGS},
    )
    lines = {
        kind: [ChecklistLine(item.code, item.text_en, item.text_ja) for item in items]
        for kind, items in packs.checklists(present).items()
    }
    _checklist_replace(pack, lines)
    events.emit("rule_pack.drafted", pack, actor=actor, at=at)
    return pack


@transaction.atomic
def pack_change(
    *,
    pack_id: int,
    settings: Mapping[str, Any],
    checklists: Mapping[str, Sequence[ChecklistLine]],
    effective_from: date,
    note: str,
    actor: User,
    at: datetime,
) -> RulePack:
    """Change a draft. Checklists that are left out stay.

    Raises NotPermitted, TransitionRefused once it is proposed, or InvalidInput.
    """
    pack = _locked(pack_id)
    check_is_secretariat(actor, pack.partnership, at=at)
    if pack.status != PackStatus.DRAFT:
        raise TransitionRefused(action="change", state=pack.status)
    for name in SETTINGS:
        setattr(pack, name, settings.get(name, getattr(pack, name)))
    pack.effective_from, pack.note = effective_from, note
    packs.check(pack)
    pack.save()
    _checklist_replace(pack, checklists)
    events.emit("rule_pack.changed", pack, actor=actor, at=at)
    return pack


def _checklist_replace(pack: RulePack, lists: Mapping[str, Sequence[ChecklistLine]]) -> None:
    ChecklistItem.objects.filter(pack=pack, kind__in=list(lists)).delete()
    ChecklistItem.objects.bulk_create(
        ChecklistItem(pack=pack, kind=kind, order=order, **line._asdict())
        for kind, lines in lists.items()
        for order, line in enumerate(lines, 1)
    )


@transaction.atomic
def pack_drop(*, pack_id: int, actor: User, at: datetime) -> None:
    """Throw a draft away. Raises NotPermitted, or TransitionRefused once it is proposed."""
    pack = _locked(pack_id)
    check_is_secretariat(actor, pack.partnership, at=at)
    if pack.status != PackStatus.DRAFT:
        raise TransitionRefused(action="delete", state=pack.status)
    events.emit("rule_pack.dropped", pack, actor=actor, at=at)
    pack.delete()


@transaction.atomic
def pack_propose(*, pack_id: int, actor: User, at: datetime) -> RulePack:
    """Ask the Joint Committee to adopt a draft. Raises NotPermitted, TransitionRefused, or InvalidInput for its day."""
    pack = _locked(pack_id)
    check_is_secretariat(actor, pack.partnership, at=at)
    target = PACK.next_state("propose", state=pack.status)
    packs.check(pack)
    packs.check_start(pack, at)
    return _moved(pack, target, "rule_pack.proposed", actor=actor, at=at)


@transaction.atomic
def pack_take_back(*, pack_id: int, actor: User, at: datetime) -> RulePack:
    """Make a proposed pack a draft again. Raises NotPermitted or TransitionRefused, or what the agenda refuses."""
    pack = _locked(pack_id)
    check_is_secretariat(actor, pack.partnership, at=at)
    target = PACK.next_state("take_back", state=pack.status)
    return _moved(pack, target, "rule_pack.taken_back", actor=actor, at=at)


@transaction.atomic
def pack_adopt(*, pack_id: int, decision: DecisionReference, at: datetime) -> RulePack:
    """Carry out the Joint Committee's adoption. A pack never takes effect before the day after its adoption.

    Raises TransitionRefused.
    """
    pack = _locked(pack_id)
    target = PACK.next_state("adopt", state=pack.status)
    pack.effective_from = max(pack.effective_from, packs.day_after(decision.adopted_on))
    pack.adopted_on, pack.decision_number = decision.adopted_on, decision.number
    return _moved(pack, target, "rule_pack.adopted", actor=None, at=at, data={"decision": decision.number})


@transaction.atomic
def pack_deny(*, pack_id: int, decision: DecisionReference, reason: str, at: datetime) -> RulePack:
    """Carry out the Joint Committee's refusal: the pack is a draft again. Raises TransitionRefused."""
    pack = _locked(pack_id)
    target = PACK.next_state("deny", state=pack.status)
    data = {"decision": decision.number, "reason": reason}
    return _moved(pack, target, "rule_pack.denied", actor=None, at=at, data=data)


def _locked(pack_id: int) -> RulePack:
    found = RulePack.objects.select_for_update(of=("self",)).select_related("partnership__host")
    return found.get(pk=pack_id)


def _moved(
    pack: RulePack, target: str, event: str, *, actor: User | None, at: datetime, data: dict[str, str] | None = None
) -> RulePack:
    pack.status = target
    pack.save()
    events.emit(event, pack, actor=actor, at=at, data=data)
    return pack
