"""The secretariat's part: complete, or back to the proponent; an approved version may be proposed for withdrawal."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.answers import attempt
from core.requests import signed_in
from methodologies import selectors, services
from methodologies.forms import ReasonForm, WithdrawalForm
from methodologies.models import MethodologyWithdrawal
from methodologies.views.detail import page
from methodologies.workflow import Status


@login_required
@require_POST
def methodology_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Find a methodology complete: the public is asked, then the Joint Committee."""
    now, user = timezone.now(), signed_in(request)
    version = get_object_or_404(selectors.methodology_list(viewer=user, at=now), pk=pk)
    return attempt(
        request,
        lambda: services.methodology_accept(version_id=pk, actor=user, at=now),
        done=lambda accepted: (
            _("Everybody can comment now; the Joint Committee considers it afterwards.")
            if accepted.status == Status.PUBLIC_INPUTS
            else _("The methodology is on the Joint Committee's agenda.")
        ),
        to=version.get_absolute_url(),
    )


@login_required
@require_POST
def methodology_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an incomplete methodology back, with the reason."""
    now, user = timezone.now(), signed_in(request)
    version = get_object_or_404(selectors.methodology_list(viewer=user, at=now), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return page(request, version, reason_form=form)
    return attempt(
        request,
        lambda: services.methodology_return(version_id=pk, actor=user, at=now, **form.cleaned_data),
        done=_("The methodology is back with its proponent."),
        to=version.get_absolute_url(),
    )


@login_required
@require_POST
def withdrawal_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose that the Joint Committee withdraws an approved version."""
    now, user = timezone.now(), signed_in(request)
    version = get_object_or_404(selectors.methodology_list(viewer=user, at=now), pk=pk)
    form = WithdrawalForm(request.POST)
    if not form.is_valid():
        return page(request, version, withdrawal_form=form)
    return attempt(
        request,
        lambda: services.withdrawal_propose(version_id=pk, actor=user, at=now, **form.cleaned_data),
        done=_("The proposal is on the Joint Committee's agenda."),
        to=version.get_absolute_url(),
    )


@login_required
@require_POST
def withdrawal_take_back(request: HttpRequest, pk: int, withdrawal: int) -> HttpResponse:
    """Take the proposal back; the version stays valid."""
    now, user = timezone.now(), signed_in(request)
    version = get_object_or_404(selectors.methodology_list(viewer=user, at=now), pk=pk)
    proposed = get_object_or_404(MethodologyWithdrawal, version=version, pk=withdrawal)
    return attempt(
        request,
        lambda: services.withdrawal_take_back(withdrawal_id=proposed.pk, actor=user, at=now),
        done=_("The proposal is taken back."),
        to=version.get_absolute_url(),
    )
