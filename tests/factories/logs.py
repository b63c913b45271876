"""A registry's log made without a database: entries as the ledger writes them, sealed and signed as the sealer does."""

import base64
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from registry.accounts import account_number
from registry.log import merkle
from registry.log.checkpoint import TIME, signer
from tools.verify_log import Export

SEED = base64.b64encode(bytes(range(32))).decode()
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ACCOUNTS = {kind: account_number("JP", kind, 1) for kind in ("source", "government", "retirement", "cancellation")}


def bodies(count: int, *, seed: int, series: int = 5, fork: int = -1) -> Iterator[str]:
    """Yield the canonical texts of transactions that the ledger would allow: every kind, whole and split blocks.

    From entry `fork` on, history goes another way.
    """
    chance = random.Random(seed)
    holders = [ACCOUNTS["government"], *(account_number("JP", "entity", n) for n in range(1, 30))]
    held: list[tuple[str, int, int, str]] = []
    issued: dict[str, int] = {}
    for number in range(count):
        if number == fork:
            chance.seed(f"{seed} and {fork}")
        if not held or chance.random() < 0.15:
            kind, name = "issuance", f"JP-MN-MN{chance.randrange(series):03d}-2021"
            first = issued.get(name, 0) + 1
            last = issued[name] = first + chance.randrange(1_000)
            move = (name, first, last, ACCOUNTS["source"], chance.choice(holders))
            held.append((name, first, last, move[4]))
        else:
            kind, move = _moved(chance, held, holders)
        yield _body(chance, number, kind, move)


def _moved(chance: random.Random, held: list, holders: list[str]) -> tuple[str, tuple]:
    at = chance.randrange(len(held))
    held[at], held[-1] = held[-1], held[at]
    name, first, last, owner = held.pop()
    kind = chance.choices(["transfer", "retirement", "cancellation", "correction"], [85, 8, 4, 3])[0]
    target = ACCOUNTS[kind] if kind in ACCOUNTS else chance.choice([each for each in holders if each != owner])
    begin, end = first, last
    if chance.random() < 0.3:
        begin = chance.randint(first, last)
        end = chance.randint(begin, last)
    if first < begin:
        held.append((name, first, begin - 1, owner))
    if end < last:
        held.append((name, end + 1, last, owner))
    if kind not in ACCOUNTS:
        held.append((name, begin, end, target))
    return kind, (name, begin, end, owner, target)


def _body(chance: random.Random, number: int, kind: str, move: tuple) -> str:
    names = ("series", "first", "last", "from", "to")
    entry = {
        "at": moment(number).strftime(TIME),
        "cause": "MN_JC001" if kind == "issuance" else str(UUID(int=chance.getrandbits(128), version=4)),
        "id": str(UUID(int=chance.getrandbits(128), version=4)),
        "kind": kind,
        "movements": [dict(zip(names, move, strict=True))],
        "registry": "JP",
        "source": "entered",
        "v": 1,
    }
    return canonical(entry)


def moment(number: int) -> datetime:
    """Return when the entry of that number was recorded."""
    return BEGIN + timedelta(minutes=number)


def canonical(entry: dict) -> str:
    """Return the canonical text of an entry."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def line(index: int, body: str) -> bytes:
    """Return an entry as it stands in an export."""
    return json.dumps({"index": index, "body": body}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def export(texts: list[str], *, every: int) -> Export:
    """Return the export of a log with a checkpoint after every so many entries and at the end."""
    signs, tree, checkpoints = signer("JP", SEED), merkle.Tree(), []
    for number, body in enumerate(texts, 1):
        tree.add(merkle.leaf_hash(body.encode()))
        if number % every == 0 or number == len(texts):
            checkpoints.append(signs.sign(size=number, root=tree.root, at=moment(number)))
    leaves = b"".join(merkle.leaf_hash(body.encode()) for body in texts)
    lines = [line(index, body) for index, body in enumerate(texts)]
    return Export(lines, signs.verifier_key, checkpoints[::-1], leaves, holdings(texts))


def holdings(texts: list[str]) -> dict[str, int]:
    """Return what each account holds after these entries."""
    found: dict[str, int] = defaultdict(int)
    for move in (move for body in texts for move in json.loads(body)["movements"]):
        quantity = move["last"] - move["first"] + 1
        found[move["to"]] += quantity
        if move["from"] != ACCOUNTS["source"]:
            found[move["from"]] -= quantity
    return found
