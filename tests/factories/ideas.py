"""Project idea notes in each state, through the services."""

from typing import Any

from jcm.demo.cast import Cast
from projects import services
from projects.models import ProjectIdeaNote
from tests.factories.cycle import NOON, decision


def content(**changes: Any) -> services.IdeaContent:
    """Return what a complete idea note says."""
    said: dict[str, Any] = {
        "title": "Biogas of dairies",
        "summary": "Gas replaces coal.",
        "technology": "Biogas",
        "location": "Darkhan",
        "participants_japan": "Energy Japan",
        "participants_host": "Dairies\nPower",
        "expected_per_year": 3_400,
        "contribution": "Cleaner air.",
    }
    return services.IdeaContent(**{**said, **changes})  # type: ignore[typeddict-item]


def filed(people: Cast, *, files: Any = None, **changes: Any) -> ProjectIdeaNote:
    """Return an idea note that waits for the secretariat's check."""
    return services.idea_note_file(
        partnership=people.partnership,
        proponent=people.company,
        content=content(**changes),
        files=files,
        actor=people.participant,
        at=NOON,
    )


def considered(people: Cast, **changes: Any) -> ProjectIdeaNote:
    """Return an idea note before the Joint Committee."""
    note = filed(people, **changes)
    return services.idea_note_accept(note_id=note.pk, actor=people.host_secretariat, at=NOON)


def answered(people: Cast, *, objection: str = "", **changes: Any) -> ProjectIdeaNote:
    """Return an idea note with the Joint Committee's answer."""
    note = considered(people, **changes)
    return services.idea_note_decide(note_id=note.pk, objection=objection, decision=decision(people), at=NOON)
