"""Monitoring reports: period, readings, results, submission, verification."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import attempt, posted
from core.errors import DomainError
from core.requests import form_refused, signed_in
from core.spreadsheets import download
from methodologies.engine.definition import DefinitionError
from methodologies.workbook import workbook
from projects import policies, selectors, services
from projects.calculation import workbook_content
from projects.errors import Fault, ReadingsRefused
from projects.explanation import explained
from projects.forms.monitoring import OpinionForm, PeriodForm, ReadingsForm, ReasonForm
from projects.models import MonitoringReport
from projects.periods import empty_table


@login_required
@require_http_methods(["GET", "POST"])
def report_create(request: HttpRequest, number: str) -> HttpResponse:
    """Begin a report."""
    now, user = timezone.now(), signed_in(request)
    project = get_object_or_404(selectors.project_list(viewer=user, at=now), number=number)
    if not policies.can_report(policies.parts_of(user, project, at=now), project):
        raise PermissionDenied
    form = PeriodForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(services.report_create(project_id=project.pk, **form.cleaned_data, actor=user, at=now))
        except DomainError as refusal:
            form_refused(form, refusal)
    return render(request, "projects/report_create.html", {"project": project, "form": form})


@require_safe
def report_detail(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A report with the reductions of each year and how they follow."""
    return _page(request, _report(request, number, pk))


@require_safe
def report_workbook(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The report as the JCM workbook, with live formulas."""
    report, now = _report(request, number, pk), timezone.now()
    try:
        content = workbook(workbook_content(report), made=now)
    except DefinitionError as problem:
        raise Http404(str(problem)) from problem
    return download(f"{number}-{report.period_start}-{report.period_end}", "xlsx", content, at=now)


def _report(request: HttpRequest, number: str, pk: int) -> MonitoringReport:
    reports = selectors.report_list(viewer=request.user, at=timezone.now())
    found: MonitoringReport = get_object_or_404(reports, project__number=number, pk=pk)
    return found


def _page(request: HttpRequest, report: MonitoringReport, reason: ReasonForm | None = None) -> HttpResponse:
    now, viewer = timezone.now(), request.user
    parts = policies.parts_of(viewer, report.project, at=now)
    context = {
        "report": report,
        "project": report.project,
        "results": report.results.all(),
        "years": explained(report),
        "meters": selectors.meters_of(report),
        "meters_shown": selectors.METERS_SHOWN,
        "actions": policies.report_actions(parts, report),
        "may_upload": policies.can_upload(parts, report),
        "open_request": selectors.open_request_of(report, viewer=viewer, at=now),
        "may_request": policies.can_request_issuance(parts, report),
        "reason_form": reason or ReasonForm(),
    }
    return render(request, "projects/report.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def report_readings(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Upload or paste the readings; every fault is listed by row and column."""
    report = _report(request, number, pk)
    if not policies.can_upload(policies.parts_of(request.user, report.project, at=timezone.now()), report):
        raise PermissionDenied
    form, faults = ReadingsForm(posted(request), request.FILES or None), list[Fault]()
    if request.method == "POST" and form.is_valid():
        try:
            _store(request, report, form.text)
        except ReadingsRefused as refusal:
            faults = refusal.faults
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return redirect(report)
    return render(request, "projects/readings.html", {"report": report, "form": form, "faults": faults})


def _store(request: HttpRequest, report: MonitoringReport, text: str) -> None:
    rows = services.readings_read(text)
    services.readings_replace(report_id=report.pk, rows=rows, actor=signed_in(request), at=timezone.now())
    messages.success(request, _("%(count)s readings are stored and the reductions calculated.") % {"count": len(rows)})


@login_required
@require_safe
def report_template(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The empty table of this period as CSV."""
    report = _report(request, number, pk)
    try:
        content = empty_table(report)
    except DefinitionError as problem:
        raise Http404 from problem
    name = f"{number}_{report.period_start:%Y%m%d}-{report.period_end:%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse("\ufeff" + content, content_type="text/csv; charset=utf-8", headers=headers)


@login_required
@require_POST
def report_submit(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Give the report to the third-party entities."""
    report, user, now = _report(request, number, pk), signed_in(request), timezone.now()
    return attempt(
        request,
        lambda: services.report_submit(report_id=pk, actor=user, at=now),
        done=_("The report waits for verification."),
        to=report.get_absolute_url(),
    )


@login_required
@require_POST
def report_return(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Send the report back to the participants, with the reason."""
    report, user, now = _report(request, number, pk), signed_in(request), timezone.now()
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, report, form)
    return attempt(
        request,
        lambda: services.report_return(report_id=pk, actor=user, at=now, **form.cleaned_data),
        done=_("The report is back with the participants."),
        to=report.get_absolute_url(),
    )


@login_required
@require_http_methods(["GET", "POST"])
def report_verify(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Sign that the reductions are right."""
    report, user, now = _report(request, number, pk), signed_in(request), timezone.now()
    if "verify" not in policies.report_actions(policies.parts_of(user, report.project, at=now), report):
        raise PermissionDenied
    form = OpinionForm(posted(request), designations=selectors.designations_of(user, report.project, at=now))
    if request.method == "POST" and form.is_valid():
        designation, statement = form.cleaned_data["designation"], form.cleaned_data["statement"]
        try:
            services.report_verify(report_id=pk, designation_id=designation.pk, statement=statement, actor=user, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return redirect(report)
    context = {"report": report, "results": report.results.all(), "years": explained(report), "form": form}
    return render(request, "projects/verify.html", context)
