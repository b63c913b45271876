"""The agenda: matters that wait until a decision takes them up."""

from datetime import datetime
from typing import Any

from committee.errors import BeforeTheCommittee
from committee.models import Decision, DecisionItem, Declaration
from committee.workflow import DecisionStatus
from parties.models import Partnership


def agenda_add(*, partnership: Partnership, kind: str, subject: str, at: datetime, **record: Any) -> DecisionItem:
    """Put a matter on the agenda; it waits there until a decision takes it up."""
    return DecisionItem.objects.create(partnership=partnership, kind=kind, subject=subject, waiting_since=at, **record)


def agenda_remove(**record: Any) -> None:
    """Take a withdrawn matter off the agenda. Raises BeforeTheCommittee while a decision about it is under way."""
    under_way = [DecisionStatus.PREPARED, DecisionStatus.OPEN]
    if DecisionItem.objects.filter(decision__status__in=under_way, **record).exists():
        raise BeforeTheCommittee
    DecisionItem.objects.filter(decision=None, **record).delete()


def return_to_agenda(decision: Decision, *, at: datetime) -> None:
    """Let the items of a stopped decision wait again; the stopped decision keeps its own copy.

    What people declared of a matter stays true of it.
    """
    for item in decision.items.prefetch_related("declarations"):
        declared = list(item.declarations.all())
        item.returned_from_id, item.pk = item.pk, None
        item.decision, item.waiting_since = None, at
        item.save(force_insert=True)
        Declaration.objects.bulk_create(
            Declaration(
                item=item, member_id=d.member_id, conflict=d.conflict, reason=d.reason, declared_at=d.declared_at
            )
            for d in declared
        )
