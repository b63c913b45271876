"""Calls for public inputs, and the inputs: sent without an account, confirmed by e-mail, moderated, answered."""

from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import events, numbering
from core.errors import InvalidInput, TransitionRefused
from core.models import Rendition, User
from core.services import StoredFile, document_of, file_store
from parties import policies
from parties.errors import CallClosed, LinkExpired, TooManyInputs
from parties.models import Case, PublicCall, PublicInput
from parties.packs import days_of
from parties.sections import sections_of
from parties.workflow import INPUT, CaseKind, InputStatus, Stage

SALT = "confirm a public input"
LINK_LASTS = timedelta(days=3)
# So many inputs from one place, or for one address, within this time.
MOST, WITHIN = 5, timedelta(hours=1)


class InputContent(TypedDict):
    """What somebody says, and who it is; `section` is the letter of the one that it is about."""

    name: str
    organisation: str
    country: str
    email: str
    text: str
    section: NotRequired[str]


@transaction.atomic
def call_open(*, case: Case, at: datetime) -> PublicCall | None:
    """Open the call for public inputs that the case's rule pack asks for; None where it asks for none."""
    days = call_days(case)
    if not days:
        return None
    closes_at = case.rule_pack.calendar.deadline(at, days=days)
    call = PublicCall.objects.create(case=case, opened_at=at, closes_at=closes_at)
    events.emit("public_call.opened", call, actor=None, at=at, data={"closes_at": closes_at.isoformat()})
    return call


def call_days(case: Case) -> int:
    """Return for how many days everybody may comment on the case."""
    if case.kind == CaseKind.PROJECT:
        return case.rule_pack.pdd_public_inputs_days
    return days_of(case.rule_pack, case.kind, Stage.PUBLIC_INPUTS) or 0


