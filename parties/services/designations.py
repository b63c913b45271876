"""Designations come about by the committee's decision, and end by its decision or the entity's own will."""

from datetime import datetime

from django.db import transaction

from core import events, numbering
from core.errors import TransitionRefused
from core.findings import enforce
from core.models import User
from parties import policies, rules
from parties.decision import DecisionReference
from parties.models import Designation, DesignationApplication
from parties.selectors import day_of
from parties.services.applications import applications_drop
from parties.services.cases import case_move
from parties.services.locking import application_locked, designation_locked
from parties.services.measures import measures_drop
from parties.services.terms import history_begin, history_turn
from parties.workflow import APPLICATION, DESIGNATION, Stage

Kind = DesignationApplication.Kind


@transaction.atomic
def designation_grant(*, application_id: int, decision: DecisionReference, at: datetime) -> Designation:
    """Carry out the Joint Committee's designation; the entity gets its number, for example TPE-MN-014.

    Raises TransitionRefused, also for an application that asks for more than a designation that stands.
    """
    application = application_locked(application_id)
    target = APPLICATION.next_state("grant", state=application.status)
    if application.kind != Kind.NEW:
        raise TransitionRefused(action="designate", state=application.kind)
    key = f"TPE-{application.partnership.code}-"
    designation = Designation.objects.create(
        number=f"{key}{numbering.allot(key, source=application.source):03d}",
        partnership=application.partnership,
        organisation=application.organisation,
        designated_on=decision.adopted_on,
        valid_until=application.accredited_until,
        source=application.source,
    )
    designation.scopes_validation.set(application.scopes_validation.all())
    designation.scopes_verification.set(application.scopes_verification.all())
    return _granted(application, designation, target, "designation.granted", decision=decision, at=at)


@transaction.atomic
def designation_extend(*, application_id: int, decision: DecisionReference, at: datetime) -> Designation:
    """Carry out the Joint Committee's grant of additional scopes, or of a renewal.

    Additional scopes come on top; a renewed accreditation replaces the scopes by those that it covers. Raises
    TransitionRefused, or InvalidInput where the designation ended meanwhile.
    """
    application = application_locked(application_id)
    target = APPLICATION.next_state("grant", state=application.status)
    if application.designation is None:
        raise TransitionRefused(action="extend", state=application.kind)
    designation = designation_locked(application.designation.pk)
    enforce(rules.r_tpe_04(application.kind, designation))
    history_begin(designation, at=at)
    if application.kind == Kind.SCOPES:
        designation.scopes_validation.add(*application.scopes_validation.all())
        designation.scopes_verification.add(*application.scopes_verification.all())
    else:
        designation.scopes_validation.set(application.scopes_validation.all())
        designation.scopes_verification.set(application.scopes_verification.all())
    designation.valid_until = application.accredited_until
    designation.save(update_fields=["valid_until"])
    return _granted(application, designation, target, "designation.extended", decision=decision, at=at)


def _granted(
    application: DesignationApplication,
    designation: Designation,
    target: str,
    event: str,
    *,
    decision: DecisionReference,
    at: datetime,
) -> Designation:
    history_turn(
        designation,
        change=f"granted_{application.kind}",
        day=decision.adopted_on,
        at=at,
        decision_number=decision.number,
    )
    application.designation, application.status = designation, target
    application.decided_on, application.decision_number = decision.adopted_on, decision.number
    application.save()
    case_move(case_id=application.case_id, stage=Stage.DECIDED, reason=decision.number, actor=None, at=at)
    data = {"decision": decision.number, "application": application.pk}
    events.emit(event, designation, actor=None, at=at, data=data)
    return designation


@transaction.atomic
def designation_give_up(*, designation_id: int, reason: str, actor: User, at: datetime) -> Designation:
    """Withdraw from a designation of one's own will, from today on (jcm.md 2.4, voluntary withdrawal).

    An application of the entity and a measure that the secretariat proposed fall away. Raises NotPermitted,
    TransitionRefused, InvalidInput without a reason, or a refusal while the Joint Committee decides about either.
    """
    designation = designation_locked(designation_id)
    policies.check_can_apply(actor, designation.organisation, at=at)
    target = DESIGNATION.next_state("give_up", state=designation.status)
    enforce(rules.r_reason(reason))
    applications_drop(designation, actor=actor, at=at)
    measures_drop(designation, actor=actor, at=at)
    history_begin(designation, at=at)
    designation.status = target
    designation.save(update_fields=["status"])
    day = day_of(designation.partnership, at)
    history_turn(designation, change="given_up", day=day, at=at, reason=reason.strip(), author=actor)
    events.emit("designation.given_up", designation, actor=actor, at=at, data={"reason": reason.strip()})
    return designation
