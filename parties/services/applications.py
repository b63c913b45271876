"""An application for designation, from its filing to the Joint Committee's agenda (jcm.md 2.4)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core import events
from core.findings import Findings, enforce
from core.models import User
from core.services import document_file
from parties import policies, rules
from parties.decision import DecisionReference
from parties.models import Designation, DesignationApplication, Organisation, Partnership, SectoralScope
from parties.selectors import day_of
from parties.services.cases import case_move, case_open
from parties.services.locking import application_locked
from parties.workflow import APPLICATION, ENDED, PENDING, ApplicationStatus, CaseKind, Stage

Kind = DesignationApplication.Kind
# Where the case stands when the application is in a state.
STAGES: Mapping[str, str] = {
    ApplicationStatus.RETURNED: Stage.RETURNED,
    ApplicationStatus.CONSIDERED: Stage.CONSIDERATION,
    ApplicationStatus.DENIED: Stage.DECIDED,
    ApplicationStatus.WITHDRAWN: Stage.WITHDRAWN,
}


class ApplicationContent(TypedDict):
    """What an application says."""

    basis: str
    accreditation_body: str
    certificate_number: str
    accredited_until: date
    scopes_validation: Sequence[SectoralScope]
    scopes_verification: Sequence[SectoralScope]
    competence: str


Files = Mapping[str, "UploadedFile[bytes]"]


@transaction.atomic
def application_file(
    *,
    partnership: Partnership,
    organisation: Organisation,
    content: ApplicationContent,
    actor: User,
    at: datetime,
    kind: str = Kind.NEW,
    files: Files | None = None,
) -> DesignationApplication:
    """File an application with the secretariat: for designation, or for the designation that stands to be extended.

    `files` are renditions (access → file). `source` follows the actor. Raises NotPermitted for people of other
    organisations, or InvalidInput that names every field that is not right.
    """
    policies.check_can_apply(actor, organisation, at=at)
    # The lock keeps two colleagues from filing at the same moment.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    standing = standing_designation(organisation, partnership)
    enforce(
        rules.r_tpe_04(kind, standing),
        rules.r_tpe_08(organisation, partnership),
        _findings(kind, standing, content, today=day_of(partnership, at)),
    )
    application = DesignationApplication(
        partnership=partnership,
        organisation=organisation,
        kind=kind,
        designation=standing if kind != Kind.NEW else None,
        source=actor.record_source,
        submitted_by=actor,
        submitted_at=at,
    )
    _fill(application, content, files, actor=actor, at=at)
    _case_open(application, actor=actor, at=at)
    events.emit("designation_application.submitted", application, actor=actor, at=at)
    return application


def _case_open(application: DesignationApplication, *, actor: User, at: datetime) -> None:
    application.case = case_open(
        partnership=application.partnership,
        kind=CaseKind.TPE_DESIGNATION,
        title=str(application),
        url=application.get_absolute_url(),
        organisation=application.organisation,
        actor=actor,
        at=at,
    )
    application.save(update_fields=["case"])


@transaction.atomic
def application_correct(
    *, application_id: int, content: ApplicationContent, actor: User, at: datetime, files: Files | None = None
) -> DesignationApplication:
    """Correct what the secretariat returned and submit it again; files replace those filed before.

    Raises NotPermitted, TransitionRefused, or InvalidInput that names every field that is not right.
    """
    application = application_locked(application_id)
    policies.check_can_apply(actor, application.organisation, at=at)
    application.status = APPLICATION.next_state("submit", state=application.status)
    today = day_of(application.partnership, at)
    enforce(_findings(application.kind, application.designation, content, today=today))
    application.status_reason = ""
    _fill(application, content, files, actor=actor, at=at)
    case_move(case_id=application.case_id, stage=Stage.SUBMITTED, actor=actor, at=at)
    events.emit("designation_application.submitted", application, actor=actor, at=at)
    return application


def standing_designation(organisation: Organisation, partnership: Partnership) -> Designation | None:
    """Return the organisation's designation that has not ended, even where its accreditation has run out."""
    held = Designation.objects.filter(organisation=organisation, partnership=partnership)
    return held.exclude(status__in=ENDED).order_by("-pk").first()


