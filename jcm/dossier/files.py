"""Which files of a case a person may open: those that the record's own page offers, by the same rules."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.urls import reverse

from core.errors import NotPermitted
from core.models import Rendition
from methodologies import selectors as methodologies
from methodologies.models import MethodologyVersion
from methodologies.policies import is_inside
from parties import ports
from parties.models import DesignationApplication, Partnership, RuleSet
from parties.policies import Viewer
from parties.selectors import entities, rulebook
from projects import selectors as projects
from projects.models import Project, ProjectIdeaNote


def files_of(record: Model | None, *, viewer: Viewer, at: datetime) -> list[Rendition]:
    """Return the files of the record that this person may open."""
    opened = FILES.get(type(record)) if record is not None else None
    return opened(record, viewer, at) if opened else []


def address_of(record: Model, file: Rendition) -> str:
    """Return where a file of the record is opened."""
    if isinstance(record, RuleSet):
        document = record.documents.select_related("partnership__host").get(document=file.document_id)
        return reverse("parties:rule-file", args=[document.partnership.host.slug, document.code, document.version])
    name, key = ADDRESSES[type(record)]
    return reverse(name, args=[getattr(record, key), file.access])


def _readable(
    files: list[Rendition], record: Model, partnership: Partnership, viewer: Viewer, at: datetime
) -> list[Rendition]:
    """Return the files without the restricted ones where the committee's rule on conflicts of interest says no."""
    try:
        ports.check_may_read(viewer, record, partnership, at=at)
    except NotPermitted:
        return [file for file in files if file.access == Rendition.Access.PUBLIC]
    return files


def _of_project(project: Project, viewer: Viewer, at: datetime) -> list[Rendition]:
    files = projects.renditions_of(project, involved=projects.is_involved(viewer, project, at=at))
    return _readable(files, project, project.partnership, viewer, at)


def _of_idea(note: ProjectIdeaNote, viewer: Viewer, at: datetime) -> list[Rendition]:
    files = list(projects.files_of_idea(note, inside=projects.is_inside_idea(viewer, note, at=at)))
    return _readable(files, note, note.partnership, viewer, at)


def _of_application(application: DesignationApplication, viewer: Viewer, at: datetime) -> list[Rendition]:
    found = (entities.file_of(application.pk, access, viewer=viewer, at=at) for access in Rendition.Access.values)
    return _readable([file for file in found if file is not None], application, application.partnership, viewer, at)


def _of_methodology(version: MethodologyVersion, viewer: Viewer, at: datetime) -> list[Rendition]:
    files = methodologies.files_of(version, inside=is_inside(viewer, version, at=at))
    return _readable(files, version, version.methodology.partnership, viewer, at)


def _of_rule_set(rule_set: RuleSet, viewer: Viewer, at: datetime) -> list[Rendition]:
    sets = rulebook.rule_set_list(viewer=viewer, at=at).filter(pk=rule_set.pk)
    return list(Rendition.objects.filter(document__in=rulebook.filed_in(sets)).order_by("document", "access"))


FILES: dict[type[Model], Callable[[Any, Viewer, datetime], list[Rendition]]] = {
    Project: _of_project,
    ProjectIdeaNote: _of_idea,
    DesignationApplication: _of_application,
    MethodologyVersion: _of_methodology,
    RuleSet: _of_rule_set,
}
# The address of a file: its name, and which column of the record stands in it before the access.
ADDRESSES: dict[type[Model], tuple[str, str]] = {
    Project: ("projects:document", "number"),
    ProjectIdeaNote: ("projects:idea-note-document", "number"),
    DesignationApplication: ("parties:application-document", "pk"),
    MethodologyVersion: ("methodologies:document", "pk"),
}
