"""The design of a project, until it is submitted for validation (jcm.md 1.4)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core import events, numbering
from core.errors import TransitionRefused
from core.findings import enforce
from core.models import User
from core.services import document_file
from methodologies.models import MethodologyVersion
from parties.models import Country, Organisation, Partnership, Role
from parties.policies import check_is_participant, organisations_of
from parties.selectors import day_of
from parties.services import call_open
from projects import policies, rules
from projects.models import Project, ProjectIdeaNote, ProjectParticipant
from projects.services.cases import registration_case
from projects.services.locking import project_locked
from projects.workflow import PROJECT, ProjectStatus


class ParticipantLine(NamedTuple):
    """An organisation by name, the side on which it takes part, and whether it is the focal point."""

    name: str
    party: Country
    focal_point: bool = False


class DesignChanges(TypedDict, total=False):
    """What can be changed in a draft; what is left out stays."""

    title: str
    description: str
    technology: str
    location: str
    latitude: Decimal | None
    longitude: Decimal | None
    operation_start: date | None
    lifetime_years: int | None
    estimated_per_year: int | None
    members: Mapping[str, Sequence[str]]
    fixed_values: Mapping[str, str | Mapping[str, str]]
    idea_note: ProjectIdeaNote | None
    methodologies: Sequence[MethodologyVersion]
    participants: Sequence[ParticipantLine]


# Changes that go to tables of their own.
_LISTS = ("methodologies", "participants")


@transaction.atomic
def project_draft(*, partnership: Partnership, title: str, actor: User, at: datetime) -> Project:
    """Begin a design. `source` follows the actor. Raises NotPermitted for others than participants."""
    check_is_participant(actor, at=at)
    project = Project.objects.create(partnership=partnership, title=title, created_by=actor, source=actor.record_source)
    events.emit("project.drafted", project, actor=actor, at=at)
    return project


@transaction.atomic
def project_update(*, project_id: int, changes: DesignChanges, actor: User, at: datetime) -> Project:
    """Change a draft.

    Raises NotPermitted, or TransitionRefused once the design is submitted.
    """
    project = _draft(project_id, actor=actor, at=at)
    fields = [name for name in changes if name not in _LISTS]
    for name, value in changes.items():
        if name in fields:
            setattr(project, name, value)
    project.save(update_fields=[*fields, "updated_at"])
    if "methodologies" in changes:
        project.methodologies.set(changes["methodologies"])
    if "participants" in changes:
        _participants_replace(project, changes["participants"])
    events.emit("project.changed", project, actor=actor, at=at, data={"fields": sorted(changes)})
    return project


def _participants_replace(project: Project, lines: Sequence[ParticipantLine]) -> None:
    project.participants.all().delete()
    for line in lines:
        organisation, _new = Organisation.objects.get_or_create(
            name=line.name, country=line.party, defaults={"source": project.source}
        )
        ProjectParticipant.objects.get_or_create(
            project=project, organisation=organisation, party=line.party, defaults={"focal_point": line.focal_point}
        )


@transaction.atomic
def project_attach_document(
    *, project_id: int, files: Mapping[str, "UploadedFile[bytes]"], actor: User, at: datetime
) -> Project:
    """File the design document (access → file: a public rendition, a restricted one, or both) with a draft.

    Raises NotPermitted, TransitionRefused, or InvalidInput for a file that cannot be filed.
    """
    project = _draft(project_id, actor=actor, at=at)
    project.document = document_file(title=project.title, files=files, actor=actor, at=at)
    project.save(update_fields=["document", "updated_at"])
    events.emit("project.changed", project, actor=actor, at=at, data={"fields": ["document"]})
    return project


@transaction.atomic
def project_submit_design(*, project_id: int, actor: User, at: datetime) -> Project:
    """Publish the design for validation; the project gets its reference number, for example VN017.

    Raises NotPermitted, TransitionRefused, or InvalidInput that names everything that is not right.
    """
    project = project_locked(project_id)
    policies.check_can_prepare(actor, project, at=at)
    project.status = PROJECT.next_state("submit_design", state=project.status)
    mine = organisations_of(actor, Role.PARTICIPANT, at=at)
    day = day_of(project.partnership, at)
    enforce({**rules.r_pd_06(project, mine), **rules.r_pd_07(project, day), **rules.design_findings(project)})
    code = project.partnership.code
    project.number = f"{code}{numbering.allot(code, source=project.source):03d}"
    project.submitted_on = at.date()
    project.case = registration_case(project, actor=actor, at=at)
    project.save(update_fields=["status", "number", "submitted_on", "case", "updated_at"])
    call_open(case=project.case, at=at)
    events.emit("project.design_submitted", project, actor=actor, at=at)
    return project


def _draft(project_id: int, *, actor: User, at: datetime) -> Project:
    project = project_locked(project_id)
    policies.check_can_prepare(actor, project, at=at)
    if project.status != ProjectStatus.DRAFT:
        raise TransitionRefused(action="change", state=project.status)
    return project
