"""Approved proposals are carried out: one by itself, or all that are due."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from core import events
from registry.errors import LedgerRefused, explained
from registry.models import Proposal
from registry.workflow import ProposalState

logger = logging.getLogger(__name__)
# So many are carried out in one database transaction: enough to share its cost, few enough to hold nobody up.
TOGETHER = 50


def proposal_execute(*, proposal_id: UUID, at: datetime) -> UUID:
    """Carry out an approved proposal; repeating it has no second effect. Returns the transaction's id.

    Raises LedgerRefused, for example for frozen credits or before its time.
    """
    return _execute([proposal_id], at)[0]


def proposals_execute_due(*, at: datetime) -> int:
    """Carry out the approved proposals whose time has come; return how many. One that is refused stays as it is.

    Several workers may do this at once: each takes what the others have not. Delayed transfers all fall due at noon.
    """
    done, refused = 0, set[UUID]()
    while True:
        ready, executed = _next_due(at, refused)
        done += executed
        for proposal_id in ready[executed:]:
            try:
                with transaction.atomic():
                    proposal_execute(proposal_id=proposal_id, at=at)
            except LedgerRefused:
                logger.exception("proposal %s could not be executed", proposal_id)
                refused.add(proposal_id)
            else:
                done += 1
        if not ready:
            return done


def _next_due(at: datetime, refused: set[UUID]) -> tuple[list[UUID], int]:
    """Return the next ones that are due, and how many of them were carried out: all, or none when one is refused."""
    due = Proposal.objects.filter(state=ProposalState.APPROVED, execute_at__lte=at).exclude(pk__in=refused)
    ready: list[UUID] = []
    try:
        with transaction.atomic():
            first = due.order_by("execute_at").select_for_update(skip_locked=True)[:TOGETHER]
            ready = list(first.values_list("pk", flat=True))
            if ready:
                _execute(ready, at)
    except LedgerRefused:
        return ready, 0
    return ready, len(ready)


def _execute(proposals: Sequence[UUID], at: datetime) -> list[UUID]:
    """Call PostgreSQL's function, which writes transactions, movements, events and deliveries.

    Outside a transaction the call is one by itself, which is the fast way for a single proposal.
    """
    subscribers = events.subscribers_of("credits.moved")
    names, queues = [s.name for s in subscribers], [s.queue for s in subscribers]
    with explained(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registry_execute(%s, %s, %s, %s)", [list(proposals), at, names, queues])
        entries, deliveries, their_queues = cursor.fetchone()
        if connection.in_atomic_block:
            # What waits for the commit speaks here, where its sentence still reaches the person.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for delivery, queue in zip(deliveries or [], their_queues or [], strict=True):
        events.wake_after_commit(delivery, queue)
    return [UUID(str(entry)) for entry in entries]
