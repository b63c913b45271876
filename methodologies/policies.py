"""Who may act on a methodology. Every rule is a pair: check_x raises with the reason, can_x answers."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from core.errors import NotPermitted
from core.models import User
from methodologies.models import MethodologyVersion
from methodologies.workflow import METHODOLOGY, OPEN_FOR_CHANGES, Status
from parties.models import Organisation, Partnership, Role
from parties.policies import Viewer, check_is_secretariat, has_role, reads_inside
from parties.workflow import ProposalStatus


def check_can_propose(user: User, proponent: Organisation | None, partnership: Partnership, *, at: datetime) -> None:
    """Raise NotPermitted unless the person works for the proponent, or for the committee that proposes itself."""
    if proponent is None:
        check_is_secretariat(user, partnership, at=at)
    elif not has_role(user, Role.PARTICIPANT, at=at, organisation=proponent):
        raise NotPermitted(_("You may propose a methodology only for an organisation that you work for."))


def check_can_change(user: Viewer, version: MethodologyVersion, *, at: datetime) -> None:
    """Raise NotPermitted unless the person works for the proponent of this methodology, or for the committee's own."""
    if version.by_committee:
        check_is_secretariat(user, version.methodology.partnership, at=at)
    elif version.proponent is None or not has_role(user, Role.PARTICIPANT, at=at, organisation=version.proponent):
        raise NotPermitted(_("Only people of the proponent may do this."))


def can_change(user: Viewer, version: MethodologyVersion, *, at: datetime) -> bool:
    """Whether the person works for the proponent of this methodology."""
    return _allows(lambda: check_can_change(user, version, at=at))


def check_can_consider(user: Viewer, version: MethodologyVersion, *, at: datetime) -> None:
    """Raise NotPermitted unless the person serves the secretariat of the partnership."""
    check_is_secretariat(user, version.methodology.partnership, at=at)


def can_consider(user: Viewer, version: MethodologyVersion, *, at: datetime) -> bool:
    """Whether the person serves the secretariat of the partnership."""
    return _allows(lambda: check_can_consider(user, version, at=at))


def can_edit(user: Viewer, version: MethodologyVersion, *, at: datetime) -> bool:
    """Whether the person may change the text now: a draft, or what was returned."""
    return version.status in OPEN_FOR_CHANGES and can_change(user, version, at=at)


def can_revise(user: Viewer, version: MethodologyVersion, *, at: datetime) -> bool:
    """Whether the person may draft the next version of this approved methodology."""
    may_propose = has_role(user, Role.PARTICIPANT, at=at) or can_consider(user, version, at=at)
    return version.status == Status.APPROVED and may_propose


def can_propose_withdrawal(user: Viewer, version: MethodologyVersion, *, at: datetime) -> bool:
    """Whether the person may propose now that the Joint Committee withdraws this version."""
    return (
        "revoke" in METHODOLOGY.available(version.status)
        and can_consider(user, version, at=at)
        and not version.withdrawals.filter(status=ProposalStatus.PROPOSED).exists()
    )


def is_inside(user: Viewer, version: MethodologyVersion, *, at: datetime) -> bool:
    """Whether the person may read who did what: the proponent, and who reads what is before the committee."""
    return can_change(user, version, at=at) or reads_inside(user, version.methodology.partnership, at=at)


def available(user: Viewer, version: MethodologyVersion, *, at: datetime) -> list[str]:
    """Return the verbs of the workflow that this person may use now, in table order."""
    may = {"proponent": can_change(user, version, at=at), "secretariat": can_consider(user, version, at=at)}
    return [verb for verb in METHODOLOGY.available(version.status) if may.get(ACTORS.get(verb, ""), False)]


# Approval and denial are no button: they follow from a decision of the Joint Committee.
ACTORS = {"submit": "proponent", "withdraw": "proponent", "accept": "secretariat", "return": "secretariat"}


def _allows(check: Callable[[], None]) -> bool:
    try:
        check()
    except NotPermitted:
        return False
    return True
