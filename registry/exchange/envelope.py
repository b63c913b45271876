"""Messages as both sides write, sign and read them.

A message is one JSON object. Its canonical form is that of RFC 8785: keys in order, no spaces, UTF-8; whole numbers
alone, below 2^53. The header is the message without its payload, which stands in it by its SHA-256. The signature is
Ed25519 over the header without the signature; the hash of the message is the SHA-256 of the header with it. Each
message names the hash of the one before in the same direction, the first one 64 zeros.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from registry.exchange.words import Reason
from registry.log.checkpoint import TIME

VERSION = 1
START = "0" * 64
LARGEST = 16 * 2**20
BIGGEST = 2**53
MESSAGE, RECEIPT = b"jcm-message/1\n", b"jcm-receipt/1\n"
FORM: dict[str, type] = {
    "message_id": str,
    "type": str,
    "version": int,
    "sender_registry": str,
    "receiver_registry": str,
    "sequence_no": int,
    "prev_hash": str,
    "correlation_id": str,
    "created_at": str,
    "payload": dict,
    "payload_sha256": str,
    "signature": str,
}
RECEIPT_FORM: dict[str, type] = {
    "version": int,
    "message_id": str,
    "message_hash": str,
    "outcome": str,
    "reason": str,
    "detail": str,
    "from": str,
    "to": str,
    "received_at": str,
    "signature": str,
}


class Refused(Exception):
    """The message is not taken."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason.value}: {detail}")


def canonical(value: object) -> str:
    """Return the one text of a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


def moment(at: datetime) -> str:
    """Return a time as messages write it: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime(TIME)


def read_moment(text: str) -> datetime:
    """Return the time that a message names. Raises ValueError."""
    return datetime.strptime(text, TIME).replace(tzinfo=UTC)


class Key:
    """Signs what one registry sends."""

    def __init__(self, seed: bytes) -> None:
        """`seed` is 32 bytes."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = base64.b64encode(raw).decode()

    def sign(self, header: dict[str, Any], purpose: bytes = MESSAGE) -> str:
        """Return the signature of a header."""
        signed = self._key.sign(purpose + canonical(header).encode())
        return f"ed25519:{key_id(self.public)}:{base64.b64encode(signed).decode()}"


def key_of(code: str, seed: str) -> Key:
    """Return the key for the messages of the registry with this country code, made from the logs' signing key."""
    derived = HKDF(SHA256(), 32, salt=None, info=f"jcm-message/{code}".encode())
    return Key(derived.derive(base64.b64decode(seed, validate=True)))


def key_id(public: str) -> str:
    """Return the short name of a public key in base64."""
    return sha256(base64.b64decode(public)).hexdigest()[:8]


def is_public_key(text: str) -> bool:
    """Return whether the text is a public key of Ed25519 in base64."""
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        return False
    return True


def check_signature(header: dict[str, Any], signature: str, public: str, purpose: bytes = MESSAGE) -> None:
    """Raise Refused unless the header was signed with this key."""
    scheme, _colon, rest = signature.partition(":")
    name, _colon, signed = rest.partition(":")
    if scheme != "ed25519" or name != key_id(public):
        raise Refused(Reason.UNKNOWN_KEY, f"{scheme}:{name}"[:40])
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
        key.verify(base64.b64decode(signed, validate=True), purpose + canonical(header).encode())
    except (InvalidSignature, ValueError) as wrong:
        raise Refused(Reason.SIGNATURE) from wrong


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message in its agreed form; who signed it is another question."""

    fields: dict[str, Any]

    @property
    def header(self) -> dict[str, Any]:
        """Everything but the payload."""
        return {name: value for name, value in self.fields.items() if name != "payload"}

    @property
    def hash(self) -> str:
        """What the next message calls this one."""
        return digest(canonical(self.header))

    @property
    def message_id(self) -> UUID:
        """The identifier of the message."""
        return UUID(self.fields["message_id"])

    @property
    def payload_text(self) -> str:
        """The canonical form of the payload."""
        return canonical(self.fields["payload"])

    def check(self, public: str) -> None:
        """Raise Refused unless payload and header are what the holder of the key signed."""
        if digest(self.payload_text) != self.fields["payload_sha256"]:
            raise Refused(Reason.PAYLOAD_ALTERED)
        unsigned = {name: value for name, value in self.header.items() if name != "signature"}
        check_signature(unsigned, self.fields["signature"], public)


def seal(key: Key, payload: dict[str, Any], **header: Any) -> Envelope:
    """Return a signed message; `header` is its type, both registries, sequence_no, prev_hash, correlation, time."""
    unsigned = {
        "message_id": str(uuid4()),
        "version": VERSION,
        "payload_sha256": digest(canonical(payload)),
        **header,
    }
    return Envelope({**unsigned, "payload": payload, "signature": key.sign(unsigned)})


def read(raw: bytes) -> Envelope:
    """Return the message that was sent. Raises Refused for a size, a form or a version that is not agreed."""
    if len(raw) > LARGEST:
        raise Refused(Reason.TOO_LARGE)
    fields = parsed(raw, FORM)
    if fields["version"] != VERSION:
        raise Refused(Reason.VERSION, str(fields["version"]))
    try:
        identifiers = [str(UUID(fields[name])) for name in ("message_id", "correlation_id")]
        read_moment(fields["created_at"])
    except ValueError as wrong:
        raise Refused(Reason.MALFORMED, str(wrong)[:200]) from wrong
    if identifiers != [fields["message_id"], fields["correlation_id"]]:
        raise Refused(Reason.MALFORMED, "identifiers are written in small letters with hyphens")
    return Envelope(fields)


def parsed(raw: bytes, form: dict[str, type]) -> dict[str, Any]:
    """Return a JSON object that has exactly the fields of the form. Raises Refused."""
    try:
        value = json.loads(
            raw, parse_float=_no_float, parse_constant=_no_float, parse_int=_whole, object_pairs_hook=_once
        )
        _check_texts(value)
    except (ValueError, RecursionError) as wrong:
        raise Refused(Reason.MALFORMED, str(wrong)[:200]) from wrong
    if not isinstance(value, dict) or set(value) != set(form):
        raise Refused(Reason.MALFORMED, "fields")
    for name, kind in form.items():
        if type(value[name]) is not kind:
            raise Refused(Reason.MALFORMED, name)
    return value


def _no_float(text: str) -> None:
    raise ValueError(f"{text[:40]} is not a whole number")


def _whole(text: str) -> int:
    number = int(text)
    if abs(number) >= BIGGEST:
        raise ValueError("a number is too large")
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _check_texts(value: object) -> None:
    """Refuse what is no text in UTF-8, or cannot be stored as one."""
    if isinstance(value, str):
        value.encode()
        if "\x00" in value:
            raise ValueError("a text holds the character 0")
    elif isinstance(value, list):
        for item in value:
            _check_texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_texts(name)
            _check_texts(item)


def receipt(key: Key, **said: str) -> str:
    """Return a signed receipt. Its fields are those of RECEIPT_FORM."""
    unsigned = {"version": VERSION, **said}
    return canonical({**unsigned, "signature": key.sign(unsigned, RECEIPT)})


def read_receipt(raw: bytes, public: str) -> dict[str, Any]:
    """Return what a receipt says. Raises Refused for a form or signature that is wrong."""
    if len(raw) > LARGEST:
        raise Refused(Reason.TOO_LARGE)
    said = parsed(raw, RECEIPT_FORM)
    unsigned = {name: value for name, value in said.items() if name != "signature"}
    check_signature(unsigned, said["signature"], public, RECEIPT)
    return said
