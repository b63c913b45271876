"""Monitoring reports and their verification (jcm.md 1.8)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import InvalidInput
from core.findings import enforce
from core.models import User
from core.quantities import six_places
from methodologies.engine.calculate import YearResult
from methodologies.engine.definition import DefinitionError
from methodologies.rules import r_pm_04
from parties.models import Designation, Task
from projects import policies, rules, selectors
from projects.calculation import yearly_results
from projects.errors import CannotCalculate, PeriodsOverlap, ResultsDiffer
from projects.models import MonitoringReport, Project, Verification, YearlyResult
from projects.services.locking import report_locked
from projects.workflow import REPORT

# The tables hold 18 digits before the point.
LARGEST = 10**18


@transaction.atomic
def report_create(
    *, project_id: int, period_start: date, period_end: date, actor: User, at: datetime
) -> MonitoringReport:
    """Begin the report of one monitoring period; both days belong to it. It may begin before registration.

    Raises NotPermitted, InvalidInput, or PeriodsOverlap.
    """
    project = Project.objects.select_related("partnership__host").get(pk=project_id)
    policies.check_can_prepare(actor, project, at=at)
    enforce(
        rules.r_mr_01(project),
        rules.r_mr_02(project, period_start),
        rules.r_mr_03(project.partnership, period_start, period_end) or rules.r_mr_04(period_start, period_end, at=at),
    )
    try:
        with transaction.atomic():
            report = MonitoringReport.objects.create(
                project=project,
                period_start=period_start,
                period_end=period_end,
                source=actor.record_source,
                created_by=actor,
            )
    except IntegrityError as problem:
        if "projects_periods_do_not_overlap" in str(problem):
            raise PeriodsOverlap(fields={"period_start": str(PeriodsOverlap.title)}) from problem
        raise
    events.emit("report.created", report, actor=actor, at=at)
    return report


@transaction.atomic
def report_calculate(*, report: MonitoringReport) -> list[YearResult]:
    """Replace the report's yearly results by what follows from its readings.

    Raises InvalidInput when the equations cannot be evaluated with them.
    """
    results = _calculated(report)
    report.results.all().delete()
    YearlyResult.objects.bulk_create(_rows(report, results))
    return results


def _calculated(report: MonitoringReport) -> list[YearResult]:
    try:
        results = yearly_results(report)
    except DefinitionError as problem:
        raise CannotCalculate(problem) from problem
    if any(abs(value) >= LARGEST for result in results for value in (result.reference, result.project)):
        raise InvalidInput(_("The emissions are too large to be right. Check the units of the readings."))
    return results


def _rows(report: MonitoringReport, results: list[YearResult]) -> list[YearlyResult]:
    return [
        YearlyResult(
            report=report,
            year=result.year,
            reference=six_places(result.reference),
            project=six_places(result.project),
            reductions=result.reductions,
            negative=result.negative,
        )
        for result in results
    ]


@transaction.atomic
def report_submit(*, report_id: int, actor: User, at: datetime) -> MonitoringReport:
    """Give the report to the third-party entities for verification.

    Raises NotPermitted, TransitionRefused, or InvalidInput without readings.
    """
    report = report_locked(report_id)
    policies.check_can_prepare(actor, report.project, at=at)
    target = REPORT.next_state("submit", state=report.status)
    enforce(rules.r_mr_01(report.project), rules.r_mr_05(report))
    return _moved(report, target, "report.submitted", actor=actor, at=at)


@transaction.atomic
def report_return(*, report_id: int, reason: str, actor: User, at: datetime) -> MonitoringReport:
    """Send the report back to the participants.

    Raises NotPermitted, TransitionRefused, or InvalidInput without a reason.
    """
    report = report_locked(report_id)
    policies.check_can_examine(actor, report.project, at=at)
    target = REPORT.next_state("return", state=report.status)
    enforce(r_pm_04(reason))
    return _moved(report, target, "report.returned", actor=actor, at=at, reason=reason)


@transaction.atomic
def report_verify(
    *, report_id: int, designation_id: int, statement: str, actor: User, at: datetime
) -> MonitoringReport:
    """Sign that the reductions are right; they are calculated again before.

    Raises NotPermitted, TransitionRefused, InvalidInput when the designation does not allow it, or ResultsDiffer.
    """
    report = report_locked(report_id)
    designation = Designation.objects.select_related("organisation").get(pk=designation_id)
    policies.check_can_sign(actor, designation, at=at)
    target = REPORT.next_state("verify", state=report.status)
    enforce(
        rules.r_vv_01(designation, report.project.partnership, selectors.submitted_on(report), at=at)
        or rules.r_vv_02(designation, report.project, Task.VERIFICATION, at=at)
        or rules.r_vv_03(designation, report.project),
        rules.r_vv_04(statement),
        rules.r_mr_01(report.project),
    )
    results = _calculated(report)
    _compare(report, results)
    Verification.objects.create(
        report=report, designation=designation, statement=statement, signed_by=actor, signed_at=at
    )
    data: dict[str, object] = {
        "designation": designation.number,
        "reductions": {str(result.year): result.reductions for result in results},
    }
    return _moved(report, target, "report.verified", actor=actor, at=at, data=data)


def _compare(report: MonitoringReport, results: list[YearResult]) -> None:
    fields = ("year", "reference", "project", "reductions", "negative")
    stored = list(report.results.order_by("year").values_list(*fields))
    if stored != [tuple(getattr(row, name) for name in fields) for row in _rows(report, results)]:
        raise ResultsDiffer


def _moved(
    report: MonitoringReport,
    target: str,
    event: str,
    *,
    actor: User,
    at: datetime,
    reason: str = "",
    data: dict[str, object] | None = None,
) -> MonitoringReport:
    report.status, report.status_reason = target, reason
    report.save(update_fields=["status", "status_reason", "updated_at"])
    events.emit(event, report, actor=actor, at=at, data={**(data or {}), **({"reason": reason} if reason else {})})
    return report
