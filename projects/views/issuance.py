"""Issuance requests: amounts, check, submission, and the secretariat's answer."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import attempt, posted
from core.errors import DomainError
from core.models import User
from core.requests import form_refused, signed_in
from projects import policies, selectors, services
from projects.forms.issuance import AllocationForm
from projects.forms.monitoring import ReasonForm
from projects.models import IssuanceRequest


class RequestService(Protocol):
    """A service that moves an issuance request."""

    def __call__(self, *, request_id: int, actor: User, at: datetime) -> IssuanceRequest: ...


@login_required
@require_http_methods(["GET", "POST"])
def issuance_request_create(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Allocate the verified reductions; the answers are shown for a check before they are submitted."""
    now, user = timezone.now(), signed_in(request)
    report = get_object_or_404(selectors.report_list(viewer=user, at=now), project__number=number, pk=pk)
    if not policies.can_request_issuance(policies.parts_of(user, report.project, at=now), report):
        raise PermissionDenied
    form = AllocationForm(posted(request), report=report)
    context = {"report": report, "form": form}
    if request.method == "POST" and form.is_valid() and "change" not in request.POST:
        if "submit" not in request.POST:
            return render(request, "projects/issuance_request_check.html", context)
        try:
            return redirect(
                services.issuance_request_submit(report_id=pk, allocations=form.amounts, actor=user, at=now)
            )
        except DomainError as refusal:
            form_refused(form, refusal)
    return render(request, "projects/issuance_request_create.html", context)


@require_safe
def issuance_request_detail(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A request with its amounts, and what can be done with it now."""
    return _page(request, _request_of(request, number, pk))


def _request_of(request: HttpRequest, number: str, pk: int) -> IssuanceRequest:
    requests = selectors.issuance_request_list(viewer=request.user, at=timezone.now())
    found: IssuanceRequest = get_object_or_404(requests, report__project__number=number, pk=pk)
    return found


def _page(request: HttpRequest, asked: IssuanceRequest, reason: ReasonForm | None = None) -> HttpResponse:
    now = timezone.now()
    parts = policies.parts_of(request.user, asked.report.project, at=now)
    actions = policies.request_actions(parts, asked)
    context = {
        "asked": asked,
        "report": asked.report,
        "project": asked.report.project,
        "allocations": asked.allocations.select_related("party"),
        "sides": selectors.sides_of(asked),
        "actions": actions,
        # Accounts and people are named only to those who take part in the case.
        "involved": selectors.is_involved(request.user, asked.report.project, at=now),
        "is_participant": "participant" in parts,
        "reason_form": reason or ReasonForm(),
    }
    return render(request, "projects/issuance_request.html", context)


@login_required
@require_POST
def issuance_request_accept(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Find the request complete: it goes to the Joint Committee."""
    done = _("The request is on the Joint Committee's agenda.")
    return _act(request, number, pk, services.issuance_request_accept, done)


@login_required
@require_POST
def issuance_request_withdraw(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take the request back."""
    return _act(request, number, pk, services.issuance_request_withdraw, _("The request is withdrawn."))


@login_required
@require_POST
def issuance_request_return(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Send an incomplete request back, with the reason."""
    asked, user, now = _request_of(request, number, pk), signed_in(request), timezone.now()
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form)
    return _answer(
        request,
        asked,
        lambda: services.issuance_request_return(request_id=pk, actor=user, at=now, **form.cleaned_data),
        _("The request is back with the participants."),
    )


def _act(request: HttpRequest, number: str, pk: int, service: RequestService, done: str) -> HttpResponse:
    asked, user, now = _request_of(request, number, pk), signed_in(request), timezone.now()
    return _answer(request, asked, lambda: service(request_id=pk, actor=user, at=now), done)


def _answer(
    request: HttpRequest, asked: IssuanceRequest, act: Callable[[], IssuanceRequest], done: str
) -> HttpResponse:
    return attempt(request, act, done=done, to=asked.get_absolute_url())
