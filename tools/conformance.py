#!/usr/bin/env python3
"""Plays a registry kept elsewhere: one file, the standard library and `cryptography`.

    conformance.py key   DIR                    make a key; prints what the administrator enters
    conformance.py copy  DIR --url … …          fetch the registry's own books and keep them as ours
    conformance.py run   DIR --url … … [--fault NAME]
                                                fetch what the registry asks, answer it, print every receipt
    conformance.py faults                       list the faults that can be put in, and what must come of each

It is written from docs/how-to/connect-another-registry.md alone and shares no code with the registry, so that both
sides of the agreement are tried. DIR holds the key, the numbers of both directions and the books.
"""

import argparse
import base64
import hashlib
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Json = dict[str, Any]
TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
ATTRIBUTES = ("account", "account_kind", "holder", "decision", "authorization", "approach")
ANSWERS = {"totals": "SNAPSHOT_TOTALS", "blocks": "SNAPSHOT_BLOCKS", "audit_trail": "SNAPSHOT_AUDIT_TRAIL"}


def canonical(value: object) -> str:
    """Return the one text of a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text: str) -> str:
    """Return the hash of a text, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


# --- books -----------------------------------------------------------------------------------------------------------


def merged(blocks: list[Json]) -> list[Json]:
    """Return the blocks in order, neighbours with equal attributes as one."""
    found: list[Json] = []
    for block in sorted(blocks, key=lambda b: (b["series"], b["first"], b["last"], *(b[name] for name in ATTRIBUTES))):
        last = found[-1] if found else None
        if last and (last["series"], last["last"] + 1, *(last[name] for name in ATTRIBUTES)) == (
            block["series"], block["first"], *(block[name] for name in ATTRIBUTES),
        ):  # fmt: skip
            last["last"] = block["last"]
            last["quantity"] += block["quantity"]
        else:
            found.append(dict(block))
    return found


def totals(blocks: list[Json]) -> list[Json]:
    """Return tonnes by cooperative approach, vintage, kind of account and Party."""
    sums: Counter[tuple[str, int, str, str]] = Counter()
    for block in blocks:
        party, _host, _project, vintage = block["series"].split("-")
        sums[block["approach"], int(vintage), block["account_kind"], party] += block["quantity"]
    names = ("approach", "vintage", "account_kind", "party")
    return [{**dict(zip(names, key, strict=True)), "quantity": sums[key]} for key in sorted(sums)]


def touches(entry: Json, ranges: list[Json]) -> bool:
    """Return whether a transaction moved a credit of these ranges."""
    return any(
        move["series"] == part["series"] and move["first"] <= part["last"] and move["last"] >= part["first"]
        for move in entry["movements"]
        for part in ranges
    )


@dataclass
class Books:
    """What this side has: blocks and transactions, as messages tell them."""

    blocks: list[Json]
    transactions: list[Json]

    def tell(self, asked: Json) -> Json:
        """Return the payload that answers a SNAPSHOT_REQUEST."""
        told: Json = {"as_of": asked["as_of"]}
        if asked["stage"] == "audit_trail":
            return {**told, "transactions": [row for row in self.transactions if touches(row, asked["ranges"])]}
        told["blocks_sha256"] = sha256("\n".join(canonical(block) for block in merged(self.blocks)))
        if asked["stage"] == "totals":
            return {**told, "totals": totals(self.blocks)}
        return {**told, "blocks": self.blocks}


# --- messages --------------------------------------------------------------------------------------------------------


