"""All there is about one case on one page, and as one file: what changed between submissions, inputs, decisions, files.

What a record said when it was submitted follows from the rows that PostgreSQL keeps of it (core.models.RowChange), so
no version can be forgotten or tidied up.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from committee.models import Decision
from committee.papers import decision_pdf
from committee.selectors import decision_list
from committee.workflow import DecisionStatus
from core import spreadsheets
from core.differences import Passage, compare
from core.errors import NotPermitted
from core.models import Event, Rendition, RowChange
from core.services import content_path
from parties import casework, policies, ports
from parties.models import Case, DesignationApplication, Partnership
from parties.policies import Viewer
from parties.selectors import entities
from parties.views.cases import case_of
from projects import selectors as projects
from projects.models import Project, ProjectIdeaNote

# Columns that the procedure writes, not the submitter.
NOT_CONTENT = {
    "id", "status", "status_reason", "updated_at", "source", "case_id", "created_by_id", "decision_number",
    "incomplete", "public_inputs_from", "public_inputs_until", "approved_on", "registered_on", "decided_on",
    "submitted_on", "number", "proposed_number", "methodology_id", "partnership_id", "designation_id",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Version:
    """What the record said at one submission, by column."""

    at: datetime
    by: str
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One column that differs between two submissions, in words that stayed, came or went."""

    label: str
    passages: list[Passage]


def record_of(case: Case) -> Model | None:
    """Return the record that the case is about."""
    about = (relation.name for relation in case._meta.related_objects if relation.one_to_one)
    found: Iterator[Model | None] = (getattr(case, name, None) for name in about if name != "call")
    return next(filter(None, found), None)


def versions_of(record: Model, case: Case) -> list[Version]:
    """Return what the record said at each submission, the first one first; equal ones once."""
    rows = RowChange.objects.filter(subject_table=record._meta.db_table, subject_id=str(record.pk)).order_by("pk")
    changes = list(rows.values_list("database_transaction", "after"))
    submitted = Event.objects.filter(name="case.submitted", subject_type="parties.case", subject_id=str(case.pk))
    found: list[Version] = []
    for event in submitted.select_related("actor").order_by("at", "recorded_at"):
        said: dict[str, Any] = {}
        for transaction, after in changes:
            if transaction <= (event.database_transaction or 0):
                said |= after or {}
        content = {column: value for column, value in said.items() if column not in NOT_CONTENT}
        if content and (not found or found[-1].said != content):
            found.append(Version(event.at, str(event.actor or ""), content))
    return found


def changes_of(record: Model, versions: list[Version]) -> list[Change]:
    """Return what changed between the last two submissions, by column."""
    if len(versions) < 2:
        return []
    before, after = versions[-2].said, versions[-1].said
    found = []
    for field in record._meta.concrete_fields:
        old, new = (_text(field, version.get(str(field.column))) for version in (before, after))
        if passages := compare(old, new):
            found.append(Change(capfirst(str(field.verbose_name)), passages))
    return found


def _text(field: Any, value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(field, ForeignKey):
        related: Any = field.related_model
        return str(related.objects.filter(pk=value).first() or value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


def decisions_about(record: Model | None, *, viewer: Viewer, at: datetime) -> QuerySet[Decision]:
    """Return the decisions about the record that this person may see, the newest first."""
    decisions = decision_list(viewer=viewer, at=at)
    links = {field.related_model: field.name for field in Decision.items.rel.related_model._meta.concrete_fields}
    if record is None or type(record) not in links:
        return decisions.none()
    return decisions.filter(**{f"items__{links[type(record)]}": record}).distinct()


def files_of(record: Model | None, *, viewer: Viewer, at: datetime) -> list[Rendition]:
    """Return the files of the record that this person may open, by the rules of the record's own page."""
    opened = FILES.get(type(record)) if record is not None else None
    return opened(record, viewer, at) if opened else []


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


FILES: dict[type[Model], Callable[[Any, Viewer, datetime], list[Rendition]]] = {
    Project: _of_project,
    ProjectIdeaNote: _of_idea,
    DesignationApplication: _of_application,
}


def _gathered(request: HttpRequest, case: Case) -> dict[str, Any]:
    now, viewer = timezone.now(), request.user
    record = record_of(case)
    inside = policies.is_inside_case(viewer, case, at=now)
    versions = versions_of(record, case) if record is not None and inside else []
    return {
        "case": case,
        "inside": inside,
        "history": casework.history_of(case),
        "versions": versions,
        "changes": changes_of(record, versions) if record is not None else [],
        "inputs": list(casework.inputs_public(case)),
        "decisions": list(decisions_about(record, viewer=viewer, at=now)),
        "files": files_of(record, viewer=viewer, at=now),
    }


@require_safe
def dossier(request: HttpRequest, number: str) -> HttpResponse:
    """Show everything about a case that this person may see."""
    return render(request, "jcm/dossier.html", _gathered(request, case_of(request, number)))


@require_safe
def dossier_file(request: HttpRequest, number: str) -> HttpResponse:
    """The same as one ZIP file, with the documents themselves and the decisions as PDF."""
    case = case_of(request, number)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _packed(case, _gathered(request, case)):
            archive.writestr(name, content)
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="dossier-{case.number}.zip"'
    return response


def _packed(case: Case, gathered: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    facts = {
        "number": case.number, "kind": case.kind, "title": case.title, "stage": case.stage,
        "partnership": case.partnership.code, "submitted_at": case.submitted_at,
        "rule_pack": case.rule_pack.number, "address": settings.SITE_URL + case.get_absolute_url(),
        "stages": [{"stage": each.row.stage, "from": each.row.from_at} for each in gathered["history"]],
        "submissions": [{"at": each.at, "by": each.by, "said": each.said} for each in gathered["versions"]],
    }  # fmt: skip
    yield "case.json", json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()
    head = ("reference", "sent", "name", "organisation", "country", "text", "reply")
    rows = [
        (i.reference, i.sent_at.isoformat(), i.name, i.organisation, i.country, i.text, i.reply)
        for i in gathered["inputs"]
    ]
    yield "public-inputs.csv", spreadsheets.csv_file([head, *rows])
    for decision in gathered["decisions"]:
        if decision.status == DecisionStatus.ADOPTED:
            address = settings.SITE_URL + decision.get_absolute_url()
            yield f"decisions/{decision}-en.pdf", decision_pdf(decision, language="en", address=address)
    for place, file in enumerate(gathered["files"], start=1):
        with storages["documents"].open(content_path(file.sha256)) as content:
            yield f"documents/{place}-{file.access}-{file.file_name}", content.read()
