"""Projects, idea notes and readings for programs."""

from core.api.views import PublicViewSet
from projects.api.serializers import IdeaNoteSerializer, ProjectSerializer, ReadingSerializer
from projects.filters import IdeaNoteFilter, ProjectFilter, ReadingFilter
from projects.models import MeterReading, Project, ProjectIdeaNote
from projects.tables import ALL_READINGS, IDEA_NOTES, PROJECTS, idea_note_rows, project_rows, public_reading_rows


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


class ReadingViewSet(PublicViewSet[MeterReading]):
    """The monthly readings of the verified monitoring reports."""

    listing = ALL_READINGS
    filterset_class = ReadingFilter
    serializer_class = ReadingSerializer
    queryset = public_reading_rows()
