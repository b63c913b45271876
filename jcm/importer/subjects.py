"""What the subject of a decision names: one item for each methodology, project, idea note or entity in the text."""

import re
from dataclasses import dataclass
from datetime import date

from committee.models import DecisionItem
from jcm.importer.loader import version
from jcm.importer.participants import same
from methodologies.models import MethodologyVersion
from parties.models import Designation, Partnership
from projects.models import Project, ProjectIdeaNote

Kind = DecisionItem.Kind
METHODOLOGY = r"\b{CC}_AM\d{3,5}(?:\s+ver\.?\s*\d+\.\d+)?"
PROJECT = r"\b{CC}\d{3,5}\b"
IDEA_NOTE = r"\b{CC}_PIN\d{3,5}\b"
NAMES = {
    Kind.METHODOLOGY_APPROVAL: METHODOLOGY,
    Kind.METHODOLOGY_REVISION: METHODOLOGY,
    Kind.PROJECT_REGISTRATION: PROJECT,
    Kind.ISSUANCE: PROJECT,
    Kind.PIN_NO_OBJECTION: IDEA_NOTE,
    Kind.PIN_DECISION: IDEA_NOTE,
}
REMARK = re.compile(r"\s*\([^()]*\)$")


@dataclass(frozen=True, slots=True)
class Item:
    """One matter of a decision. `field` of the item points to the record `pk` that it names, where we know it."""

    kind: Kind
    subject: str
    field: str = ""
    pk: int = 0

    @property
    def link(self) -> dict[str, int]:
        """The item's reference to the record, as a value for its field."""
        return {self.field: self.pk} if self.field else {}


class Subjects:
    """Finds the records that subjects name, among those that the database has now."""

    def __init__(self) -> None:
        self.projects = dict(Project.objects.exclude(number=None).values_list("number", "pk"))
        self.idea_notes = dict(ProjectIdeaNote.objects.values_list("number", "pk"))
        self.versions: dict[str, list[MethodologyVersion]] = {}
        for approved in MethodologyVersion.objects.approved().select_related("methodology"):
            self.versions.setdefault(str(approved.methodology.number), []).append(approved)
        self.entities = {
            (designation.partnership_id, same(designation.organisation.name)): designation.pk
            for designation in Designation.objects.select_related("organisation")
        }

    def items(self, kind: Kind, subject: str, *, partnership: Partnership, day: date, bundled: bool) -> list[Item]:
        """Return the matters of one kind in the subject; the subject as a whole where it names no record.

        `bundled` subjects speak of several kinds at once: there a part without number may belong to any of them.
        """
        if kind == Kind.TPE_DESIGNATION and not bundled:
            parts = [part.strip() for part in subject.split(";") if part.strip()]
            found = [self._entity(part, partnership) for part in parts]
        else:
            found = self._numbered(kind, subject, partnership, day)
        return found or [Item(kind, subject)]

    def _entity(self, part: str, partnership: Partnership) -> Item:
        for name in (part, REMARK.sub("", part)):
            pk = self.entities.get((partnership.pk, same(name)))
            if pk:
                return Item(Kind.TPE_DESIGNATION, part, "designation_id", pk)
        return Item(Kind.TPE_DESIGNATION, part)

    def _numbered(self, kind: Kind, subject: str, partnership: Partnership, day: date) -> list[Item]:
        if kind not in NAMES:
            return []
        found = list(re.finditer(NAMES[kind].replace("{CC}", partnership.code), subject))
        ends = [following.start() for following in found[1:]] + [len(subject)]
        parts = [subject[name.start() : end].partition(";")[0] for name, end in zip(found, ends, strict=False)]
        return [self._named(kind, name[0], part.strip(" ,"), day) for name, part in zip(found, parts, strict=True)]

    def _named(self, kind: Kind, name: str, part: str, day: date) -> Item:
        if NAMES[kind] == METHODOLOGY:
            field, pk = "methodology_version_id", self._version(name, day)
        elif NAMES[kind] == PROJECT:
            field, pk = "project_id", self.projects.get(name)
        else:
            field, pk = "idea_note_id", self.idea_notes.get(name)
        return Item(kind, part, field, pk) if pk else Item(kind, part)

    def _version(self, name: str, day: date) -> int | None:
        """Return the version that is meant: the one named, the only one, or the one approved on that day."""
        number, _space, printed = name.partition(" ")
        family = self.versions.get(number, [])
        if printed:
            meant = [found.pk for found in family if found.version == version(printed.strip())]
        elif len(family) == 1:
            meant = [family[0].pk]
        else:
            meant = [found.pk for found in family if found.approved_on == day]
        return meant[0] if meant else None
