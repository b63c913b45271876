"""Numbered rules on the content of applications and proposals. The docstring says what must hold.

Each rule returns its findings (field → sentence); nothing found means that the rule is kept.
"""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

from core.findings import Findings
from parties.models import (
    Designation,
    DesignationApplication,
    DesignationMeasure,
    Organisation,
    Partnership,
    SectoralScope,
)
from parties.workflow import ENDED, PENDING, ProposalStatus

Kind = DesignationApplication.Kind


def r_reason(reason: str) -> Findings:
    """R-CASE-01: who returns, denies, suspends or withdraws gives the reason."""
    return {} if reason.strip() else {"reason": _("Give the reason: the other side needs to know what to change.")}


# --- third-party entities (jcm.md 2.4) ----------------------------------------------------------------------------


def r_tpe_01(validation: Collection[SectoralScope], verification: Collection[SectoralScope]) -> Findings:
    """R-TPE-01: an application names at least one sectoral scope, to validate or to verify in."""
    if validation or verification:
        return {}
    return {"scopes_validation": _("Choose at least one sectoral scope, to validate or to verify in.")}


def r_tpe_02(accredited_until: date, *, today: date) -> Findings:
    """R-TPE-02: the accreditation has not run out."""
    if accredited_until < today:
        return {"accredited_until": _("This accreditation has run out. Apply with one that is in force.")}
    return {}


def r_tpe_03(basis: str, body: str, certificate: str) -> Findings:
    """R-TPE-03: an accreditation under ISO 14065 names its body and its certificate."""
    if basis != DesignationApplication.Basis.ISO_14065:
        return {}
    wanted = {
        "accreditation_body": (body, _("Name the accreditation body.")),
        "certificate_number": (certificate, _("Give the number of the certificate.")),
    }
    return {field: text for field, (value, text) in wanted.items() if not value.strip()}


def r_tpe_04(kind: str, standing: Designation | None) -> Findings:
    """R-TPE-04: who is designated asks for more scopes or a renewal; who is not asks for designation."""
    if kind == Kind.NEW and standing is not None:
        return {
            "kind": _("%(number)s is designated already: ask for additional scopes or a renewal there.")
            % {"number": standing.number}
        }
    if kind != Kind.NEW and (standing is None or standing.status in ENDED):
        return {"kind": _("There is no designation that could be extended. Apply for a new one.")}
    return {}


def r_tpe_05(
    kind: str,
    designation: Designation | None,
    validation: Collection[SectoralScope],
    verification: Collection[SectoralScope],
) -> Findings:
    """R-TPE-05: additional scopes are scopes that the designation lacks."""
    if kind != Kind.SCOPES or designation is None:
        return {}
    more = {scope.pk for scope in validation} - set(designation.scopes_validation.values_list("pk", flat=True))
    more |= {scope.pk for scope in verification} - set(designation.scopes_verification.values_list("pk", flat=True))
    return {} if more else {"scopes_validation": _("The designation has these scopes already.")}


def r_tpe_06(
    designation: Designation,
    kind: str,
    validation: Collection[SectoralScope],
    verification: Collection[SectoralScope],
) -> Findings:
    """R-TPE-06: scopes are withdrawn that the designation has, and not all of them; only then are scopes named."""
    named = [*validation, *verification]
    if kind != DesignationMeasure.Kind.WITHDRAW_SCOPES:
        return {"kind": _("Scopes are named only where scopes are withdrawn.")} if named else {}
    held = [set(designation.scopes_validation.all()), set(designation.scopes_verification.all())]
    if not named or not (set(validation) <= held[0] and set(verification) <= held[1]):
        return {"scopes_validation": _("Choose scopes that the designation has.")}
    if held == [set(validation), set(verification)]:
        return {"scopes_validation": _("These are all of its scopes: withdraw the designation instead.")}
    return {}


def r_tpe_07(kind: str, *, work_may_finish: bool) -> Findings:
    """R-TPE-07: only a suspension says whether work under way may be finished."""
    if work_may_finish and kind != DesignationMeasure.Kind.SUSPEND:
        return {"work_may_finish": _("Only a suspension lets work under way be finished.")}
    return {}


def r_tpe_08(organisation: Organisation, partnership: Partnership) -> Findings:
    """R-TPE-08: one application at a time."""
    waiting = DesignationApplication.objects.filter(organisation=organisation, partnership=partnership)
    if waiting.filter(status__in=PENDING).exists():
        return {"kind": _("An application of this organisation is under way. Wait for its end, or withdraw it.")}
    return {}


def r_tpe_09(designation: Designation) -> Findings:
    """R-TPE-09: one measure at a time."""
    if designation.measures.filter(status=ProposalStatus.PROPOSED).exists():
        return {"kind": _("A measure on this designation is proposed already.")}
    return {}