def _findings(kind: str, designation: Designation | None, content: ApplicationContent, *, today: date) -> Findings:
    scopes = (content["scopes_validation"], content["scopes_verification"])
    return {
        **rules.r_tpe_05(kind, designation, *scopes),
        **rules.r_tpe_01(*scopes),
        **rules.r_tpe_02(content["accredited_until"], today=today),
        **rules.r_tpe_03(content["basis"], content["accreditation_body"], content["certificate_number"]),
    }


def _fill(
    application: DesignationApplication, content: ApplicationContent, files: Files | None, *, actor: User, at: datetime
) -> None:
    for name in ("basis", "accreditation_body", "certificate_number", "accredited_until", "competence"):
        setattr(application, name, content[name])
    if files:
        application.document = document_file(title=str(application), files=files, actor=actor, at=at)
    application.save()
    application.scopes_validation.set(content["scopes_validation"])
    application.scopes_verification.set(content["scopes_verification"])


@transaction.atomic
def application_accept(*, application_id: int, actor: User, at: datetime) -> DesignationApplication:
    """Find an application complete, so that the Joint Committee considers it.

    Raises NotPermitted or TransitionRefused.
    """
    application = application_locked(application_id)
    policies.check_is_secretariat(actor, application.partnership, at=at)
    target = APPLICATION.next_state("accept", state=application.status)
    return _moved(application, target, "designation_application.considered", actor=actor, at=at)


@transaction.atomic
def application_return(*, application_id: int, reason: str, actor: User, at: datetime) -> DesignationApplication:
    """Send an incomplete application back to the entity.

    Raises NotPermitted, TransitionRefused, or InvalidInput without a reason.
    """
    application = application_locked(application_id)
    policies.check_is_secretariat(actor, application.partnership, at=at)
    target = APPLICATION.next_state("return", state=application.status)
    enforce(rules.r_reason(reason))
    return _moved(application, target, "designation_application.returned", actor=actor, at=at, reason=reason)


@transaction.atomic
def application_withdraw(*, application_id: int, actor: User, at: datetime) -> DesignationApplication:
    """Take an application back before the Joint Committee decides. Raises NotPermitted or TransitionRefused."""
    application = application_locked(application_id)
    policies.check_can_apply(actor, application.organisation, at=at)
    target = APPLICATION.next_state("withdraw", state=application.status)
    return _moved(application, target, "designation_application.withdrawn", actor=actor, at=at)


def applications_drop(designation: Designation, *, actor: User, at: datetime) -> None:
    """Let what an entity asked for its designation fall away, since the designation ends by itself."""
    for application in designation.applications.select_for_update().filter(status__in=PENDING):
        target = APPLICATION.next_state("withdraw", state=application.status)
        _moved(application, target, "designation_application.withdrawn", actor=actor, at=at)


@transaction.atomic
def application_deny(
    *, application_id: int, decision: DecisionReference, reason: str, at: datetime
) -> DesignationApplication:
    """Carry out the Joint Committee's refusal. Raises TransitionRefused, or InvalidInput without a reason."""
    application = application_locked(application_id)
    target = APPLICATION.next_state("deny", state=application.status)
    enforce(rules.r_reason(reason))
    application.decided_on, application.decision_number = decision.adopted_on, decision.number
    return _moved(application, target, "designation_application.denied", actor=None, at=at, reason=reason)


def _moved(
    application: DesignationApplication,
    target: str,
    event: str,
    *,
    actor: User | None,
    at: datetime,
    reason: str = "",
) -> DesignationApplication:
    application.status, application.status_reason = target, reason.strip()
    application.save()
    said = application.decision_number or reason.strip()
    case_move(case_id=application.case_id, stage=STAGES[target], reason=said, actor=actor, at=at)
    data = {"decision": application.decision_number} if application.decision_number else {}
    events.emit(event, application, actor=actor, at=at, data=data | ({"reason": reason.strip()} if reason else {}))
    return application
