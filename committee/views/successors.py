"""The secretariat's screens: recirculate what was stopped, supersede what was adopted."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from committee import policies, selectors, services
from committee.forms.decisions import RecirculateForm, SupersedeForm
from committee.models import Decision
from committee.views.decisions import page
from core.errors import DomainError
from core.requests import form_refused, signed_in


@login_required
@require_POST
def decision_recirculate(request: HttpRequest, pk: int) -> HttpResponse:
    """The secretariat rewords a stopped or withdrawn decision."""
    former, form = _former(request, pk), RecirculateForm(request.POST)
    return _successor(request, former, form, lambda: services.decision_recirculate(
        decision_id=pk, actor=signed_in(request), at=timezone.now(), **form.cleaned_data
    ))  # fmt: skip


@login_required
@require_POST
def decision_supersede(request: HttpRequest, pk: int) -> HttpResponse:
    """The secretariat prepares what takes the place of an adopted decision."""
    former = _former(request, pk)
    form = SupersedeForm(request.POST, agenda=selectors.agenda(former.partnership))
    return _successor(request, former, form, lambda: services.decision_supersede(
        decision_id=pk, text=form.cleaned_data["text"], item_ids=[i.pk for i in form.cleaned_data.get("items", ())],
        actor=signed_in(request), at=timezone.now(),
    ))  # fmt: skip


def _former(request: HttpRequest, pk: int) -> Decision:
    now, user = timezone.now(), signed_in(request)
    decision = get_object_or_404(selectors.decision_list(viewer=user, at=now), pk=pk)
    if not policies.can_prepare(user, decision.partnership, at=now):
        raise PermissionDenied
    return decision


def _successor(
    request: HttpRequest, former: Decision, form: RecirculateForm | SupersedeForm, make: Callable[[], Decision]
) -> HttpResponse:
    if form.is_valid():
        try:
            decision = make()
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("The new decision is prepared. Open it for answers when it is ready."))
            return redirect(decision)
    return page(request, former, successor=form)
