"""Letters to people who are invited, and to those who sent a case or a public input.

Nothing of an input stands in an event.
"""

from datetime import datetime

from django.core.signing import dumps
from django.urls import reverse

from core import events, mail
from core.models import Event
from parties import letters
from parties.models import Case, CaseStage, Invitation, PublicInput
from parties.services import confirmation_token
from parties.workflow import InputStatus

INVITATION = "invitation"  # the salt of its signed address


@events.on("invitation.ready")
def invitation_letter(event: Event, at: datetime) -> None:
    """Write to the person who is invited; an invitation that was withdrawn meanwhile is not sent."""
    related = Invitation.objects.select_related("invited_by", "partnership__host", "partnership__acquirer", "party")
    invitation = related.open(at).filter(pk=event.subject_id).first()
    if invitation is not None:
        address = reverse("parties:invitation", args=[dumps(invitation.pk, salt=INVITATION)])
        mail.send(
            "invitation",
            to=invitation.email,
            language=invitation.language,
            key=str(event.pk),
            invitation=invitation,
            address=address,
        )


@events.on("case.submitted")
def acknowledge(event: Event, _at: datetime) -> None:
    """The submitter gets the number and the day until which the secretariat answers."""
    if event.actor is not None:
        _to_person(event, letters.RECEIVED)


@events.on("case.returned")
def tell_what_is_missing(event: Event, _at: datetime) -> None:
    """The submitter reads why the case came back, and which items of the checklist were not found."""
    _to_person(event, letters.RETURNED)


@events.on("case.decided")
def tell_the_decision(event: Event, _at: datetime) -> None:
    """The submitter hears that the Joint Committee decided."""
    _to_person(event, letters.DECIDED)


def _to_person(event: Event, kind: letters.Kind) -> None:
    case = Case.objects.select_related("submitted_by", "partnership__host", "rule_pack").get(pk=event.subject_id)
    told_by = [stage for stage, of_stage in letters.KINDS.items() if of_stage == kind]
    row = CaseStage.objects.filter(case=case, stage__in=told_by, from_at__lte=event.at).latest("pk")
    person, key = case.submitted_by, str(event.pk)
    mail.send(kind.template, to=person.email, language=person.language, key=key, **letters.told(case, row))


@events.on("public_input.sent")
def ask_to_confirm(event: Event, _at: datetime) -> None:
    """Whoever wrote under this address confirms it by a link."""
    made = _input_of(event)
    if made is not None and made.status == InputStatus.UNCONFIRMED:
        _to_sender(event, made, "input_sent", address=reverse("parties:input-confirm", args=[confirmation_token(made)]))


@events.on("public_input.confirmed")
def give_the_receipt(event: Event, _at: datetime) -> None:
    """The sender gets the reference of what was received."""
    _answer(event, "input_confirmed")


@events.on("public_input.published")
def tell_it_is_published(event: Event, _at: datetime) -> None:
    """The sender hears that everybody can read it."""
    _answer(event, "input_published")


@events.on("public_input.refused")
def tell_it_is_not_published(event: Event, _at: datetime) -> None:
    """The sender reads the reason."""
    _answer(event, "input_refused")


@events.on("public_input.replied")
def tell_the_reply(event: Event, _at: datetime) -> None:
    """The sender reads the reply."""
    _answer(event, "input_replied")


def _answer(event: Event, letter: str) -> None:
    made = _input_of(event)
    if made is not None:
        _to_sender(event, made, letter)


def _input_of(event: Event) -> PublicInput | None:
    return PublicInput.objects.select_related("call__case").filter(pk=event.subject_id).first()


def _to_sender(event: Event, made: PublicInput, letter: str, **context: str) -> None:
    case = made.call.case
    mail.send(letter, to=made.email, language=made.language, key=str(event.pk), input=made, case=case, **context)