def calls_close_due(*, at: datetime) -> int:
    """Close every call whose days are over, each in its own transaction; return how many."""
    due = PublicCall.objects.filter(closed_at=None, closes_at__lte=at).order_by("closes_at")
    return sum(_close(pk, at=at) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _close(call_id: int, *, at: datetime) -> bool:
    call = PublicCall.objects.select_for_update().get(pk=call_id)
    if call.closed_at is not None:
        return False
    call.closed_at = at
    call.save(update_fields=["closed_at"])
    events.emit("public_call.closed", call, actor=None, at=at)
    return True


@transaction.atomic
def input_send(
    *,
    call_id: int,
    content: InputContent,
    sender: str,
    at: datetime,
    attachment: "UploadedFile[bytes] | None" = None,
) -> PublicInput:
    """Take what somebody says without an account; `sender` is a keyed hash of where it comes from.

    Nobody but the sender hears of it before the address is confirmed by the link in the e-mail. Raises CallClosed,
    TooManyInputs, or InvalidInput for the attachment or a section that the form does not have.
    """
    # The lock makes inputs of one call wait for each other, so that the limit holds.
    call = PublicCall.objects.select_for_update(of=("self",)).select_related("case").get(pk=call_id)
    if not call.takes_inputs(at):
        raise CallClosed
    recent = PublicInput.objects.filter(sent_at__gt=at - WITHIN)
    if recent.filter(sender=sender).count() >= MOST or recent.filter(email__iexact=content["email"]).count() >= MOST:
        raise TooManyInputs
    if (section := content.get("section", "")) and section not in sections_of(call.case.kind):
        raise InvalidInput(fields={"section": _("Choose a section of this form.")})
    stored = file_store(attachment, field="attachment") if attachment else None
    number = numbering.allot(f"{call.case.number}:input", source=call.case.source)
    made = PublicInput.objects.create(
        call=call,
        reference=f"{call.case.number}-PI{number:03d}",
        **content,
        language=get_language() or "en",
        sender=sender,
        sent_at=at,
        attachment_name=stored.file_name if stored else "",
        attachment_type=stored.media_type if stored else "",
        attachment_size=stored.size if stored else 0,
        attachment_sha256=stored.sha256 if stored else "",
    )
    events.emit("public_input.sent", made, actor=None, at=at)
    return made


def confirmation_token(made: PublicInput) -> str:
    """Return what the link in the e-mail carries."""
    return signing.dumps([made.pk, (made.sent_at + LINK_LASTS).isoformat()], salt=SALT)


@transaction.atomic
def input_confirm(*, token: str, at: datetime) -> PublicInput:
    """Confirm the sender's address; a second time changes nothing. Raises LinkExpired for a wrong or old link."""
    try:
        pk, until = signing.loads(token, salt=SALT)
    except signing.BadSignature as fault:
        raise LinkExpired from fault
    made = PublicInput.objects.select_for_update().filter(pk=pk).first()
    if made is None or at > datetime.fromisoformat(until):
        raise LinkExpired
    if made.status == InputStatus.UNCONFIRMED:
        made.status = INPUT.next_state("confirm", state=made.status)
        made.confirmed_at = at
        made.save(update_fields=["status", "confirmed_at"])
        events.emit("public_input.confirmed", made, actor=None, at=at)
    return made


def inputs_forget(*, at: datetime) -> int:
    """Delete what nobody confirmed in time: addresses of people who may never have written. Return how many."""
    forgotten, _rows = PublicInput.objects.filter(status=InputStatus.UNCONFIRMED, sent_at__lt=at - LINK_LASTS).delete()
    return forgotten


@transaction.atomic
def input_publish(*, input_id: int, actor: User, at: datetime) -> PublicInput:
    """Show an input to everybody, with its attachment. Raises NotPermitted or TransitionRefused."""
    made = _locked(input_id)
    policies.check_is_secretariat(actor, made.call.case.partnership, at=at)
    made.status = INPUT.next_state("publish", state=made.status)
    if made.attachment_sha256 and made.document is None:
        file = StoredFile(made.attachment_name, made.attachment_type, made.attachment_size, made.attachment_sha256)
        files = {Rendition.Access.PUBLIC.value: file}
        made.document = document_of(title=made.reference, files=files, actor=actor, at=at)
    made.refusal, made.moderated_by, made.moderated_at = "", actor, at
    made.save()
    events.emit("public_input.published", made, actor=actor, at=at)
    return made


@transaction.atomic
def input_refuse(*, input_id: int, reason: str, actor: User, at: datetime) -> PublicInput:
    """Keep an input from the public, or take it away again; its sender gets the reason.

    Raises NotPermitted, TransitionRefused, or InvalidInput without a reason.
    """
    made = _locked(input_id)
    policies.check_is_secretariat(actor, made.call.case.partnership, at=at)
    made.status = INPUT.next_state("refuse", state=made.status)
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why it is not published; the sender reads this.")})
    made.refusal, made.moderated_by, made.moderated_at = reason.strip(), actor, at
    made.save()
    events.emit("public_input.refused", made, actor=actor, at=at)
    return made


@transaction.atomic
def input_reply(*, input_id: int, text: str, actor: User, at: datetime) -> PublicInput:
    """Answer a published input, for the proponent or the secretariat; everybody reads it. Another reply replaces it.

    Raises NotPermitted, TransitionRefused, or InvalidInput without a text.
    """
    made = _locked(input_id)
    policies.check_can_reply(actor, made.call.case, at=at)
    if made.status != InputStatus.PUBLISHED:
        raise TransitionRefused(action="reply", state=made.status)
    if not text.strip():
        raise InvalidInput(fields={"text": _("Write the reply.")})
    made.reply, made.replied_by, made.replied_at = text.strip(), actor, at
    made.save(update_fields=["reply", "replied_by", "replied_at"])
    events.emit("public_input.replied", made, actor=actor, at=at)
    return made


def _locked(input_id: int) -> PublicInput:
    related = PublicInput.objects.select_related("call__case__partnership", "call__case__organisation")
    return related.select_for_update(of=("self",)).get(pk=input_id)
