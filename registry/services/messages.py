"""Messages go out: numbered, chained, signed, and kept until the other side fetches them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from registry.errors import explained
from registry.exchange.envelope import START, Envelope, Key, canonical, key_of, moment, seal
from registry.models import Counterpart, Message

IN, OUT = Message.Direction.IN, Message.Direction.OUT


def our_key(counterpart: Counterpart) -> Key:
    """Return the key with which our registry signs for this counterpart."""
    return key_of(counterpart.registry.party.iso2, settings.LOG_SIGNING_KEY)


def counterpart_locked(counterpart_id: int) -> Counterpart:
    """Lock the counterpart's row: both directions of its messages, and its cycles, follow each other."""
    rows = Counterpart.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("registry__party").get(pk=counterpart_id)


def last_message(counterpart: Counterpart, direction: str) -> tuple[int, str]:
    """Return number and hash of the last message of a direction, 0 and START before the first."""
    sent = Message.objects.filter(counterpart=counterpart, direction=direction)
    last = sent.order_by("-sequence_no").values_list("sequence_no", "hash").first()
    return last or (0, START)


def message_send(
    *, counterpart: Counterpart, kind: str, correlation_id: UUID, payload: dict[str, Any], at: datetime
) -> Message:
    """Sign a message and keep it for the other side; call inside a transaction that holds the counterpart."""
    number, before = last_message(counterpart, OUT)
    envelope = seal(
        our_key(counterpart),
        payload,
        type=str(kind),
        sender_registry=counterpart.registry.party.iso2,
        receiver_registry=counterpart.code,
        sequence_no=number + 1,
        prev_hash=before,
        correlation_id=str(correlation_id),
        created_at=moment(at),
    )
    return message_keep(counterpart=counterpart, direction=OUT, envelope=envelope, at=at)


def message_keep(*, counterpart: Counterpart, direction: str, envelope: Envelope, at: datetime) -> Message:
    """Write a message down, word for word."""
    with explained():
        return Message.objects.create(
            counterpart=counterpart,
            direction=direction,
            sequence_no=envelope.fields["sequence_no"],
            message_id=envelope.message_id,
            type=envelope.fields["type"],
            correlation_id=UUID(envelope.fields["correlation_id"]),
            header=canonical(envelope.header),
            payload=envelope.payload_text,
            hash=envelope.hash,
            at=at,
        )
