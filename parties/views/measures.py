"""Measures on designations: the secretariat proposes, the committee decides; an entity may give up its own."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import attempt, posted
from core.errors import DomainError
from core.requests import form_refused, signed_in
from parties import policies, services
from parties.forms.entities import MeasureForm, ReasonForm
from parties.models import DesignationMeasure
from parties.selectors import designation_list, entities
from parties.workflow import ProposalStatus


@login_required
@require_http_methods(["GET", "POST"])
def measure_new(request: HttpRequest, number: str) -> HttpResponse:
    """Propose a measure to the Joint Committee."""
    now, user = timezone.now(), signed_in(request)
    designation = get_object_or_404(designation_list(), number=number)
    if not policies.is_secretariat(user, designation.partnership, at=now):
        raise PermissionDenied
    form = MeasureForm(posted(request), designation=designation)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(
                services.measure_propose(designation_id=designation.pk, **form.cleaned_data, actor=user, at=now)
            )
        except DomainError as refusal:
            form_refused(form, refusal)
    return render(request, "parties/measure_form.html", {"form": form, "designation": designation})


@require_safe
def measure_detail(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A measure with its reasons: public once adopted, for the committee and the entity before."""
    now = timezone.now()
    measure = _measure(request, number, pk)
    serves = policies.is_secretariat(request.user, measure.designation.partnership, at=now)
    context = {"measure": measure, "may_withdraw": serves and measure.status == ProposalStatus.PROPOSED}
    return render(request, "parties/measure.html", context)


def _measure(request: HttpRequest, number: str, pk: int) -> DesignationMeasure:
    measures = entities.measure_list(viewer=request.user, at=timezone.now())
    measure: DesignationMeasure = get_object_or_404(measures, pk=pk, designation__number=number)
    return measure


@login_required
@require_POST
def measure_withdraw(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a proposed measure back."""
    measure, now, user = _measure(request, number, pk), timezone.now(), signed_in(request)
    return attempt(
        request,
        lambda: services.measure_withdraw(measure_id=pk, actor=user, at=now),
        done=_("The proposed measure is withdrawn."),
        to=measure.get_absolute_url(),
    )


@login_required
@require_http_methods(["GET", "POST"])
def designation_give_up(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw from one's own designation."""
    now, user = timezone.now(), signed_in(request)
    designation = get_object_or_404(designation_list(), number=number)
    if not policies.can_apply(user, designation.organisation, at=now):
        raise PermissionDenied
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.designation_give_up(designation_id=designation.pk, actor=user, at=now, **form.cleaned_data)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return redirect(designation)
    return render(request, "parties/give_up.html", {"form": form, "designation": designation})
