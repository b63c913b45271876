"""pins.csv: project idea notes and the day of the committee's answer."""

from collections.abc import Hashable

from django.utils.translation import gettext as _

from core.models import Source
from jcm.importer.loader import (
    CHANGED,
    CREATED,
    UNCHANGED,
    Loaded,
    Loader,
    check_is_public_record,
    number,
    reserve,
    update,
)
from jcm.importer.table import Row
from projects.models import ProjectIdeaNote
from projects.workflow import IdeaNoteStatus


class Pins(Loader):
    """Loads idea notes."""

    name = "pins"
    columns = ("pin_no", "country_iso2", "title", "no_objection_date")

    def __init__(self) -> None:
        super().__init__()
        self.known = {note.number: note for note in ProjectIdeaNote.objects.all()}

    def identity(self, row: Row) -> Hashable:
        return row.required("pin_no")

    def load(self, row: Row) -> Loaded:
        partnership = self.partnership_of(row)
        text = number(row, "pin_no", "{CC}_PIN{n}", country=partnership.code)
        values = {"title": row.text("title", limit=300), "decided_on": row.day("no_objection_date")}
        if not values["title"]:
            row.lacks("title", _("The record has no title."))
        if values["decided_on"] is None:
            row.lacks("no_objection_date", _("The record has no date of the committee's answer."))
        note = self.known.get(text)
        if note is None:
            note = ProjectIdeaNote.objects.create(
                number=text,
                partnership=partnership,
                status=IdeaNoteStatus.NO_OBJECTION,
                source=Source.PUBLIC_RECORD,
                **values,
            )
            reserve(text)
            return Loaded(CREATED, note)
        check_is_public_record(note, "pin_no")
        return Loaded(CHANGED if update(note, values) else UNCHANGED, note)
