"""Messages come in: each is taken once, in order, and answered by a signed receipt; or refused, with the reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from core import events
from registry.errors import CounterpartNotInUse
from registry.exchange import payloads
from registry.exchange.envelope import Envelope, Refused, moment, read, read_moment, read_receipt, receipt
from registry.exchange.words import TAKEN, Reason
from registry.models import Counterpart, Message, Receipt, RefusedMessage
from registry.services.messages import IN, OUT, counterpart_locked, last_message, message_keep, our_key
from registry.services.reconciliation import message_act

CLOCK = timedelta(minutes=5)  # so far may two clocks differ


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender gets: a signed receipt, and whether the message was taken."""

    receipt: str
    taken: bool


@transaction.atomic
def message_receive(*, counterpart_id: int, raw: bytes, at: datetime) -> Answer:
    """Take a message and do what it asks for, or refuse it. A message that was taken before gives its receipt again.

    Raises CounterpartNotInUse.
    """
    counterpart = counterpart_locked(counterpart_id)
    if not counterpart.active:
        raise CounterpartNotInUse
    try:
        envelope = read(raw)
        with transaction.atomic():
            return Answer(_take(counterpart, envelope, at), taken=True)
    except Refused as refusal:
        return _refuse(counterpart, raw, refusal, at)


def _take(counterpart: Counterpart, envelope: Envelope, at: datetime) -> str:
    _check_parties(counterpart, envelope)
    envelope.check(counterpart.public_key)
    known = Message.objects.filter(counterpart=counterpart, message_id=envelope.message_id).first()
    if known is not None:
        if known.hash != envelope.hash or known.direction != IN:
            raise Refused(Reason.REPLAY_DIFFERS, str(envelope.message_id))
        return known.receipt.body
    if read_moment(envelope.fields["created_at"]) > at + CLOCK:
        raise Refused(Reason.CLOCK, envelope.fields["created_at"])
    if envelope.fields["type"] not in TAKEN:
        raise Refused(Reason.TYPE, envelope.fields["type"][:40])
    _check_order(counterpart, envelope)
    payloads.check(envelope.fields["type"], envelope.fields["payload"])
    message = message_keep(counterpart=counterpart, direction=IN, envelope=envelope, at=at)
    said = _said(counterpart, envelope.fields["message_id"], envelope.hash, at)
    body = receipt(our_key(counterpart), outcome="accepted", reason="", detail="", **said)
    Receipt.objects.create(message=message, body=body, at=at)
    events.emit("message.received", message, actor=None, at=at, data={"hash": message.hash})
    message_act(counterpart=counterpart, message=message, payload=envelope.fields["payload"], at=at)
    return body


def _check_parties(counterpart: Counterpart, envelope: Envelope) -> None:
    if envelope.fields["receiver_registry"] != counterpart.registry.party.iso2:
        raise Refused(Reason.RECEIVER, envelope.fields["receiver_registry"][:40])
    if envelope.fields["sender_registry"] != counterpart.code:
        raise Refused(Reason.SENDER, envelope.fields["sender_registry"][:40])


def _check_order(counterpart: Counterpart, envelope: Envelope) -> None:
    number, before = last_message(counterpart, IN)
    expected = number + 1
    if envelope.fields["sequence_no"] > expected:
        raise Refused(Reason.SEQUENCE_GAP, f"expected {expected}")
    if envelope.fields["sequence_no"] < expected:
        raise Refused(Reason.SEQUENCE_REPEATED, f"expected {expected}")
    if envelope.fields["prev_hash"] != before:
        raise Refused(Reason.CHAIN, f"expected {before}")


def _said(counterpart: Counterpart, message_id: str, message_hash: str, at: datetime) -> dict[str, str]:
    ours, theirs = counterpart.registry.party.iso2, counterpart.code
    return {
        "message_id": message_id, "message_hash": message_hash, "from": ours, "to": theirs, "received_at": moment(at),
    }  # fmt: skip


def _refuse(counterpart: Counterpart, raw: bytes, refusal: Refused, at: datetime) -> Answer:
    """Keep what was refused and why. The receipt names it by the SHA-256 of the bytes that came."""
    came = sha256(raw).hexdigest()
    said = _said(counterpart, "", came, at)
    body = receipt(
        our_key(counterpart), outcome="refused", reason=refusal.reason.value, detail=refusal.detail, **said
    )  # fmt: skip
    refused = RefusedMessage.objects.create(
        counterpart=counterpart, reason=refusal.reason, detail=refusal.detail[:200], body_sha256=came, receipt=body,
        at=at,
    )  # fmt: skip
    events.emit("message.refused", refused, actor=None, at=at, data={"reason": refusal.reason.value})
    return Answer(body, taken=False)


@transaction.atomic
def receipt_take(*, counterpart_id: int, raw: bytes, at: datetime) -> Receipt:
    """Keep the other side's signed receipt for a message of ours; the same one twice is harmless.

    Raises CounterpartNotInUse, and Refused for a receipt that is not theirs or is for another message.
    """
    counterpart = counterpart_locked(counterpart_id)
    if not counterpart.active:
        raise CounterpartNotInUse
    said = read_receipt(raw, counterpart.public_key)
    sent = Message.objects.filter(counterpart=counterpart, direction=OUT, hash=said["message_hash"])
    message = sent.first()
    if message is None or str(message.message_id) != said["message_id"] or said["outcome"] != "accepted":
        raise Refused(Reason.NOT_EXPECTED, said["message_id"][:40])
    kept, _made = Receipt.objects.get_or_create(
        message=message, defaults={"body": raw.decode(), "at": at}
    )  # fmt: skip
    return kept