def key_of(seed: bytes) -> tuple[Ed25519PrivateKey, str]:
    """Return the private key, and the public one in base64."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return key, base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def sign(seed: bytes, fields: Json, purpose: bytes) -> str:
    """Return ed25519:{first 8 digits of the key's hash}:{signature}."""
    key, public = key_of(seed)
    name = hashlib.sha256(base64.b64decode(public)).hexdigest()[:8]
    return f"ed25519:{name}:{base64.b64encode(key.sign(purpose + canonical(fields).encode())).decode()}"


def signed_by(public: str, fields: Json, purpose: bytes) -> bool:
    """Return whether header or receipt is signed with this key."""
    unsigned = {name: value for name, value in fields.items() if name not in ("signature", "payload")}
    try:
        signature = base64.b64decode(fields["signature"].rpartition(":")[2])
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(
            signature, purpose + canonical(unsigned).encode()
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def hash_of(envelope: Json) -> str:
    """Return what the next message calls this one."""
    return sha256(canonical({name: value for name, value in envelope.items() if name != "payload"}))


class Transport(Protocol):
    """How messages travel."""

    def fetch(self, after: int) -> list[Json]: ...
    def post(self, body: bytes) -> Json: ...
    def acknowledge(self, body: bytes) -> None: ...


@dataclass
class Side:
    """One side of the exchange: its name and key, the other side's, and where both chains are."""

    code: str
    registry: str
    seed: bytes
    registry_key: str
    books: Books
    transport: Transport
    now: Callable[[], datetime]
    sent: int = 0
    sent_hash: str = "0" * 64
    seen: int = 0
    seen_hash: str = "0" * 64

    def seal(self, kind: str, correlation: str, payload: Json, *, seed: bytes = b"", **changed: Any) -> Json:
        """Return the next message, signed; `changed` replaces fields of its header."""
        header = {
            "message_id": str(uuid.uuid4()),
            "type": kind,
            "version": 1,
            "sender_registry": self.code,
            "receiver_registry": self.registry,
            "sequence_no": self.sent + 1,
            "prev_hash": self.sent_hash,
            "correlation_id": correlation,
            "created_at": self.now().astimezone(UTC).strftime(TIME),
            "payload_sha256": sha256(canonical(payload)),
            **changed,
        }
        return {**header, "payload": payload, "signature": sign(seed or self.seed, header, b"jcm-message/1\n")}

    def post(self, envelope: Json | bytes) -> Json:
        """Send a message and return the receipt; a message that was taken moves the chain on."""
        body = envelope if isinstance(envelope, bytes) else canonical(envelope).encode()
        receipt = self.transport.post(body)
        if not signed_by(self.registry_key, receipt, b"jcm-receipt/1\n"):
            raise SystemExit("the registry's receipt has a wrong signature")
        if receipt["outcome"] == "accepted" and isinstance(envelope, dict):
            if receipt["message_hash"] != hash_of(envelope):
                raise SystemExit("the registry's receipt is for another message")
            if envelope["sequence_no"] == self.sent + 1:
                self.sent, self.sent_hash = envelope["sequence_no"], hash_of(envelope)
        return receipt

    def fetch(self) -> list[Json]:
        """Return the registry's new messages, checked and acknowledged."""
        found = self.transport.fetch(self.seen)
        for envelope in found:
            payload_is_right = sha256(canonical(envelope["payload"])) == envelope["payload_sha256"]
            if not payload_is_right or not signed_by(self.registry_key, envelope, b"jcm-message/1\n"):
                raise SystemExit(f"message {envelope['sequence_no']} of the registry is not what it signed")
            if (envelope["sequence_no"], envelope["prev_hash"]) != (self.seen + 1, self.seen_hash):
                raise SystemExit(f"message {envelope['sequence_no']} of the registry does not follow the last one")
            self.seen, self.seen_hash = envelope["sequence_no"], hash_of(envelope)
            self.transport.acknowledge(canonical(self.receipt(envelope)).encode())
        return found

    def receipt(self, envelope: Json) -> Json:
        """Return our signed word that a message was taken."""
        said = {
            "version": 1, "message_id": envelope["message_id"], "message_hash": hash_of(envelope),
            "outcome": "accepted", "reason": "", "detail": "", "from": self.code, "to": self.registry,
            "received_at": self.now().astimezone(UTC).strftime(TIME),
        }  # fmt: skip
        return {**said, "signature": sign(self.seed, said, b"jcm-receipt/1\n")}


# --- faults ----------------------------------------------------------------------------------------------------------


def first_block(books: Books) -> Json:
    """Return the largest block: every fault has room in it."""
    return max(books.blocks, key=lambda block: (block["quantity"], block["series"], block["first"]))


def changed(**attributes: Any) -> Callable[[Books], None]:
    """Return a fault that changes attributes of one block."""
    return lambda books: first_block(books).update(attributes)


def other_series(books: Books, part: int, text: str) -> None:
    """Put a block under another series."""
    block = first_block(books)
    parts = block["series"].split("-")
    parts[part] = text
    block["series"] = "-".join(parts)


def resized(books: Books, first: int, last: int) -> None:
    """Move an end of a block."""
    block = first_block(books)
    block.update(first=block["first"] + first, last=block["last"] + last)
    block["quantity"] = block["last"] - block["first"] + 1


def cut(books: Books, lacking: int) -> None:
    """Cut a block in two, with so many credits lacking between the parts."""
    block = first_block(books)
    middle = (block["first"] + block["last"]) // 2
    rest = {**block, "first": middle + 1 + lacking, "quantity": block["last"] - middle - lacking}
    block.update(last=middle, quantity=middle - block["first"] + 1)
    books.blocks.append(rest)


def extra(books: Books) -> None:
    """Invent a block of a project that nobody knows."""
    block = first_block(books)
    parts = block["series"].split("-")
    books.blocks.append({**block, "series": "-".join([*parts[:2], f"{parts[1]}99999", parts[3]])})


def doubled(books: Books, last: int) -> None:
    """List a block once more, or the beginning of it."""
    block = first_block(books)
    end = block["last"] + last
    books.blocks.append({**block, "last": end, "quantity": end - block["first"] + 1})


def in_trail(change: Callable[[list[Json]], object]) -> Callable[[Books], None]:
    """Return a fault of the audit trail. Trails are compared where blocks differ, so one has another owner too."""

    def act(books: Books) -> None:
        block = first_block(books)
        mine = [row for row in books.transactions if touches(row, [block])]
        block["account"] = "XX-2999999-00"
        books.transactions = [row for row in books.transactions if row not in mine]
        change(mine)
        books.transactions += mine

    return act


def invented(rows: list[Json]) -> None:
    """Tell a transaction that never was."""
    rows.append({**rows[0], "id": str(uuid.uuid4())})


BOOK_FAULTS: dict[str, tuple[str, Callable[[Books], Any]]] = {
    "missing-block": ("missing", lambda books: books.blocks.remove(first_block(books))),
    "extra-block": ("extra", extra),
    "quantity": ("quantity", lambda books: first_block(books).update(quantity=first_block(books)["quantity"] + 1)),
    "first-shifted": ("range", lambda books: resized(books, 1, 0)),
    "last-shifted": ("range", lambda books: resized(books, 0, -1)),
    "too-long": ("range", lambda books: resized(books, 0, 10**6)),
    "gap": ("gap", lambda books: cut(books, 1)),
    "duplicate-block": ("duplicate", lambda books: doubled(books, 0)),
    "serial-overlap": ("overlap", lambda books: doubled(books, -1)),
    "owner": ("owner", changed(account="XX-2999999-00")),
    "account-kind": ("account-kind", changed(account_kind="unheard-of")),
    "retired-elsewhere": ("account-kind", changed(account_kind="retirement")),
    "holder": ("holder", changed(holder="Somebody else")),
    "vintage": ("series", lambda books: other_series(books, 3, "2099")),
    "project": ("series", lambda books: other_series(books, 2, f"{first_block(books)['series'][3:5]}99999")),
    "registry": ("series", lambda books: other_series(books, 0, "XX")),
    "decision": ("decision", changed(decision="Another decision")),
    "authorization": ("authorization", changed(authorization="JP Another letter")),
    "approach": ("approach", changed(approach="CA9999")),
    "transaction-missing": ("transaction-missing", in_trail(lambda rows: rows.pop())),
    "transaction-extra": ("transaction-extra", in_trail(invented)),
    "transaction-changed": ("transaction-changed", in_trail(lambda rows: rows[-1].update(cause="Another cause"))),
}


def wrong_total(payload: Json) -> None:
    """Add a tonne to a total."""
    if "totals" in payload:
        payload["totals"][0]["quantity"] += 1


def wrong_hash(payload: Json) -> None:
    """Tell another hash."""
    if "blocks_sha256" in payload:
        payload["blocks_sha256"] = "0" * 64


# These change what is told before it is signed; the registry finds them when it compares.
TOLD_FAULTS: dict[str, tuple[str, Callable[[Json], Any]]] = {
    "totals-not-sum": ("totals-not-sum", wrong_total),
    "bad-hash": ("hash", wrong_hash),
}


def altered(_side: Side, envelope: Json) -> Json:
    """Change the payload after it was signed."""
    return {**envelope, "payload": {**envelope["payload"], "as_of": "2000-01-01T00:00:00.000000Z"}}


def misused(side: Side, envelope: Json) -> Json:
    """Put the signature of another text under a message."""
    return {**envelope, "signature": sign(side.seed, {"another": "text"}, b"jcm-message/1\n")}


def sealed(**fields: Any) -> Callable[[Side, Json], Json]:
    """Return a fault that signs the message with other fields of the header."""

    def act(side: Side, good: Json) -> Json:
        return side.seal(good["type"], good["correlation_id"], good["payload"], **fields)

    return act


def numbered(step: int) -> Callable[[Side, Json], Json]:
    """Return a fault that signs the message with another number."""
    return lambda side, good: sealed(sequence_no=good["sequence_no"] + step)(side, good)


def told(**fields: Any) -> Callable[[Side, Json], Json]:
    """Return a fault that signs another payload."""
    return lambda side, good: side.seal(good["type"], good["correlation_id"], {**good["payload"], **fields})


def later(side: Side, good: Json) -> Json:
    """Date the message tomorrow."""
    return sealed(created_at=(side.now() + timedelta(days=1)).strftime(TIME))(side, good)


# These spoil a message on its way; the registry refuses it with this reason, and then takes the right one.
WIRE_FAULTS: dict[str, tuple[str, Callable[[Side, Json], Json | bytes]]] = {
    "wrong-as-of": ("wrong-as-of", told(as_of="2000-01-01T00:00:00.000000Z")),
    "unknown-field": ("payload-invalid", told(more="than agreed")),
    "bad-signature": ("bad-signature", misused),
    "unknown-key": ("unknown-key", sealed(seed=os.urandom(32))),
    "payload-altered": ("payload-altered", altered),
    "wrong-prev-hash": ("chain-broken", sealed(prev_hash="f" * 64)),
    "lost-message": ("sequence-gap", numbered(1)),
    "number-used-before": ("sequence-repeated", numbered(-1)),
    "wrong-receiver": ("wrong-receiver", sealed(receiver_registry="XX")),
    "wrong-sender": ("wrong-sender", sealed(sender_registry="SOMEBODY")),
    "clock-in-future": ("clock-in-future", later),
    "unknown-version": ("unknown-version", sealed(version=2)),
    "unknown-type": ("type-not-taken", lambda side, good: sealed_as(side, good, "TRANSFER_PROPOSAL")),
    "unknown-cycle": ("unknown-cycle", lambda side, good: side.seal(good["type"], str(uuid.uuid4()), good["payload"])),
    "malformed-json": ("malformed", lambda _side, good: canonical(good).encode()[:-1]),
    "number-with-fraction": (
        "malformed",
        lambda _side, good: canonical(good).replace('"version":1', '"version":1.0').encode(),
    ),
    "too-large": ("too-large", lambda _side, good: canonical(good).encode() + b" " * 2**24),
}


def sealed_as(side: Side, good: Json, kind: str) -> Json:
    """Sign the message as one of another type."""
    return side.seal(kind, good["correlation_id"], good["payload"])


HARMLESS = ("split-differently", "replayed")
AFTERWARDS = {"replay-altered": "replay-differs", "reordered": "sequence-gap"}
EXPECTED = {
    **{name: expected for name, (expected, _act) in (*BOOK_FAULTS.items(), *TOLD_FAULTS.items())},
    **{name: expected for name, (expected, _act) in WIRE_FAULTS.items()},
    **AFTERWARDS,
    **dict.fromkeys(HARMLESS, ""),
}


# --- a run -----------------------------------------------------------------------------------------------------------


def deliver(side: Side, kind: str, correlation: str, payload: Json, fault: str) -> list[Json]:
    """Send one message, spoiled first where the fault says so, and return the receipts."""
    receipts = []
    good = side.seal(kind, correlation, payload)
    if fault in WIRE_FAULTS:
        receipts.append(side.post(WIRE_FAULTS[fault][1](side, good)))
    if fault == "reordered":
        after = side.seal(kind, correlation, payload, sequence_no=side.sent + 2, prev_hash=hash_of(good))
        receipts.append(side.post(after))
    receipts.append(side.post(good))
    if fault == "replayed":
        receipts.append(side.post(good))
    if fault == "replay-altered":
        receipts.append(side.post(side.seal(kind, correlation, payload, message_id=good["message_id"])))
    return receipts


def run(side: Side, fault: str = "") -> list[Json]:
    """Answer everything that the registry asks, until it asks no more, and return all receipts."""
    if fault in BOOK_FAULTS:
        BOOK_FAULTS[fault][1](side.books)
    if fault == "split-differently":
        cut(side.books, 0)
    receipts = []
    while messages := side.fetch():
        for message in messages:
            if message["type"] == "SNAPSHOT_REQUEST":
                payload = side.books.tell(message["payload"])
                if fault in TOLD_FAULTS:
                    TOLD_FAULTS[fault][1](payload)
                kind = ANSWERS[message["payload"]["stage"]]
                receipts += deliver(side, kind, message["correlation_id"], payload, fault)
    return receipts


def copy(side: Side) -> Books:
    """Ask the registry for its books as of now, and return them."""
    correlation, as_of = str(uuid.uuid4()), side.now().astimezone(UTC).strftime(TIME)

    def ask(stage: str, ranges: list[Json]) -> Json:
        wish = {"as_of": as_of, "stage": stage, "ranges": ranges}
        receipt = side.post(side.seal("SNAPSHOT_REQUEST", correlation, wish))
        if receipt["outcome"] != "accepted":
            raise SystemExit(f"refused: {receipt['reason']} {receipt['detail']}")
        answers = [row for row in side.fetch() if (row["correlation_id"], row["type"]) == (correlation, ANSWERS[stage])]
        payload: Json = answers[0]["payload"]
        return payload

    blocks = ask("blocks", [])["blocks"]
    spans: dict[str, Json] = {}
    for block in blocks:
        span = spans.setdefault(block["series"], {"series": block["series"], "first": 1, "last": 1})
        span["last"] = max(span["last"], block["last"])
    return Books(blocks, ask("audit_trail", list(spans.values()))["transactions"])


class Http:
    """Messages over HTTPS, with OAuth2 client credentials."""

    def __init__(self, url: str, client_id: str, secret: str) -> None:
        self.url = url.rstrip("/")
        wish = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        said = self._call(f"{self.url}/oauth/token/", urllib.parse.urlencode(wish).encode(), {})
        self.headers = {"Authorization": f"Bearer {said['access_token']}", "Content-Type": "application/json"}

    def fetch(self, after: int) -> list[Json]:
        """Return the registry's messages after a number."""
        found: list[Json] = self._call(f"{self.url}/api/v1/exchange/?after={after}", None, self.headers)["messages"]
        return found

    def post(self, body: bytes) -> Json:
        """Send a message."""
        return self._call(f"{self.url}/api/v1/exchange/", body, self.headers)

    def acknowledge(self, body: bytes) -> None:
        """Send a receipt."""
        self._call(f"{self.url}/api/v1/exchange/receipts/", body, self.headers)

    def _call(self, url: str, body: bytes | None, headers: dict[str, str]) -> Json:
        request = urllib.request.Request(url, body, headers)  # noqa: S310 (the address that the caller gave)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                said: Json = json.load(answer)
        except urllib.error.HTTPError as refusal:
            said = json.load(refusal)
            if "outcome" not in said:  # a receipt says that a message was refused; anything else is no exchange
                raise SystemExit(f"{refusal.code} {said}") from refusal
        return said


def load(options: argparse.Namespace) -> Side:
    """Return this side as it was left."""
    state = json.loads((options.dir / "state.json").read_text(encoding="utf-8"))
    books = Books(state["blocks"], state["transactions"])
    transport = Http(options.url, options.client_id, options.client_secret)
    chains = {name: state[name] for name in ("sent", "sent_hash", "seen", "seen_hash")}
    return Side(
        code=options.code, registry=options.registry, seed=(options.dir / "key").read_bytes(),
        registry_key=options.registry_key, books=books, transport=transport, now=lambda: datetime.now(UTC), **chains,
    )  # fmt: skip


def save(folder: Path, side: Side, books: Books) -> None:
    """Keep where both chains are, and the books. A fault is not kept."""
    state = {
        "sent": side.sent, "sent_hash": side.sent_hash, "seen": side.seen, "seen_hash": side.seen_hash,
        "blocks": books.blocks, "transactions": books.transactions,
    }  # fmt: skip
    (folder / "state.json").write_text(json.dumps(state, ensure_ascii=False, indent=1), encoding="utf-8")


def make_key(folder: Path) -> None:
    """Make a key and empty books."""
    folder.mkdir(parents=True)
    (folder / "key").write_bytes(os.urandom(32))
    (folder / "key").chmod(0o600)
    start = {"sent": 0, "sent_hash": "0" * 64, "seen": 0, "seen_hash": "0" * 64, "blocks": [], "transactions": []}
    (folder / "state.json").write_text(json.dumps(start), encoding="utf-8")
    print(f"public key: {key_of((folder / 'key').read_bytes())[1]}")


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; 1 when a fault was put in and not found as expected."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("command", choices=["key", "copy", "run", "faults"])
    parser.add_argument("dir", type=Path, nargs="?", default=Path("conformance"))
    for name in ("url", "client-id", "client-secret", "code", "registry", "registry-key"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--fault", default="", choices=["", *sorted(EXPECTED)])
    options = parser.parse_args(arguments)
    if options.command == "faults":
        print("\n".join(f"{name}: {found or 'nothing: it is no fault'}" for name, found in sorted(EXPECTED.items())))
        return 0
    if options.command == "key":
        make_key(options.dir)
        return 0
    side = load(options)
    if options.command == "copy":
        side.books = copy(side)
        save(options.dir, side, side.books)
        print(f"{len(side.books.blocks)} blocks, {len(side.books.transactions)} transactions")
        return 0
    books = Books(json.loads(json.dumps(side.books.blocks)), json.loads(json.dumps(side.books.transactions)))
    receipts = run(side, options.fault)
    save(options.dir, side, books)
    for receipt in receipts:
        print(canonical({name: receipt[name] for name in ("message_hash", "outcome", "reason", "detail")}))
    refused = {receipt["reason"] for receipt in receipts} - {""}
    at_the_door = {name: reason for name, (reason, _act) in WIRE_FAULTS.items()} | AFTERWARDS
    return 0 if refused == ({at_the_door[options.fault]} if options.fault in at_the_door else set()) else 1


if __name__ == "__main__":
    sys.exit(main())
