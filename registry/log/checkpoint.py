"""Checkpoints: what a registry's log was at a moment, as a signed note.

The text is the signed note of the C2SP specifications (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), which many
programs read: origin, number of leaves, root hash in base64, one further line with the time; an empty line; the
signature by Ed25519 over everything above the empty line.

    jcm-registry/JP
    4711
    6TAVF0n1kDnrLoDbGvEHUEnvfnlKWyTyhDGNUKVIcEI=
    time 2026-11-22T20:00:00.000000Z

    — jcm-registry/JP cV6GW…
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
ED25519 = b"\x01"


def origin_of(code: str) -> str:
    """Return the name of the log of the registry with this country code."""
    return f"jcm-registry/{code}"


class Signer:
    """Signs the checkpoints of one log."""

    def __init__(self, origin: str, seed: str) -> None:
        """`seed` is 32 bytes in base64. Raises ValueError when it is not."""
        self.origin = origin
        self._key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed, validate=True))

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def verifier_key(self) -> str:
        """The public key with its name, as programs that read signed notes expect it."""
        return f"{self.origin}+{_key_id(self.origin, self.public).hex()}+{_text(ED25519 + self.public)}"

    def sign(self, *, size: int, root: bytes, at: datetime) -> str:
        """Return the signed text of a checkpoint."""
        body = f"{self.origin}\n{size}\n{_text(root)}\ntime {at.astimezone(UTC).strftime(TIME)}\n"
        signature = self._key.sign(body.encode())
        return f"{body}\n— {self.origin} {_text(_key_id(self.origin, self.public) + signature)}\n"


def signer(code: str, seed: str) -> Signer:
    """Return who signs the checkpoints of the registry with this country code."""
    return Signer(origin_of(code), seed)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes
    at: datetime


def read(text: str, verifier_key: str) -> Checkpoint:
    """Return what a checkpoint says. Raises ValueError when its form or its signature is wrong."""
    origin, _id, key = verifier_key.split("+", 2)
    public = base64.b64decode(key, validate=True).removeprefix(ED25519)
    head, parting, tail = text.partition("\n\n")
    lines = head.split("\n")
    if not parting or len(lines) != 4 or lines[0] != origin:
        raise ValueError("This is not a checkpoint of the log.")
    try:
        signed = base64.b64decode(tail.removeprefix(f"— {origin} ").rstrip("\n"), validate=True)
        if signed[:4] != _key_id(origin, public):
            raise ValueError("The checkpoint was signed with another key.")
        Ed25519PublicKey.from_public_bytes(public).verify(signed[4:], f"{head}\n".encode())
    except (InvalidSignature, binascii.Error) as wrong:
        raise ValueError("The signature of the checkpoint is wrong.") from wrong
    at = datetime.strptime(lines[3].removeprefix("time "), TIME).replace(tzinfo=UTC)
    return Checkpoint(origin, int(lines[1]), base64.b64decode(lines[2], validate=True), at)


def _key_id(origin: str, public: bytes) -> bytes:
    return sha256(origin.encode() + b"\n" + ED25519 + public).digest()[:4]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
