"""Who may prepare, open, answer and see decisions."""

from datetime import datetime

from django.utils.translation import gettext as _

from committee.models import Answer, Decision
from committee.workflow import DecisionStatus
from core.errors import NotPermitted
from core.models import User
from parties.models import Partnership, Role
from parties.policies import Viewer, check_is_secretariat, has_role


def check_can_prepare(user: User, partnership: Partnership, *, at: datetime) -> None:
    """Raise NotPermitted unless the person serves this partnership's secretariat."""
    check_is_secretariat(user, partnership, at=at)


def check_can_answer(user: User, decision: Decision, *, at: datetime) -> None:
    """Raise NotPermitted unless the person was asked for an answer and still sits where the answer counts."""
    asked = Answer.objects.filter(decision=decision, member=user).select_related("party").first()
    if asked is None or not has_role(
        user, Role(asked.role), at=at, partnership=decision.partnership, party=asked.party
    ):
        raise NotPermitted(_("Only the members who were asked may answer."))


def can_prepare(user: Viewer, partnership: Partnership, *, at: datetime) -> bool:
    """Answer check_can_prepare."""
    return has_role(user, Role.SECRETARIAT, at=at, partnership=partnership)


def can_answer(user: Viewer, decision: Decision, *, at: datetime) -> bool:
    """Return whether the person may answer this decision now."""
    if not isinstance(user, User) or decision.status != DecisionStatus.OPEN:
        return False
    try:
        check_can_answer(user, decision, at=at)
    except NotPermitted:
        return False
    return True
