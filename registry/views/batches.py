"""Many movements from one file."""

import csv

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.answers import posted
from core.errors import DomainError
from core.requests import signed_in
from registry import policies, services
from registry.forms.batch import BatchForm
from registry.models import ProposalLine
from registry.services.batch import COLUMNS, EXAMPLES
from registry.views.accounts import account_of


@login_required
@require_http_methods(["GET", "POST"])
def batch(request: HttpRequest, number: str) -> HttpResponse:
    """Propose all rows of a file, or none of them."""
    now, user = timezone.now(), signed_in(request)
    found = account_of(request, number, at=now)
    if not policies.can(policies.check_can_propose_from, user, found, at=now):
        raise PermissionDenied
    form = BatchForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            return redirect(
                services.batch_create(
                    kind=asked["kind"], from_account=found, text=asked["file"], key=str(asked["key"]), actor=user,
                    at=now, reason=asked["reason"],
                )
            )  # fmt: skip
        except DomainError as refusal:
            form.refuse(refusal)
    purposes = {"retirement": ProposalLine.RETIRES, "cancellation": ProposalLine.CANCELS}
    context = {"account": found, "form": form, "columns": COLUMNS, "purposes": purposes}
    return render(request, "registry/batch.html", context)


@login_required
@require_safe
def batch_template(_request: HttpRequest, kind: str) -> HttpResponse:
    """An empty file with the right columns and one example."""
    if kind not in COLUMNS:
        raise Http404(kind)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="jcm-{kind}.csv"'
    csv.writer(response).writerows([COLUMNS[kind], EXAMPLES[kind]])
    return response
