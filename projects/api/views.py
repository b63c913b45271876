"""Projects for programs."""

from core.api.views import PublicViewSet
from projects.api.serializers import ProjectSerializer
from projects.filters import ProjectFilter
from projects.models import Project
from projects.tables import PROJECTS, project_rows


class ProjectViewSet(PublicViewSet[Project]):
    """The projects, from validation on."""

    listing = PROJECTS
    filterset_class = ProjectFilter
    serializer_class = ProjectSerializer
    queryset = project_rows()
    lookup_field = "number"
