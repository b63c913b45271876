"""Validation by the third-party entity, and the way to registration."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.answers import attempt, posted
from core.errors import DomainError
from core.models import User
from core.requests import form_refused, signed_in
from parties.casework import call_of, inputs_public
from projects import policies, selectors, services
from projects.forms.monitoring import OpinionForm, ReasonForm
from projects.models import Project
from projects.views.detail import page


class ProjectService(Protocol):
    """A service that moves a project."""

    def __call__(self, *, project_id: int, actor: User, at: datetime) -> Project: ...


@login_required
@require_http_methods(["GET", "POST"])
def project_validate(request: HttpRequest, number: str) -> HttpResponse:
    """Sign the opinion on a design."""
    now, user = timezone.now(), signed_in(request)
    project = get_object_or_404(selectors.project_list(viewer=user, at=now), number=number)
    if "validate" not in policies.project_actions(policies.parts_of(user, project, at=now), project):
        raise PermissionDenied
    form = OpinionForm(posted(request), designations=selectors.designations_of(user, project, at=now))
    if request.method == "POST" and form.is_valid():
        designation, statement = form.cleaned_data["designation"], form.cleaned_data["statement"]
        try:
            services.project_validate(
                project_id=project.pk, designation_id=designation.pk, statement=statement, actor=user, at=now
            )
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return redirect(project)
    case = project.case
    said = {"call": call_of(case), "inputs": inputs_public(case)} if case else {}
    context = {"project": project, "form": form, **said}
    return render(request, "projects/validate.html", context)


@login_required
@require_POST
def project_request_registration(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the Joint Committee to register the project."""
    return _act(request, number, services.project_request_registration, _("The request is with the secretariat."))


@login_required
@require_POST
def project_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take the request for registration back."""
    return _act(request, number, services.project_withdraw_request, _("The request is withdrawn."))


@login_required
@require_POST
def project_accept(request: HttpRequest, number: str) -> HttpResponse:
    """Find the request complete: it goes to the Joint Committee."""
    return _act(request, number, services.project_accept, _("The project is on the Joint Committee's agenda."))


@login_required
@require_POST
def project_return(request: HttpRequest, number: str) -> HttpResponse:
    """Send an incomplete request back, with the reason."""
    now, user = timezone.now(), signed_in(request)
    project = get_object_or_404(selectors.project_list(viewer=user, at=now), number=number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return page(request, project, form)
    return _answer(
        request,
        project,
        lambda: services.project_return(project_id=project.pk, actor=user, at=now, **form.cleaned_data),
        _("The request is back with the participants."),
    )


def _act(request: HttpRequest, number: str, service: ProjectService, done: str) -> HttpResponse:
    now, user = timezone.now(), signed_in(request)
    project = get_object_or_404(selectors.project_list(viewer=user, at=now), number=number)
    return _answer(request, project, lambda: service(project_id=project.pk, actor=user, at=now), done)


def _answer(request: HttpRequest, project: Project, act: Callable[[], Project], done: str) -> HttpResponse:
    return attempt(request, act, done=done, to=project.get_absolute_url())
