"""What the record of a case said at each submission, and what changed between the last two.

It follows from the rows that PostgreSQL keeps of the record (core.models.RowChange), so no version can be forgotten or
tidied up.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, ForeignKey, Model
from django.utils.text import capfirst

from core.differences import Passage, compare
from core.models import Document, Event, RowChange, User
from parties.models import Case

# Columns that the procedure writes, not the submitter.
NOT_CONTENT = {
    "id", "status", "status_reason", "updated_at", "source", "case_id", "created_by_id", "decision_number",
    "incomplete", "public_inputs_from", "public_inputs_until", "approved_on", "registered_on", "decided_on",
    "submitted_on", "number", "proposed_number", "methodology_id", "partnership_id", "designation_id",
    "ended_on", "revises_id", "by_committee",
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


def documents_at(record: Model, case: Case, at: datetime) -> list[Document]:
    """Return the documents that the record named when it was submitted, last before or at a time."""
    said = next((version.said for version in reversed(versions_of(record, case)) if version.at <= at), {})
    columns = [str(field.column) for field in record._meta.concrete_fields if field.related_model is Document]
    return list(Document.objects.filter(pk__in=[said[column] for column in columns if said.get(column)]))


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


def said_in(record: Model, version: Version) -> list[tuple[str, str]]:
    """Return what the record said at a submission: the label and the words of each column that said something."""
    told = [
        (capfirst(str(field.verbose_name)), _text(field, version.said.get(str(field.column))))
        for field in record._meta.concrete_fields
        if field.related_model not in (Document, User) and not isinstance(field, DateTimeField)
    ]
    return [(label, text) for label, text in told if text]


def _text(field: Any, value: object) -> str:
    if value in (None, "", {}, []):
        return ""
    if isinstance(field, ForeignKey):
        related: Any = field.related_model
        return str(related.objects.filter(pk=value).first() or value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
