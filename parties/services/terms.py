"""The history of a designation: what held when."""

from datetime import date, datetime

from core.models import User
from parties.models import Designation, DesignationTerm
from parties.workflow import DesignationStatus

RECORDED = "recorded"


def history_begin(designation: Designation, *, at: datetime) -> None:
    """Write down what held so far, before the first change; call before the columns are changed."""
    if not designation.terms.exists():
        since = designation.designated_on or designation.partnership.signed_on
        _write(designation, change=RECORDED, since=since, recorded_at=at)


def history_turn(
    designation: Designation,
    *,
    change: str,
    day: date,
    at: datetime,
    reason: str = "",
    decision_number: str = "",
    author: User | None = None,
    work_may_finish: bool = False,
) -> DesignationTerm:
    """End what held before this day and write down what holds from it on, as the columns say now.

    A suspension that goes on lets the same work be finished as before.
    """
    present = designation.terms.filter(ended_on=None).first()
    if present is not None:
        work_may_finish |= present.work_may_finish and designation.status == DesignationStatus.SUSPENDED
        day = max(day, present.valid_from)  # history only goes forward
        present.ended_on = day
        present.save(update_fields=["ended_on"])
    return _write(
        designation,
        change=change,
        since=day,
        recorded_at=at,
        reason=reason,
        decision_number=decision_number,
        author=author,
        work_may_finish=work_may_finish,
    )


def _write(
    designation: Designation,
    *,
    change: str,
    since: date,
    recorded_at: datetime,
    reason: str = "",
    decision_number: str = "",
    author: User | None = None,
    work_may_finish: bool = False,
) -> DesignationTerm:
    return DesignationTerm.objects.create(
        designation=designation,
        valid_from=since,
        status=designation.status,
        accredited_until=designation.valid_until,
        scopes_validation=_numbers(designation, "validation"),
        scopes_verification=_numbers(designation, "verification"),
        work_may_finish=work_may_finish,
        change=change,
        reason=reason,
        decision_number=decision_number,
        author=author,
        recorded_at=recorded_at,
    )


def _numbers(designation: Designation, task: str) -> list[int]:
    scopes = designation.scopes_validation if task == "validation" else designation.scopes_verification
    return sorted(scopes.values_list("number", flat=True))
