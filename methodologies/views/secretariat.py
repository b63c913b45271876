"""The secretariat's answers: complete, or back to the proponent."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.answers import attempt
from core.requests import signed_in
from methodologies import selectors, services
from methodologies.forms import ReasonForm
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
        return page(request, version, form)
    return attempt(
        request,
        lambda: services.methodology_return(version_id=pk, actor=user, at=now, **form.cleaned_data),
        done=_("The methodology is back with its proponent."),
        to=version.get_absolute_url(),
    )
