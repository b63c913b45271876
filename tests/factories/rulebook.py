"""Rule documents and special measures in each state, through the services."""

from datetime import date
from typing import Any

from jcm.demo.cast import Cast
from parties import services
from parties.models import RuleSet, SpecialMeasure
from tests.factories.cycle import NOON, decision


def drafted(people: Cast, *versions: tuple[str, str, str], title: str = "Rules", file: Any = None) -> RuleSet:
    """Return a draft set with documents given as (code, version, text)."""
    rule_set = services.rule_set_draft(
        partnership=people.partnership, title=title, summary="Why.", actor=people.host_secretariat, at=NOON
    )
    for code, version, text in versions or [("PCP", "01.0", "Seven days.")]:
        services.rule_document_add(
            set_id=rule_set.pk, code=code, version=version, text=text, file=file, actor=people.host_secretariat, at=NOON
        )
    return rule_set


def proposed(people: Cast, *versions: tuple[str, str, str], **other: Any) -> RuleSet:
    """Return a set before the Joint Committee."""
    rule_set = drafted(people, *versions, **other)
    return services.rule_set_propose(set_id=rule_set.pk, actor=people.host_secretariat, at=NOON)


def adopted(people: Cast, *versions: tuple[str, str, str], **other: Any) -> RuleSet:
    """Return an adopted set."""
    rule_set = proposed(people, *versions, **other)
    return services.rule_documents_adopt(set_id=rule_set.pk, decision=decision(people), at=NOON)


def special_measure(people: Cast, **changes: Any) -> SpecialMeasure:
    """Return a special measure before the Joint Committee."""
    said: dict[str, Any] = {
        "title": "Visits by video",
        "text": "A site may be assessed by video.",
        "valid_from": date(2026, 11, 1),
        "valid_until": date(2026, 12, 31),
        **changes,
    }
    return services.special_measure_propose(
        partnership=people.partnership, actor=people.host_secretariat, at=NOON, **said
    )


def adopted_measure(people: Cast, **changes: Any) -> SpecialMeasure:
    """Return an adopted special measure."""
    measure = special_measure(people, **changes)
    return services.special_measure_adopt(measure_id=measure.pk, decision=decision(people), at=NOON)
