"""Numbered rules on the content of a methodology. The docstring says what must hold.

Each rule returns its findings (field → sentence); nothing found means that the rule is kept.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core.findings import Findings
from methodologies.engine.definition import DefinitionError
from methodologies.engine.messages import EngineError
from methodologies.engine.reading import check_units, read
from methodologies.models import Methodology, MethodologyVersion
from methodologies.sections import TEXTS
from methodologies.workflow import Status
from parties.models import Partnership
from parties.workflow import ProposalStatus


def in_words(problem: EngineError) -> str:
    """Return what the engine refuses, in the reader's language."""
    return _(problem.message) % problem.values


def r_pm_01(version: MethodologyVersion) -> Findings:
    """R-PM-01: a submitted methodology has a title and a sectoral scope."""
    required = {
        "title": (version.title, _("Give the methodology a title.")),
        "sectoral_scope": (version.sectoral_scope, _("Choose the sectoral scope.")),
    }
    return {field: text for field, (value, text) in required.items() if not value}


def r_pm_02(definition: Mapping[str, Any] | None) -> Findings:
    """R-PM-02: a submitted methodology can be computed with, and its units fit."""
    try:
        check_units(read(definition or {}))
    except DefinitionError as problem:
        return {problem.where: in_words(problem)}
    return {}


def r_pm_03(methodology: Methodology, partnership: Partnership) -> Findings:
    """R-PM-03: a new version revises an approved methodology of the same partnership."""
    if methodology.partnership_id != partnership.pk or not methodology.number:
        return {"methodology": _("Only an approved methodology of this partnership can be revised.")}
    return {}


def r_pm_04(reason: str) -> Findings:
    """R-PM-04: who returns or denies a case gives the reason."""
    return {} if reason.strip() else {"reason": _("Give the reason: the other side needs to know what to change.")}


def r_pm_05(version: MethodologyVersion) -> Findings:
    """R-PM-05: each section from B to I of a submitted methodology is filled in; I only where values are fixed."""
    return {
        column: _("Section %(section)s is not filled in.") % {"section": text.label}
        for column, text in TEXTS.items()
        if not text.optional
        and not getattr(version, column).strip()
        and (column != "fixed_sources" or _fixes_values(version.definition))
    }


def _fixes_values(definition: Mapping[str, Any] | None) -> bool:
    return any(row.get("kind") == "fixed" for row in (definition or {}).get("parameters", []))


def r_pm_06(reason: str) -> Findings:
    """R-PM-06: a withdrawal is proposed and denied with its reasons."""
    return {} if reason.strip() else {"reason": _("Give the reasons: everybody reads them.")}


def r_pm_07(version: MethodologyVersion) -> Findings:
    """R-PM-07: one proposal to withdraw a version waits at a time."""
    if version.withdrawals.filter(status=ProposalStatus.PROPOSED).exists():
        return {"reason": _("The Joint Committee has a proposal to withdraw this version already.")}
    return {}


def r_pm_08(version: MethodologyVersion, day: date, *, grace: int) -> str:
    """R-PM-08: what is new applies a version that is valid, or was superseded no more than the days of grace ago.

    A version that the Joint Committee withdrew has no grace. Returns what to do instead, or nothing where it is right.
    """
    if version.status == Status.REVOKED:
        return _("The Joint Committee withdrew %(label)s. Choose another methodology.") % {"label": version.label}
    last = version.ended_on + timedelta(days=grace) if version.ended_on else None
    if version.status != Status.SUPERSEDED or (last and day <= last):
        return ""
    newer = version.methodology.versions.valid().first()
    if newer is None:
        return _("%(label)s is no longer valid. Choose another methodology.") % {"label": version.label}
    said = {"label": version.label, "day": version.ended_on or _("an earlier day"), "newer": newer.label}
    return _("%(label)s was superseded on %(day)s. Apply %(newer)s.") % said


def missing(version: MethodologyVersion) -> list[str]:
    """Return what still stands in the way of submitting, as sentences."""
    findings = (r_pm_01(version), r_pm_05(version), r_pm_02(version.definition))
    return [sentence for each in findings for sentence in each.values()]
