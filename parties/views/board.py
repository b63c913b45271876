"""The secretariat's board, and the public figures of how long stages take."""

import csv

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.lists import list_response
from core.requests import signed_in
from parties import selectors
from parties.filters import BoardFilter
from parties.selectors import board as boards
from parties.tables import BOARD
from parties.workflow import OPEN_STAGES


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponseBase:
    """Open cases by partnership and stage, and as a list, the next deadline first."""
    user, now = signed_in(request), timezone.now()
    rows = boards.board(user, at=now)
    if not rows:
        raise PermissionDenied
    filtered = BoardFilter(request.GET, boards.open_cases(user, at=now), request=request)
    context = {"board": rows, "stages": [stage.label for stage in OPEN_STAGES], "now": now}
    return list_response(request, BOARD, filtered, at=now, **context)


@require_safe
def stage_times(request: HttpRequest) -> HttpResponse:
    """How long each stage takes, by kind of case; for everybody."""
    code = request.GET.get("country", "")
    chosen = get_object_or_404(selectors.partnership_list(), host__iso2=code) if code else None
    times = boards.stage_times(chosen)
    match request.GET.get("format", ""):
        case "":
            context = {"times": times, "partnerships": selectors.partnership_list(), "chosen": chosen}
            return render(request, "parties/stage_times.html", context)
        case "csv":
            return _csv(times, code)
    raise Http404


def _csv(times: list[boards.StageTime], code: str) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="jcm-stage-times{code and "-" + code}.csv"'
    writer = csv.writer(response)
    writer.writerow(["kind", "stage", "cases", "median_days", "ninth_decile_days"])
    writer.writerows([each.kind, each.stage, each.cases, each.median, each.ninth] for each in times)
    return response
