"""Numbered rules on the content of applications and proposals. The docstring says what must hold.

Each rule returns its findings (field → sentence); nothing found means that the rule is kept.
"""

import re
from collections.abc import Collection
from datetime import date, timedelta

from django.utils.translation import gettext as _

from core.findings import Findings
from parties.models import (
    Designation,
    DesignationApplication,
    DesignationMeasure,
    Organisation,
    Partnership,
    RuleDocument,
    RuleSet,
    SectoralScope,
    SpecialMeasure,
)
from parties.rulebook import DOCUMENTS
from parties.workflow import ENDED, PENDING, ProposalStatus, RuleSetStatus

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


# --- rule documents and special measures (jcm.md 2.5) -------------------------------------------------------------


def r_rule_01(rule_set: RuleSet, code: str, version: str, *, own: int = 0) -> Findings:
    """R-RULE-01: the code is known, the version reads 04.0 and is newer than what is adopted; once in a set."""
    if code not in DOCUMENTS:
        return {"code": _("Choose one of the documents.")}
    if not re.fullmatch(r"[0-9]{2}\.[0-9]", version):
        return {"version": _("Write the version like 04.0.")}
    if rule_set.documents.filter(code=code).exclude(pk=own).exists():
        return {"code": _("The set has a version of this document already.")}
    adopted = RuleDocument.objects.filter(
        partnership=rule_set.partnership, code=code, rule_set__status=RuleSetStatus.ADOPTED, version__gte=version
    )
    newest = adopted.order_by("-version").first()
    if newest:
        return {"version": _("Version %(version)s is adopted already.") % {"version": newest.version}}
    return {}


def r_rule_02(*, has_file: bool, text: str) -> Findings:
    """R-RULE-02: a document has a file that everybody can read, or at least its text."""
    return {} if has_file or text.strip() else {"file": _("Choose the file, or paste the text.")}


def r_rule_03(rule_set: RuleSet) -> Findings:
    """R-RULE-03: what is proposed has at least one document."""
    return {} if rule_set.documents.exists() else {"documents": _("Add at least one document first.")}


def r_sm_01(valid_from: date, valid_until: date) -> Findings:
    """R-SM-01: a special measure ends, and not before it begins."""
    return {"valid_until": _("The last day is before the first.")} if valid_until < valid_from else {}


def r_sm_02(partnership: Partnership, extends: SpecialMeasure | None, valid_from: date, valid_until: date) -> Findings:
    """R-SM-02: an extension goes on, without a gap, what the same committee adopted, and lasts longer."""
    if extends is None:
        return {}
    if extends.partnership_id != partnership.pk or extends.status != ProposalStatus.ADOPTED:
        return {"extends": _("Only an adopted measure of this partnership can be extended.")}
    if valid_from > extends.valid_until + timedelta(days=1):
        day = (extends.valid_until + timedelta(days=1)).isoformat()
        return {"valid_from": _("An extension begins on %(day)s at the latest.") % {"day": day}}
    if valid_until <= extends.valid_until:
        return {"valid_until": _("An extension lasts longer than the measure before.")}
    return {}
