"""Applications for designation: the entity files and corrects, the secretariat checks."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import attempt, posted
from core.errors import DomainError, NotPermitted
from core.files import file_response
from core.models import Rendition
from core.requests import form_refused, signed_in
from parties import policies, ports, services
from parties.forms.entities import ApplicantForm, ApplicationForm, ExtensionForm, ReasonForm
from parties.models import DesignationApplication, Role
from parties.selectors import designation_list, entities

STORY = {
    "designation_application.submitted": gettext_lazy("Submitted"),
    "designation_application.returned": gettext_lazy("Returned as incomplete"),
    "designation_application.considered": gettext_lazy("Complete, under consideration"),
    "designation_application.denied": gettext_lazy("Not granted"),
    "designation_application.withdrawn": gettext_lazy("Withdrawn"),
}


@login_required
@require_http_methods(["GET", "POST"])
def application_new(request: HttpRequest) -> HttpResponse:
    """Apply for designation."""
    now, user = timezone.now(), signed_in(request)
    organisations = policies.organisations_of(user, Role.TPE, at=now)
    if not organisations:
        raise PermissionDenied
    who = ApplicantForm(posted(request), organisations=organisations)
    form = ApplicationForm(posted(request), request.FILES or None)
    if request.method == "POST" and who.is_valid() and form.is_valid():
        try:
            return redirect(
                services.application_file(
                    **who.cleaned_data, content=form.content(), files=form.chosen(), actor=user, at=now
                )
            )
        except DomainError as refusal:
            form_refused(form, refusal)
    return render(request, "parties/application_form.html", {"form": form, "who": who})


@login_required
@require_http_methods(["GET", "POST"])
def application_extend(request: HttpRequest, number: str) -> HttpResponse:
    """Apply for more scopes of a designation, or with a renewed accreditation."""
    now, user = timezone.now(), signed_in(request)
    designation = get_object_or_404(designation_list(), number=number)
    if not policies.can_apply(user, designation.organisation, at=now):
        raise PermissionDenied
    form = ExtensionForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            application = services.application_file(
                partnership=designation.partnership, organisation=designation.organisation,
                kind=form.cleaned_data["kind"], content=form.content(), files=form.chosen(), actor=user, at=now,
            )  # fmt: skip
            return redirect(application)
        except DomainError as refusal:
            form_refused(form, refusal)
    return render(request, "parties/application_form.html", {"form": form, "designation": designation})


@login_required
@require_http_methods(["GET", "POST"])
def application_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a returned application and submit it again."""
    now, user = timezone.now(), signed_in(request)
    application = get_object_or_404(entities.application_list(viewer=user, at=now), pk=pk)
    if "submit" not in _actions(request, application):
        raise PermissionDenied
    form = ApplicationForm.of(application, posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.application_correct(
                application_id=pk, content=form.content(), files=form.chosen(), actor=user, at=now
            )
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return redirect(application)
    return render(request, "parties/application_form.html", {"form": form, "application": application})


@login_required
@require_safe
def application_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An application and what can be done with it now."""
    return _page(request, _application(request, pk))


def _page(request: HttpRequest, application: DesignationApplication, reason: ReasonForm | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "application": application,
        "renditions": entities.renditions_of(application),
        "story": entities.story_of(application, STORY),
        "actions": _actions(request, application),
        "reason_form": reason or ReasonForm(),
    }
    return render(request, "parties/application.html", context)


def _application(request: HttpRequest, pk: int) -> DesignationApplication:
    applications = entities.application_list(viewer=request.user, at=timezone.now())
    application: DesignationApplication = get_object_or_404(applications, pk=pk)
    return application


def _actions(request: HttpRequest, application: DesignationApplication) -> list[str]:
    return policies.application_actions(request.user, application, at=timezone.now())


@require_safe
def application_document(request: HttpRequest, pk: int, access: str) -> HttpResponseBase:
    """One file of an application; everybody reads the public one once the designation is decided."""
    rendition = entities.file_of(pk, access, viewer=request.user, at=timezone.now())
    if rendition is None:
        raise Http404
    if rendition.access == Rendition.Access.RESTRICTED:
        application, now = _application(request, pk), timezone.now()
        try:
            ports.check_may_read(request.user, application, application.partnership, at=now)
        except NotPermitted as refusal:
            raise PermissionDenied(str(refusal)) from refusal
    return file_response(request, rendition)


@login_required
@require_POST
def application_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Find an application complete: it goes to the Joint Committee."""
    application, now, user = _application(request, pk), timezone.now(), signed_in(request)
    return attempt(
        request,
        lambda: services.application_accept(application_id=pk, actor=user, at=now),
        done=_("The application is on the Joint Committee's agenda."),
        to=application.get_absolute_url(),
    )


@login_required
@require_POST
def application_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an incomplete application back, with the reason."""
    application, now, user = _application(request, pk), timezone.now(), signed_in(request)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, application, form)
    return attempt(
        request,
        lambda: services.application_return(application_id=pk, actor=user, at=now, **form.cleaned_data),
        done=_("The application is back with the entity."),
        to=application.get_absolute_url(),
    )


@login_required
@require_POST
def application_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an application back."""
    application, now, user = _application(request, pk), timezone.now(), signed_in(request)
    return attempt(
        request,
        lambda: services.application_withdraw(application_id=pk, actor=user, at=now),
        done=_("The application is withdrawn."),
        to=application.get_absolute_url(),
    )
