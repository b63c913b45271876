"""Projects and idea notes for programs."""

from core.api.views import PublicViewSet
from projects.api.serializers import IdeaNoteSerializer, ProjectSerializer
from projects.filters import IdeaNoteFilter, ProjectFilter
from projects.models import Project, ProjectIdeaNote
from projects.tables import IDEA_NOTES, PROJECTS, idea_note_rows, project_rows


class ProjectViewSet(PublicViewSet[Project]):
    """The projects, from validation on."""

    listing = PROJECTS
    filterset_class = ProjectFilter
    serializer_class = ProjectSerializer
    queryset = project_rows()
    lookup_field = "number"


class IdeaNoteViewSet(PublicViewSet[ProjectIdeaNote]):
    """The idea notes that committees consider or answered."""

    listing = IDEA_NOTES
    filterset_class = IdeaNoteFilter
    serializer_class = IdeaNoteSerializer
    queryset = idea_note_rows()
    lookup_field = "number"
