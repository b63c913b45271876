"""Numbered rules on the content of a methodology. The docstring says what must hold.

Each rule returns its findings (field → sentence); nothing found means that the rule is kept.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from methodologies.engine.definition import Definition, DefinitionError, read
from methodologies.models import Methodology, MethodologyVersion
from parties.models import Partnership

Findings = dict[str, str]
# Calendar days of the secretariat's completeness check (jcm.md 1.11); a reminder, never a block.
COMPLETENESS_DAYS = 7


def enforce(*findings: Mapping[str, str]) -> None:
    """Raise InvalidInput with all findings at once, or do nothing when there is none."""
    found = {field: text for each in findings for field, text in each.items()}
    if found:
        raise InvalidInput(next(iter(found.values())) if len(found) == 1 else "", fields=found)


def r_pm_01(version: MethodologyVersion) -> Findings:
    """R-PM-01: a submitted methodology has a title, a sectoral scope and a summary."""
    required = {
        "title": (version.title, _("Give the methodology a title.")),
        "sectoral_scope": (version.sectoral_scope, _("Choose the sectoral scope.")),
        "summary": (version.summary, _("Summarise what the methodology does and how it calculates.")),
    }
    return {field: text for field, (value, text) in required.items() if not value}


def r_pm_02(definition: Mapping[str, Any] | None) -> Findings:
    """R-PM-02: the parameters and equations of a submitted methodology can be computed with."""
    try:
        read(definition or {})
    except DefinitionError as problem:
        return {problem.where: problem.text}
    return {}


def r_pm_03(methodology: Methodology, partnership: Partnership) -> Findings:
    """R-PM-03: a new version revises an approved methodology of the same partnership."""
    if methodology.partnership_id != partnership.pk or not methodology.number:
        return {"methodology": _("Only an approved methodology of this partnership can be revised.")}
    return {}


def r_pm_04(reason: str) -> Findings:
    """R-PM-04: who returns or denies a case gives the reason."""
    return {} if reason.strip() else {"reason": _("Give the reason: the other side needs to know what to change.")}


def definition_of(version: MethodologyVersion) -> Definition | None:
    """Return the version's checked definition, or None where the public record has none."""
    return read(version.definition) if version.definition else None
