"""Rule documents and special measures: adopted ones for everybody, proposals for the committee."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from core.differences import Passage, compare
from core.models import Document, Rendition
from parties.models import Partnership, RuleDocument, RuleSet, SpecialMeasure
from parties.policies import INSIDE, Viewer
from parties.rulebook import DOCUMENTS
from parties.selectors.people import partnerships_of
from parties.workflow import ProposalStatus, RuleSetStatus


@dataclass(frozen=True, slots=True)
class Book:
    """The versions of one document, newest first; `current` is in force, a newer one may only follow."""

    code: str
    title: str
    current: RuleDocument | None
    versions: list[RuleDocument]


def documents_of(partnership: Partnership) -> QuerySet[RuleDocument]:
    """Return the adopted versions of all documents of the partnership, with their files."""
    adopted = RuleDocument.objects.filter(partnership=partnership, rule_set__status=RuleSetStatus.ADOPTED)
    related = ("partnership__host", "rule_set", "document")
    return adopted.select_related(*related).prefetch_related("document__renditions").order_by("code", "-version")


def books_of(partnership: Partnership, day: date) -> list[Book]:
    """Return the documents of the partnership, in the order in which they are usually listed."""
    versions: dict[str, list[RuleDocument]] = {}
    for document in documents_of(partnership):
        versions.setdefault(document.code, []).append(document)
    order = {code: place for place, code in enumerate(DOCUMENTS)}
    codes = sorted(versions, key=lambda code: (order.get(code, len(order)), code))
    return [book_of(code, versions[code], day) for code in codes]


def book_of(code: str, versions: list[RuleDocument], day: date) -> Book:
    """Return one document: the newest version whose day has come is current."""
    begun = [version for version in versions if version.effective_from and version.effective_from <= day]
    current = begun[0] if begun else None
    return Book(code, (current or versions[0]).title, current, versions)


def difference(versions: Iterable[RuleDocument], before: str, after: str) -> tuple[list[Passage], str]:
    """Return what changed between two versions, or why that cannot be told: "unknown" or "no text"."""
    known = {version.version: version for version in versions}
    if before not in known or after not in known:
        return [], "unknown"
    old, new = known[before], known[after]
    if not old.text or not new.text:
        return [], "no text"
    return compare(old.text, new.text), ""


def file_in(sets: QuerySet[RuleSet], code: str, version: str) -> Rendition | None:
    """Return the file of a version in one of these sets; the adopted one where there are several."""
    found = RuleDocument.objects.filter(rule_set__in=sets, code=code, version=version, document__isnull=False)
    adopted = found.filter(rule_set__status=RuleSetStatus.ADOPTED)
    document = adopted.first() or found.order_by("pk").last()
    return Rendition.objects.filter(document=document.document_id).first() if document else None


def filed_in(sets: QuerySet[RuleSet]) -> QuerySet[Document]:
    """Return the files' documents of every version in these sets."""
    return Document.objects.filter(pk__in=RuleDocument.objects.filter(rule_set__in=sets).values("document"))


def rule_set_list(*, viewer: Viewer, at: datetime) -> QuerySet[RuleSet]:
    """Return sets of documents: everybody sees the adopted ones, the committee and its secretariat all."""
    related = RuleSet.objects.select_related("partnership__host", "partnership__acquirer", "drafted_by")
    inside = partnerships_of(viewer, *INSIDE, at=at)
    return related.filter(Q(status=RuleSetStatus.ADOPTED) | Q(partnership__in=inside))


def special_measures_of(partnership: Partnership) -> QuerySet[SpecialMeasure]:
    """Return the special measures that the partnership's committee adopted, the newest first."""
    return SpecialMeasure.objects.filter(partnership=partnership, status=ProposalStatus.ADOPTED)


def special_measure_list(*, viewer: Viewer, at: datetime) -> QuerySet[SpecialMeasure]:
    """Return special measures: everybody sees the adopted ones, the committee and its secretariat all."""
    related = SpecialMeasure.objects.select_related(
        "partnership__host", "partnership__acquirer", "proposed_by", "extends"
    )
    inside = partnerships_of(viewer, *INSIDE, at=at)
    return related.filter(Q(status=ProposalStatus.ADOPTED) | Q(partnership__in=inside))
