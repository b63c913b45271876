"""The monthly readings of a report: everybody's where the report is public."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.lists import list_response
from projects import selectors
from projects.filters import ReportReadingFilter
from projects.tables import READINGS, reading_rows


@require_safe
def reading_list(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """Every month of every meter, to filter, to sort and to download."""
    now = timezone.now()
    reports = selectors.report_list(viewer=request.user, at=now)
    report = get_object_or_404(reports, project__number=number, pk=pk)
    symbols = selectors.symbols_of(report)
    rows = ReportReadingFilter(request.GET, reading_rows().filter(report=report), symbols=symbols)
    return list_response(request, READINGS, rows, at=now, report=report, project=report.project)
