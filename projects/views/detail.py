"""The public page of a project, and its documents."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.errors import NotPermitted
from core.files import file_response
from core.models import Rendition
from projects import policies, ports, selectors
from projects.forms.monitoring import ReasonForm
from projects.models import Project
from projects.timeline import timeline


@require_safe
def project_detail(request: HttpRequest, number: str) -> HttpResponse:
    """A project with its participants, methodologies, reports and story."""
    projects = selectors.project_list(viewer=request.user, at=timezone.now())
    return page(request, get_object_or_404(projects, number=number))


def page(request: HttpRequest, project: Project, reason: ReasonForm | None = None) -> HttpResponse:
    """Show the project with the actions that this person has."""
    now, viewer = timezone.now(), request.user
    parts = policies.parts_of(viewer, project, at=now)
    involved = selectors.is_involved(viewer, project, at=now)
    context = {
        "project": project,
        "participants": project.participants.select_related("organisation", "party"),
        "methodologies": project.methodologies.select_related("methodology"),
        "validation": selectors.validation_of(project),
        "reports": selectors.report_list(viewer=viewer, at=now).filter(project=project).prefetch_related("results"),
        "requests": selectors.issuance_request_list(viewer=viewer, at=now).filter(report__project=project),
        "renditions": selectors.renditions_of(project, involved=involved),
        "reason": selectors.reason_shown(project, involved=involved),
        "steps": timeline(project, involved=involved),
        "actions": policies.project_actions(parts, project),
        "may_report": policies.can_report(parts, project),
        "reason_form": reason or ReasonForm(),
    }
    return render(request, "projects/detail.html", context)


@require_safe
def project_document(request: HttpRequest, number: str, access: str) -> HttpResponseBase:
    """One rendition of the design document; the restricted one only for those involved."""
    now = timezone.now()
    project = get_object_or_404(selectors.project_list(viewer=request.user, at=now), number=number)
    involved = selectors.is_involved(request.user, project, at=now)
    rendition = next((r for r in selectors.renditions_of(project, involved=involved) if r.access == access), None)
    if rendition is None:
        raise Http404
    if rendition.access == Rendition.Access.RESTRICTED:
        try:
            ports.check_may_read(request.user, project, at=now)
        except NotPermitted as refusal:
            raise PermissionDenied(str(refusal)) from refusal
    return file_response(request, rendition)
