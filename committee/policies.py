"""Who may prepare, open, answer and see decisions."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from committee import ballot, voices
from committee.errors import AnswersClosed
from committee.models import Answer, Decision, Delegation
from committee.workflow import DecisionStatus
from core.errors import DomainError, NotPermitted
from core.models import User
from parties.models import Country, Partnership, Role
from parties.policies import Viewer, check_is_secretariat, has_role

SEATED = (Role.CO_CHAIR, Role.MEMBER)
# Who reads restricted documents after declaring that there is no conflict of interest.
DECLARING = (*SEATED, Role.EXPERT)


def check_can_prepare(user: User, partnership: Partnership, *, at: datetime) -> None:
    """Raise NotPermitted unless the person serves this partnership's secretariat."""
    check_is_secretariat(user, partnership, at=at)


def can_prepare(user: Viewer, partnership: Partnership, *, at: datetime) -> bool:
    """Answer check_can_prepare."""
    return has_role(user, Role.SECRETARIAT, at=at, partnership=partnership)


def seat_to_answer(user: User, decision: Decision, member_id: int, *, at: datetime) -> Answer:
    """Return the seat of this member, for which the person may answer now: the own one, or an absent colleague's.

    Raises NotPermitted or AnswersClosed with the reason.
    """
    seat = decision.answers.select_related("member", "party").filter(member=member_id).first()
    reason = ballot.refusal(voices.ballot_of(decision), person=user.pk, holder=member_id, at=at)
    if seat is None or reason is ballot.Refusal.NOT_ASKED or not _still_sits(user, seat, decision.partnership, at):
        raise NotPermitted(_("Only the members who were asked may answer."))
    if decision.status != DecisionStatus.OPEN or reason is ballot.Refusal.CLOSED:
        raise AnswersClosed
    if reason is ballot.Refusal.TOO_LATE:
        raise AnswersClosed(_("The days to answer are over; silence was consent. A co-chair may still object."))
    if reason is not None:  # recused, for oneself or as a delegate, or the seat of somebody who is
        raise NotPermitted(_("Who declared a conflict of interest takes no part in the decision."))
    return seat


def _still_sits(user: User, seat: Answer, partnership: Partnership, at: datetime) -> bool:
    scope = {"at": at, "partnership": partnership, "party": seat.party}
    holds = has_role(seat.member, Role(seat.role), **scope)  # type: ignore[arg-type]
    return holds and (user.pk == seat.member_id or has_role(user, *SEATED, **scope))  # type: ignore[arg-type]


def seats_to_answer(user: Viewer, decision: Decision, *, at: datetime) -> list[Answer]:
    """Return the seats for which the person may answer now, the own one first."""
    if not isinstance(user, User) or decision.status != DecisionStatus.OPEN:
        return []
    stands_for = voices.represented(user, at=at)
    asked = decision.answers.filter(Q(member=user) | stands_for).values_list("member", flat=True)
    found = [_allowed(partial(seat_to_answer, user, decision, pk, at=at)) for pk in asked]
    return sorted((seat for seat in found if seat is not None), key=lambda seat: seat.member_id != user.pk)


def _allowed(find: Callable[[], Answer]) -> Answer | None:
    try:
        return find()
    except DomainError:
        return None


def check_can_declare(user: Viewer, partnership: Partnership, *, at: datetime) -> None:
    """Raise NotPermitted unless the person sits on this partnership's committee or advises it."""
    if not can_declare(user, partnership, at=at):
        raise NotPermitted(_("Only co-chairs, members and experts of this Joint Committee may do this."))


def can_declare(user: Viewer, partnership: Partnership, *, at: datetime) -> bool:
    """Whether the person sits on this partnership's committee or advises it, and so declares conflicts of interest."""
    return has_role(user, *DECLARING, at=at, partnership=partnership)


def check_can_delegate(user: User, partnership: Partnership, *, at: datetime) -> Country:
    """Return the side for which the person sits on the committee. Raises NotPermitted."""
    for party in partnership.parties:
        if has_role(user, *SEATED, at=at, partnership=partnership, party=party):
            return party
    raise NotPermitted(_("Only co-chairs and members of this Joint Committee may do this."))


def check_can_end(user: User, delegation: Delegation) -> None:
    """Raise NotPermitted unless it is the person's own delegation."""
    if user.pk != delegation.member_id:
        raise NotPermitted(_("Only who named the delegate may end the delegation."))


def check_may_read(user: Viewer, subject: Model, partnership: Partnership, at: datetime) -> None:
    """Raise NotPermitted where somebody who reads what is before the committee may not open a restricted document.

    To its members and experts they open once the case is on the agenda and the person has declared that there is no
    conflict of interest. The secretariat prepares the case and declares nothing. Government viewers open none
    (jcm.md, section 1: for third-party entities, the committee and its experts only).
    """
    if not can_declare(user, partnership, at=at):
        watching = has_role(user, Role.GOVERNMENT_VIEWER, at=at, partnership=partnership)
        if watching and not can_prepare(user, partnership, at=at):
            raise NotPermitted(_("Restricted documents are for the Joint Committee and its experts."))
        return
    declared = set(voices.declared_of(subject, user).values_list("conflict", flat=True))
    if True in declared:
        raise NotPermitted(_("Who declared a conflict of interest takes no part in the decision."))
    if not declared and not can_prepare(user, partnership, at=at):
        raise NotPermitted(_("Declare on the agenda that you have no conflict of interest. Then this document opens."))
