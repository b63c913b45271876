"""What changed in the documents of a case: paragraphs of PDF and DOCX, cells of XLSX.

Two files are compared only for whoever may open both.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.core.files.storage import storages
from django.db.models import Model
from django.utils.translation import gettext as _

from core.differences import CellChange, Passage, compare, compare_cells, paragraphs
from core.models import Document, Rendition
from core.services import content_path
from core.texts import DOCX, PDF, XLSX, Unreadable, cells_of, text_of
from jcm.dossier.files import files_of
from jcm.dossier.versions import Version
from methodologies.models import MethodologyVersion
from parties.models import RuleSet
from parties.policies import Viewer
from parties.selectors import rulebook

# More cells that differ are counted only, and more paragraphs are not compared: it would take minutes.
MOST_CELLS_SHOWN = 300
MOST_PARAGRAPHS = 5_000


@dataclass(frozen=True, slots=True)
class Pair:
    """A file of the case and what it was before."""

    before: Rendition
    after: Rendition


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed in a file; `more` counts cells that are not shown, `problem` says why nothing can be compared."""

    passages: list[Passage] = field(default_factory=list)
    cells: list[CellChange] = field(default_factory=list)
    more: int = 0
    whole: bool = True
    problem: str = ""


def pairs_of(
    record: Model, versions: list[Version], files: list[Rendition], *, viewer: Viewer, at: datetime
) -> list[Pair]:
    """Return the `files` that this person may open beside what they were, where the person may open that too.

    That is the submission before, the version that a set of rules replaces, or the methodology that is revised.
    """
    found = [*_resubmitted(record, versions, files)]
    if isinstance(record, RuleSet):
        found += _rules(record, files)
    if isinstance(record, MethodologyVersion) and not found:
        found += _revised(record, files, viewer, at)
    return [pair for pair in found if pair.before.sha256 != pair.after.sha256]


def _resubmitted(record: Model, versions: list[Version], files: list[Rendition]) -> Iterator[Pair]:
    opened = {file.access for file in files}
    columns = [str(column.column) for column in record._meta.concrete_fields if column.related_model is Document]
    for column in columns if len(versions) > 1 else []:
        before, after = (_renditions(version.said.get(column)) for version in versions[-2:])
        yield from (Pair(before[access], after[access]) for access in after if access in before and access in opened)


def _renditions(document: int | None) -> dict[str, Rendition]:
    return {file.access: file for file in Rendition.objects.filter(document=document).order_by("access")}


def _rules(rule_set: RuleSet, files: list[Rendition]) -> Iterator[Pair]:
    filed = {file.document_id: file for file in files}
    for new in rule_set.documents.filter(document__in=filed):
        after = filed[new.document_id or 0]
        adopted = rulebook.documents_of(rule_set.partnership).filter(code=new.code, version__lt=new.version)
        old = adopted.exclude(document=None).first()
        before = _renditions(old.document_id).get(Rendition.Access.PUBLIC) if old else None
        if before is not None:
            yield Pair(before, after)


def _revised(version: MethodologyVersion, files: list[Rendition], viewer: Viewer, at: datetime) -> Iterator[Pair]:
    approved = MethodologyVersion.objects.approved().filter(methodology=version.methodology_id).exclude(pk=version.pk)
    former = approved.select_related("methodology__partnership").order_by("-approved_on", "-pk").first()
    before = {file.access: file for file in files_of(former, viewer=viewer, at=at)}
    yield from (Pair(before[file.access], file) for file in files if file.access in before)


def difference_of(pair: Pair) -> Difference:
    """Return what changed in a file."""
    kind = pair.after.media_type
    if pair.before.media_type != kind:
        return Difference(problem=_("The two files are of different kinds."))
    try:
        if kind == XLSX:
            return _of_cells(_content(pair.before), _content(pair.after))
        if kind in (PDF, DOCX):
            return _of_texts(*(text_of(kind, _content(file)) for file in (pair.before, pair.after)))
    except Unreadable as problem:
        return Difference(problem=str(problem))
    return Difference(problem=_("Files of this kind are not compared."))


def _content(file: Rendition) -> bytes:
    with storages["documents"].open(content_path(file.sha256)) as stored:
        content: bytes = stored.read()
    return content


def _of_cells(before: bytes, after: bytes) -> Difference:
    old, new = cells_of(before), cells_of(after)
    changes = compare_cells(old, new)
    shown = list(islice(changes, MOST_CELLS_SHOWN))
    return Difference(cells=shown, more=sum(1 for _rest in changes), whole=old.whole and new.whole)


def _of_texts(before: str, after: str) -> Difference:
    if not before or not after:
        return Difference(problem=_("One of the two files has no text that programs can read."))
    if max(len(paragraphs(text)) for text in (before, after)) > MOST_PARAGRAPHS:
        return Difference(problem=_("The files are too long to be compared."))
    return Difference(passages=compare(before, after))
