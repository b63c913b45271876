"""What the committee does when a case is ready for it: the case waits on the agenda, in the same transaction."""

from datetime import datetime

from committee import services
from committee.models import DecisionItem
from core import events
from core.models import Event
from methodologies.models import MethodologyVersion, MethodologyWithdrawal
from parties.models import DesignationApplication, DesignationMeasure, RulePack, RuleSet, SpecialMeasure
from projects.models import IssuanceRequest, Project, ProjectIdeaNote


@events.during("methodology.considered")
def methodology_to_agenda(event: Event, at: datetime) -> None:
    """A complete methodology proposal waits for approval."""
    version = MethodologyVersion.objects.select_related("methodology__partnership").get(pk=event.subject_id)
    revises = version.methodology.number is not None
    services.agenda_add(
        partnership=version.methodology.partnership,
        kind=DecisionItem.Kind.METHODOLOGY_REVISION if revises else DecisionItem.Kind.METHODOLOGY_APPROVAL,
        subject=str(version),
        at=at,
        methodology_version=version,
    )


@events.during("methodology_withdrawal.proposed")
def methodology_withdrawal_to_agenda(event: Event, at: datetime) -> None:
    """An approved version may be withdrawn."""
    withdrawal = MethodologyWithdrawal.objects.select_related("version__methodology__partnership").get(
        pk=event.subject_id
    )
    services.agenda_add(
        partnership=withdrawal.version.methodology.partnership,
        kind=DecisionItem.Kind.METHODOLOGY_WITHDRAWAL,
        subject=str(withdrawal),
        at=at,
        methodology_version=withdrawal.version,
        methodology_withdrawal=withdrawal,
    )


@events.during("methodology_withdrawal.withdrawn")
def methodology_withdrawal_off_agenda(event: Event, _at: datetime) -> None:
    """A proposal that was taken back no longer waits."""
    services.agenda_remove(methodology_withdrawal_id=event.subject_id)


@events.during("project.considered")
def project_to_agenda(event: Event, at: datetime) -> None:
    """A complete registration request waits for registration."""
    project = Project.objects.select_related("partnership").get(pk=event.subject_id)
    services.agenda_add(
        partnership=project.partnership,
        kind=DecisionItem.Kind.PROJECT_REGISTRATION,
        subject=str(project),
        at=at,
        project=project,
    )


@events.during("issuance_request.considered")
def issuance_to_agenda(event: Event, at: datetime) -> None:
    """A complete issuance request waits for the committee's amounts."""
    request = IssuanceRequest.objects.select_related("report__project__partnership").get(pk=event.subject_id)
    services.agenda_add(
        partnership=request.report.project.partnership,
        kind=DecisionItem.Kind.ISSUANCE,
        subject=str(request),
        at=at,
        issuance_request=request,
    )


@events.during("idea_note.considered")
def idea_note_to_agenda(event: Event, at: datetime) -> None:
    """A complete idea note waits for the committee's answer."""
    note = ProjectIdeaNote.objects.select_related("partnership").get(pk=event.subject_id)
    services.agenda_add(
        partnership=note.partnership,
        kind=DecisionItem.Kind.PIN_NO_OBJECTION,
        subject=str(note),
        at=at,
        idea_note=note,
    )


@events.during("rule_set.proposed")
def rules_to_agenda(event: Event, at: datetime) -> None:
    """A set of rule documents waits for adoption."""
    rule_set = RuleSet.objects.select_related("partnership__host").get(pk=event.subject_id)
    services.agenda_add(
        partnership=rule_set.partnership,
        kind=DecisionItem.Kind.RULES_ADOPTION,
        subject=rule_set.title,
        at=at,
        rule_set=rule_set,
    )


@events.during("special_measure.proposed")
def special_measure_to_agenda(event: Event, at: datetime) -> None:
    """A special measure waits for adoption."""
    measure = SpecialMeasure.objects.select_related("partnership__host").get(pk=event.subject_id)
    services.agenda_add(
        partnership=measure.partnership,
        kind=DecisionItem.Kind.SPECIAL_MEASURE,
        subject=measure.title,
        at=at,
        special_measure=measure,
    )


@events.during("rule_set.withdrawn")
def rules_off_agenda(event: Event, _at: datetime) -> None:
    """A withdrawn set of rule documents no longer waits."""
    services.agenda_remove(rule_set_id=event.subject_id)


@events.during("special_measure.withdrawn")
def special_measure_off_agenda(event: Event, _at: datetime) -> None:
    """A withdrawn special measure no longer waits."""
    services.agenda_remove(special_measure_id=event.subject_id)


@events.during("designation_application.considered")
def application_to_agenda(event: Event, at: datetime) -> None:
    """A complete application of a third-party entity waits for the designation."""
    application = DesignationApplication.objects.select_related("partnership", "organisation").get(pk=event.subject_id)
    services.agenda_add(
        partnership=application.partnership,
        kind=DecisionItem.Kind.TPE_DESIGNATION,
        subject=str(application),
        at=at,
        designation_application=application,
        designation=application.designation,
    )


@events.during("designation_measure.proposed")
def measure_to_agenda(event: Event, at: datetime) -> None:
    """A measure on a designation waits for adoption."""
    measure = DesignationMeasure.objects.select_related("designation__partnership").get(pk=event.subject_id)
    services.agenda_add(
        partnership=measure.designation.partnership,
        kind=DecisionItem.Kind.TPE_MEASURE,
        subject=str(measure),
        at=at,
        designation_measure=measure,
        designation=measure.designation,
    )


@events.during("rule_pack.proposed")
def rule_pack_to_agenda(event: Event, at: datetime) -> None:
    """A rule pack waits for adoption."""
    pack = RulePack.objects.select_related("partnership").get(pk=event.subject_id)
    subject = f"{pack.number}, {pack.effective_from:%Y-%m-%d}"
    kind = DecisionItem.Kind.RULES_ADOPTION
    services.agenda_add(partnership=pack.partnership, kind=kind, subject=subject, at=at, rule_pack=pack)


@events.during("rule_pack.taken_back")
def rule_pack_off_agenda(event: Event, _at: datetime) -> None:
    """A rule pack that is a draft again no longer waits."""
    services.agenda_remove(rule_pack_id=event.subject_id)


@events.during("methodology.withdrawn")
def methodology_off_agenda(event: Event, _at: datetime) -> None:
    """A withdrawn proposal no longer waits."""
    services.agenda_remove(methodology_version_id=event.subject_id)


@events.during("project.request_withdrawn")
def project_off_agenda(event: Event, _at: datetime) -> None:
    """A withdrawn registration request no longer waits."""
    services.agenda_remove(project_id=event.subject_id)


@events.during("issuance_request.withdrawn")
def issuance_off_agenda(event: Event, _at: datetime) -> None:
    """A withdrawn issuance request no longer waits."""
    services.agenda_remove(issuance_request_id=event.subject_id)


@events.during("idea_note.withdrawn")
def idea_note_off_agenda(event: Event, _at: datetime) -> None:
    """A withdrawn idea note no longer waits."""
    services.agenda_remove(idea_note_id=event.subject_id)


@events.during("designation_application.withdrawn")
def application_off_agenda(event: Event, _at: datetime) -> None:
    """A withdrawn application no longer waits."""
    services.agenda_remove(designation_application_id=event.subject_id)


@events.during("designation_measure.withdrawn")
def measure_off_agenda(event: Event, _at: datetime) -> None:
    """A withdrawn measure no longer waits."""
    services.agenda_remove(designation_measure_id=event.subject_id)
