"""A methodology from the first draft to the decision of the Joint Committee (jcm.md 1.3)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core import events, numbering
from core.errors import TransitionRefused
from core.findings import enforce
from core.models import User
from core.services import document_file
from methodologies import policies, rules
from methodologies.models import Methodology, MethodologyVersion
from methodologies.sections import TEXTS, Texts
from methodologies.services.locking import version_locked
from methodologies.services.withdrawals import versions_supersede
from methodologies.workflow import METHODOLOGY, OPEN_FOR_CHANGES, Status
from parties.decision import DecisionReference
from parties.models import Case, Organisation, Partnership, SectoralScope
from parties.services import call_days, call_open, case_move, case_open
from parties.workflow import CaseKind, Stage

# How the public record names it.
COMMITTEE = "The Joint Committee"


class Content(TypedDict, total=False):
    """What a methodology says. What is left out stays; `files` are of the monitoring spreadsheet (access → file)."""

    title: str
    sectoral_scope: SectoralScope | None
    definition: dict[str, Any]
    texts: Texts
    files: Mapping[str, "UploadedFile[bytes]"]


@transaction.atomic
def methodology_propose(
    *,
    partnership: Partnership,
    proponent: Organisation | None,
    actor: User,
    at: datetime,
    methodology: Methodology | None = None,
    minor: bool = False,
    **content: Unpack[Content],
) -> MethodologyVersion:
    """Draft a new methodology, or with `methodology` the next version of an approved one: 2.0 after 1.0, `minor` 1.1.

    Without `proponent` the Joint Committee itself proposes. `source` follows the actor. Raises NotPermitted when the
    actor does not work for the proponent, InvalidInput when the methodology cannot be revised, or for a file that
    cannot be filed.
    """
    policies.check_can_propose(actor, proponent, partnership, at=at)
    family = methodology or Methodology.objects.create(partnership=partnership, source=actor.record_source)
    if methodology is not None:
        enforce(rules.r_pm_03(methodology, partnership))
    version = MethodologyVersion(
        methodology=family,
        version=_next_version(family, minor=minor),
        revises=family.versions.filter(status=Status.APPROVED).first(),
        proponent=proponent,
        proponent_name=proponent.name if proponent else COMMITTEE,
        by_committee=proponent is None,
        source=actor.record_source,
        created_by=actor,
    )
    _fill(version, content, actor=actor, at=at)
    version.save()
    events.emit("methodology.drafted", version, actor=actor, at=at)
    return version


def _fill(version: MethodologyVersion, content: Content, *, actor: User, at: datetime) -> None:
    version.title = content.get("title", version.title)
    version.sectoral_scope = content.get("sectoral_scope", version.sectoral_scope)
    version.definition = content.get("definition", version.definition)
    for column, text in content.get("texts", {}).items():
        if column not in TEXTS:
            raise KeyError(column)
        setattr(version, column, text)
    if files := content.get("files"):
        version.document = document_file(title=version.title, files=files, actor=actor, at=at)


def _next_version(family: Methodology, *, minor: bool) -> str:
    # The lock keeps two proposals of the same moment from taking one number.
    Methodology.objects.select_for_update().get(pk=family.pk)
    versions = [tuple(map(int, v.split("."))) for v in family.versions.values_list("version", flat=True)]
    last_major, last_minor = max(versions, default=(0, 0))
    return f"{last_major}.{last_minor + 1}" if minor and versions else f"{last_major + 1}.0"


@transaction.atomic
def methodology_update(*, version_id: int, actor: User, at: datetime, **content: Unpack[Content]) -> MethodologyVersion:
    """Change a draft, or what the secretariat returned; files replace those filed before.

    Raises NotPermitted, TransitionRefused once it is with the secretariat, or InvalidInput for a file.
    """
    version = version_locked(version_id)
    policies.check_can_change(actor, version, at=at)
    if version.status not in OPEN_FOR_CHANGES:
        raise TransitionRefused(action="change", state=version.status)
    _fill(version, content, actor=actor, at=at)
    version.save()
    events.emit("methodology.changed", version, actor=actor, at=at)
    return version


@transaction.atomic
def methodology_submit(*, version_id: int, actor: User, at: datetime) -> MethodologyVersion:
    """Send a methodology to the secretariat; the first time it gets its number, for example MN_PM003.

    Raises NotPermitted, TransitionRefused, or InvalidInput that names every field that is not right.
    """
    version = version_locked(version_id)
    policies.check_can_change(actor, version, at=at)
    target = METHODOLOGY.next_state("submit", state=version.status)
    enforce(rules.r_pm_01(version), rules.r_pm_05(version), rules.r_pm_02(version.definition))
    if not version.proposed_number:
        key = f"{version.methodology.partnership.code}_PM"
        version.proposed_number = f"{key}{numbering.allot(key, source=version.source):03d}"
    if version.case_id is None:
        version.case = _case_open(version, actor=actor, at=at)
        return _moved(version, target, "methodology.submitted", actor=actor, at=at)
    return _moved(version, target, "methodology.submitted", actor=actor, at=at, stage=Stage.SUBMITTED)


def _case_open(version: MethodologyVersion, *, actor: User, at: datetime) -> Case:
    revises = version.methodology.number is not None
    return case_open(
        partnership=version.methodology.partnership,
        kind=CaseKind.METHODOLOGY_REVISION if revises else CaseKind.METHODOLOGY,
        number=version.proposed_number,
        title=version.title,
        url=version.get_absolute_url(),
        organisation=version.proponent,
        actor=actor,
        at=at,
    )


@transaction.atomic
def methodology_accept(*, version_id: int, actor: User, at: datetime) -> MethodologyVersion:
    """Find a methodology complete: everybody may comment, then the Joint Committee considers it.

    Where the case's rule pack asks for no public inputs the committee has it at once. Raises NotPermitted or
    TransitionRefused.
    """
    version = version_locked(version_id)
    policies.check_can_consider(actor, version, at=at)
    if version.case is None or not call_days(version.case):
        return _considered(version, actor=actor, at=at)
    target = METHODOLOGY.next_state("accept", state=version.status)
    _moved(version, target, "methodology.called", actor=actor, at=at, stage=Stage.PUBLIC_INPUTS)
    if call := call_open(case=version.case, at=at):
        calendar = version.case.rule_pack.calendar
        version.public_inputs_from = calendar.day(call.opened_at)
        version.public_inputs_until = calendar.day(call.closes_at) - timedelta(days=1)
        version.save(update_fields=["public_inputs_from", "public_inputs_until"])
    return version


@transaction.atomic
def methodology_consider(*, version_id: int, at: datetime) -> MethodologyVersion:
    """Bring a methodology to the Joint Committee, once its call is closed. Raises TransitionRefused."""
    return _considered(version_locked(version_id), actor=None, at=at)


def _considered(version: MethodologyVersion, *, actor: User | None, at: datetime) -> MethodologyVersion:
    target = METHODOLOGY.next_state("consider", state=version.status)
    return _moved(version, target, "methodology.considered", actor=actor, at=at, stage=Stage.CONSIDERATION)


@transaction.atomic
def methodology_return(*, version_id: int, reason: str, actor: User, at: datetime) -> MethodologyVersion:
    """Send an incomplete methodology back to its proponent.

    Raises NotPermitted, TransitionRefused, or InvalidInput without a reason.
    """
    version = version_locked(version_id)
    policies.check_can_consider(actor, version, at=at)
    target = METHODOLOGY.next_state("return", state=version.status)
    enforce(rules.r_pm_04(reason))
    return _moved(version, target, "methodology.returned", actor=actor, at=at, stage=Stage.RETURNED, reason=reason)


@transaction.atomic
def methodology_withdraw(*, version_id: int, actor: User, at: datetime) -> MethodologyVersion:
    """Take a proposal back before the Joint Committee decides; its number stays used.

    Raises NotPermitted or TransitionRefused.
    """
    version = version_locked(version_id)
    policies.check_can_change(actor, version, at=at)
    target = METHODOLOGY.next_state("withdraw", state=version.status)
    return _moved(version, target, "methodology.withdrawn", actor=actor, at=at, stage=Stage.WITHDRAWN)


@transaction.atomic
def methodology_approve(
    *, version_id: int, decision: DecisionReference, at: datetime, revisions: str = ""
) -> MethodologyVersion:
    """Carry out the Joint Committee's approval; the first approved version gives the family its number, a later
    one supersedes the version that was valid.

    `revisions` says what the committee approved otherwise than proposed. Raises TransitionRefused.
    """
    version = version_locked(version_id)
    target = METHODOLOGY.next_state("approve", state=version.status)
    family = Methodology.objects.select_for_update().get(pk=version.methodology_id)
    if family.number is None:
        key = f"{version.methodology.partnership.code}_AM"
        family.number = f"{key}{numbering.allot(key, source=family.source):03d}"
        family.save(update_fields=["number"])
        version.methodology.number = family.number
    version.approved_on = decision.adopted_on
    versions_supersede(version, decision=decision, at=at)
    return _decided(version, target, "methodology.approved", decision=decision, at=at, reason=revisions)


@transaction.atomic
def methodology_deny(*, version_id: int, decision: DecisionReference, reason: str, at: datetime) -> MethodologyVersion:
    """Carry out the Joint Committee's refusal. Raises TransitionRefused, or InvalidInput without a reason."""
    version = version_locked(version_id)
    target = METHODOLOGY.next_state("deny", state=version.status)
    enforce(rules.r_pm_04(reason))
    return _decided(version, target, "methodology.denied", decision=decision, at=at, reason=reason)


def _moved(
    version: MethodologyVersion,
    target: str,
    event: str,
    *,
    actor: User | None,
    at: datetime,
    stage: str = "",
    reason: str = "",
) -> MethodologyVersion:
    version.status, version.status_reason = target, reason
    version.save()
    if stage:
        case_move(case_id=version.case_id, stage=stage, title=version.title, actor=actor, at=at, reason=reason)
    events.emit(event, version, actor=actor, at=at, data={"reason": reason} if reason else {})
    return version


def _decided(
    version: MethodologyVersion, target: str, event: str, *, decision: DecisionReference, at: datetime, reason: str = ""
) -> MethodologyVersion:
    version.status, version.status_reason, version.decision_number = target, reason, decision.number
    version.save()
    url = version.get_absolute_url()
    case_move(case_id=version.case_id, stage=Stage.DECIDED, reason=decision.number, url=url, actor=None, at=at)
    data = {"decision": decision.number} | ({"reason": reason} if reason else {})
    events.emit(event, version, actor=None, at=at, data=data)
    return version
