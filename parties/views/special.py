"""Special measures: everybody reads what is adopted, the secretariat proposes."""

from datetime import timedelta

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
from parties.forms.rulebook import SpecialMeasureForm
from parties.models import Partnership, SpecialMeasure
from parties.selectors import day_of, partnership_list
from parties.selectors import rulebook as selectors
from parties.workflow import ProposalStatus


@login_required
@require_http_methods(["GET", "POST"])
def special_measure_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose a special measure."""
    partnership = get_object_or_404(partnership_list(), host__slug=slug)
    return _propose(request, partnership, None)


@login_required
@require_http_methods(["GET", "POST"])
def special_measure_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose that a special measure goes on."""
    measure = _measure(request, pk)
    return _propose(request, measure.partnership, measure)


def _propose(request: HttpRequest, partnership: Partnership, extends: SpecialMeasure | None) -> HttpResponse:
    now, user = timezone.now(), signed_in(request)
    if not policies.is_secretariat(user, partnership, at=now):
        raise PermissionDenied
    form = SpecialMeasureForm(posted(request), initial=_initial(extends))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(
                services.special_measure_propose(
                    partnership=partnership, extends=extends, **form.cleaned_data, actor=user, at=now
                )
            )
        except DomainError as refusal:
            form_refused(form, refusal)
    context = {"form": form, "partnership": partnership, "extends": extends}
    return render(request, "parties/special_measure_form.html", context)


def _initial(extends: SpecialMeasure | None) -> dict[str, object]:
    if extends is None:
        return {}
    begins = extends.valid_until + timedelta(days=1)
    return {"title": extends.title, "text": extends.text, "valid_from": begins}


def _measure(request: HttpRequest, pk: int) -> SpecialMeasure:
    measures = selectors.special_measure_list(viewer=request.user, at=timezone.now())
    measure: SpecialMeasure = get_object_or_404(measures, pk=pk)
    return measure


@require_safe
def special_measure_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A special measure, and the decisions that extended it."""
    measure, now = _measure(request, pk), timezone.now()
    serves = policies.is_secretariat(request.user, measure.partnership, at=now)
    context = {
        "measure": measure,
        "is_valid": measure.is_valid_on(day_of(measure.partnership, now)),
        "extensions": selectors.special_measure_list(viewer=request.user, at=now).filter(extends=measure),
        "may_withdraw": serves and measure.status == ProposalStatus.PROPOSED,
        "may_extend": serves and measure.status == ProposalStatus.ADOPTED,
    }
    return render(request, "parties/special_measure.html", context)


@login_required
@require_POST
def special_measure_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposed special measure back."""
    measure, now, user = _measure(request, pk), timezone.now(), signed_in(request)
    return attempt(
        request,
        lambda: services.special_measure_withdraw(measure_id=pk, actor=user, at=now),
        done=_("The proposed measure is withdrawn."),
        to=measure.get_absolute_url(),
    )
