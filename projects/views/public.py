"""What everybody sees of projects."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.lists import list_response
from projects.filters import ProjectFilter
from projects.tables import PROJECTS, project_rows


@require_safe
def project_list(request: HttpRequest) -> HttpResponseBase:
    """The projects, from validation on."""
    projects = ProjectFilter(request.GET, project_rows())
    return list_response(request, PROJECTS, projects, at=timezone.now())
