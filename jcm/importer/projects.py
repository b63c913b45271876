"""projects.csv: projects by reference number, with their methodologies and the organisations of both sides."""

from collections.abc import Hashable
from typing import Any

from django.utils.translation import gettext as _

from core.models import Source
from jcm.importer import participants
from jcm.importer.loader import (
    CHANGED,
    CREATED,
    UNCHANGED,
    Loaded,
    Loader,
    Organisations,
    check_is_public_record,
    number,
    reserve,
    update,
    version,
    walk,
)
from jcm.importer.table import Refused, Row
from methodologies.models import MethodologyVersion
from parties.models import Country, Partnership
from projects.models import Project, ProjectParticipant
from projects.workflow import PROJECT, ProjectStatus

STATUS = {
    "validation": ProjectStatus.VALIDATION,
    "registered": ProjectStatus.REGISTERED,
    "registration_request_withdrawn": ProjectStatus.REQUEST_WITHDRAWN,
}
SIDES = ("japan_participants", "host_participants")
# Organisation, side, whether it is a focal point.
Side = tuple[int, int, bool]


class Projects(Loader):
    """Loads projects as the public list shows them."""

    name = "projects"
    columns = (
        *("reference_no", "country_iso2", "title", "status", "registration_date", "methodologies"),
        *("host_participants", "japan_participants", "estimated_er_tco2_per_year", "unep_type"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.organisations = Organisations()
        versions = MethodologyVersion.objects.approved().select_related("methodology")
        self.versions = {f"{v.methodology.number}@{v.version}": v.pk for v in versions}
        found = Project.objects.exclude(number=None).prefetch_related("participants", "methodologies")
        self.known = {project.number: project for project in found}

    def identity(self, row: Row) -> Hashable:
        return row.required("reference_no")

    def load(self, row: Row) -> Loaded:
        partnership = self.partnership_of(row)
        text = number(row, "reference_no", "{CC}{n}", country=partnership.code)
        methodologies = self._methodologies(row)
        sides, places = self._sides(row, partnership)
        values = self._values(row, places)
        project = self.known.get(text)
        if project is None:
            project = Project.objects.create(
                number=text, partnership=partnership, source=Source.PUBLIC_RECORD, **values
            )
            project.methodologies.set(methodologies)
            self._replace_participants(project, sides)
            reserve(text)
            return Loaded(CREATED, project)
        check_is_public_record(project, "reference_no")
        status = values.pop("status")
        changed = update(project, values) | walk(project, PROJECT, status)
        changed |= self._follow_lists(project, methodologies, sides)
        return Loaded(CHANGED if changed else UNCHANGED, project)

    def _values(self, row: Row, places: list[str]) -> dict[str, Any]:
        status = row.word("status", STATUS)
        registered_on = row.day("registration_date")
        if status == ProjectStatus.REGISTERED and registered_on is None:
            row.lacks("registration_date", _("The record has no date of registration."))
        if status != ProjectStatus.REGISTERED and registered_on is not None:
            raise Refused("registration_date", _("Only a registered project has a date of registration."))
        if not row.text("title"):
            row.lacks("title", _("The record has no title."))
        if row.whole("estimated_er_tco2_per_year") is None:
            row.lacks("estimated_er_tco2_per_year", _("The record has no estimate of the reductions."))
        return {
            "title": row.text("title", limit=400),
            "technology": row.text("unep_type", limit=120),
            "location": "; ".join(places)[:200],
            "estimated_per_year": row.whole("estimated_er_tco2_per_year"),
            "status": status,
            "registered_on": registered_on,
            "incomplete": bool(row.missing),
        }

    def _methodologies(self, row: Row) -> list[int]:
        found = []
        for part in row.parts("methodologies"):
            text, _at, printed = part.partition("@")
            label = f"{text}@{version(printed)}"
            if version(printed) is None:
                reason = _("“%(text)s” is not a methodology with its version such as XX_AM001@1.0.")
                raise Refused("methodologies", reason % {"text": part[:40]})
            if label in self.versions:
                found.append(self.versions[label])
            else:
                row.lacks("methodologies", _("%(text)s is not among the approved methodologies.") % {"text": part})
        if not row.parts("methodologies"):
            row.lacks("methodologies", _("The record names no methodology."))
        return found

    def _sides(self, row: Row, partnership: Partnership) -> tuple[list[Side], list[str]]:
        sides: list[Side] = []
        places: list[str] = []
        for column, party in zip(SIDES, partnership.parties, strict=True):
            if not row.cells[column].strip():  # "N/A" is an answer: nobody on this side
                row.lacks(column, _("The record names no participant of this side."))
            parsed = participants.parse(row.text(column))
            places += parsed.places
            sides += self._side(column, party, parsed.organisations)
        return sides, places

    def _side(self, column: str, party: Country, names: dict[str, bool]) -> list[Side]:
        found: dict[int, bool] = {}
        for name, is_focal_point in names.items():
            if len(name) > 300:
                raise Refused(column, _("The name of an organisation is longer than 300 characters."))
            organisation = self.organisations.get(name, party)
            found[organisation.pk] = found.get(organisation.pk, False) or is_focal_point
        return [(organisation, party.pk, is_focal_point) for organisation, is_focal_point in found.items()]

    def _follow_lists(self, project: Project, methodologies: list[int], sides: list[Side]) -> bool:
        changed = {m.pk for m in project.methodologies.all()} != set(methodologies)
        if changed:
            project.methodologies.set(methodologies)
        kept = {(p.organisation_id, p.party_id, p.focal_point) for p in project.participants.all()}
        if kept != set(sides):
            self._replace_participants(project, sides)
            changed = True
        return changed

    @staticmethod
    def _replace_participants(project: Project, sides: list[Side]) -> None:
        project.participants.all().delete()
        ProjectParticipant.objects.bulk_create(
            ProjectParticipant(project=project, organisation_id=organisation, party_id=party, focal_point=focal_point)
            for organisation, party, focal_point in sides
        )
