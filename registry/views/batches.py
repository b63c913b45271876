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
from registry.models import Account, ProposalLine
from registry.selectors import batches
from registry.services.batch import COLUMNS, EXAMPLES, OPTIONAL
from registry.views.accounts import account_of

SHOWN = 200


@login_required
@require_http_methods(["GET", "POST"])
def batch(request: HttpRequest, number: str) -> HttpResponse:
    """Check all rows of a file and show their effect, then propose all of them, or none."""
    now, user = timezone.now(), signed_in(request)
    found = account_of(request, number, at=now)
    if not policies.can(policies.check_can_propose_from, user, found, at=now):
        raise PermissionDenied
    form = BatchForm(posted(request), request.FILES or None)
    if request.method == "POST" and "change" in request.POST:
        form = BatchForm(initial={name: request.POST.get(name) for name in ("key", "kind", "reason")})
    elif request.method == "POST" and form.is_valid():
        answer = _propose(request, found, form) if "submit" in request.POST else _check(request, found, form)
        if answer is not None:
            return answer
    purposes = {"retirement": ProposalLine.RETIRES, "cancellation": ProposalLine.CANCELS}
    context = {"account": found, "form": form, "columns": COLUMNS, "optional": OPTIONAL, "purposes": purposes}
    return render(request, "registry/batch.html", context)


def _propose(request: HttpRequest, account: Account, form: BatchForm) -> HttpResponse | None:
    asked = form.cleaned_data
    try:
        proposal = services.batch_create(
            kind=asked["kind"],
            from_account=account,
            text=form.text,
            key=str(asked["key"]),
            actor=signed_in(request),
            at=timezone.now(),
            reason=asked["reason"],
        )
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    return redirect(proposal)


def _check(request: HttpRequest, account: Account, form: BatchForm) -> HttpResponse | None:
    kind, now = form.cleaned_data["kind"], timezone.now()
    try:
        checked = services.batch_check(
            kind=kind, from_account=account, text=form.text, actor=signed_in(request), at=now
        )
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    rows = batches.Rows(checked.numbers, checked.asks, checked.declared, checked.found)
    effect = batches.batch_preview(kind, account, rows, at=now)
    context = {"account": account, "form": form, "kind": kind, "preview": effect, "shown": SHOWN}
    return render(request, "registry/batch_check.html", context)


@login_required
@require_safe
def batch_template(_request: HttpRequest, kind: str) -> HttpResponse:
    """An empty file with the right columns and one example."""
    if kind not in COLUMNS:
        raise Http404(kind)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="jcm-{kind}.csv"'
    csv.writer(response).writerows([[*COLUMNS[kind], *OPTIONAL.get(kind, ())], EXAMPLES[kind]])
    return response
