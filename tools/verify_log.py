#!/usr/bin/env python3
"""Check an exported transparency log of a registry, offline, with nothing but Python.

    python3 verify_log.py FOLDER --trust my-checkpoint

FOLDER is one registry's folder of what `manage.py export_log` wrote; `--trust` names a checkpoint that you kept (more
than one may be given). Entry by entry are checked:

- indices from 0 without a gap, canonical text, no transaction twice, the leaf hash where the export lists it;
- the root of the Merkle tree (RFC 9162) at each checkpoint that is trusted or bears the registry's signature;
- the ledger: issuance takes the next serial numbers of its series without gap or overlap; everything else moves
  credits that the account holds in one block; nothing leaves a retirement or cancellation account, only retirement
  and cancellation enter one, nothing leaves the registry;
- time: no entry is younger than the first checkpoint that covers it, and checkpoints are in order of time. Entries
  stand in the order in which the ledger wrote them, so one may be a little older than the one before it;
- at the end, what each account holds, against the positions that the registry exported.

The first fault is named with its index. Where the hashes were rewritten too, nobody can know more than the range
between two checkpoints, which is then given. Signatures are checked where the package `cryptography` is installed.
"""

import argparse
import base64
import json
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None

# The first digit of an account number tells the kind of the account.
SOURCE, FINAL = "0", {"retirement": "3", "cancellation": "4"}
CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
KINDS = {"issuance", "transfer", "correction", *FINAL}
UNSIGNED = "Signatures were not checked: that needs the package cryptography and the registry's public key."
UNTRUSTED = "No checkpoint was given to trust: this shows only that the export agrees with itself."


class Wrong(Exception):
    """What is wrong, in words."""


@dataclass
class Fault:
    """What is wrong: at an entry (first == last), somewhere in a range of entries, or beside the entries (None)."""

    why: str
    first: int | None = None
    last: int | None = None

    def __str__(self):
        if self.first is None:
            return self.why
        place = f"entry {self.first}" if self.first == self.last else f"between entries {self.first} and {self.last}"
        return f"{place}: {self.why}"


@dataclass
class Export:
    """A registry's log as it was exported: lines of entries, and what lies beside them."""

    lines: Iterable[bytes]
    key: str = ""
    checkpoints: list[str] = field(default_factory=list)
    leaves: bytes = b""
    holdings: dict[str, int] | None = None


class Checkpoint:
    """A signed note: how many entries, the root above them, when."""

    def __init__(self, text, key):
        try:
            head, tail = text.split("\n\n")
            self.origin, size, root, time = head.split("\n")
            self.size, self.root, self.time = int(size), base64.b64decode(root), time.removeprefix("time ")
            signature = base64.b64decode(tail.removeprefix(f"— {self.origin} ").strip(), validate=True)
            if key:
                name, _id, text = key.strip().split("+", 2)
                public = base64.b64decode(text)
                genuine = (self.origin, sha256(f"{name}\n".encode() + public).digest()[:4]) == (name, signature[:4])
                Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], f"{head}\n".encode())
        except ValueError:
            raise Wrong("A checkpoint cannot be read.") from None
        except InvalidSignature:
            genuine = False
        if key and not genuine:
            raise Wrong(f"The checkpoint of {size} entries does not bear the registry's signature.")


class Tree:
    """The right edge of the Merkle tree."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def add(self, leaf):
        at = self.size
        while at & 1:
            leaf = sha256(b"\x01" + self.peaks.pop() + leaf).digest()
            at >>= 1
        self.peaks.append(leaf)
        self.size += 1

    @property
    def root(self):
        above = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            above = sha256(b"\x01" + left + above).digest()
        return above


class Ledger:
    """Where every credit is, by the entries so far."""

    def __init__(self, code):
        self.code, self.prefix, self.digit = code, f"{code}-", slice(len(code) + 1, len(code) + 2)
        self.blocks = defaultdict(lambda: ([], [], []))  # of a series: first numbers, last numbers, accounts
        self.holdings, self.issued, self.seen = defaultdict(int), 0, set()

    def record(self, body):
        """Apply an entry and return its time."""
        try:
            entry = json.loads(body)
            canonical = CANONICAL(entry) == body
            kind, number, at, home = entry["kind"], entry["id"], entry["at"], (entry["registry"], entry["v"])
            moves = [(m["series"], m["first"], m["last"], m["from"], m["to"]) for m in entry["movements"]]
            again = number in self.seen or self.seen.add(number)
        except (ValueError, KeyError, TypeError):
            raise Wrong("the text cannot be read as an entry") from None
        if not canonical or type(at) is not str:
            raise Wrong("the text is not in its canonical form")
        if home != (self.code, 1) or kind not in KINDS or not moves or again:
            raise Wrong(f"transaction {number} is not one of this log, or was recorded before")
        for move in moves:
            self.move(kind, *move)
        return at

    def move(self, kind, series, first, last, origin, target):
        if type(first) is not int or type(last) is not int or not 1 <= first <= last:
            raise Wrong(f"{series}-{first}-{last} is not a range")
        for name in (series, origin, target):
            if type(name) is not str or not name.startswith(self.prefix):
                raise Wrong("something moves between registries")
        leaves, enters = origin[self.digit], target[self.digit]
        if leaves in FINAL.values():
            raise Wrong(f"{series}-{first}-{last} leaves {origin}, which is final")
        if (enters in FINAL.values() or kind in FINAL) and enters != FINAL.get(kind):
            raise Wrong(f"a {kind} goes to {target}")
        if (leaves == SOURCE) != (kind == "issuance") or enters == SOURCE:
            raise Wrong(f"a {kind} goes from {origin} to {target}")
        starts, ends, owners = self.blocks[series]
        at = bisect_right(starts, first) - 1
        if kind == "issuance":
            if first != (ends[-1] + 1 if ends else 1):
                raise Wrong(f"{series}-{first} is not the next number of its series")
            at, parts = len(starts), [(first, last, target)]
            self.issued += last - first + 1
        else:
            if at < 0 or ends[at] < last or owners[at] != origin:
                raise Wrong(f"{origin} does not hold {series}-{first}-{last}")
            parts = [(starts[at], first - 1, origin), (first, last, target), (last + 1, ends[at], origin)]
            self.holdings[origin] -= last - first + 1
        self.holdings[target] += last - first + 1
        whole = zip(*(part for part in parts if part[0] <= part[1]), strict=True)
        starts[at : at + 1], ends[at : at + 1], owners[at : at + 1] = whole


class Check:
    """A walk through the entries that ends at the first fault."""

    def __init__(self, export, trusted):
        self.export, self.tree, self.ledger = export, Tree(), None
        self.sure, self.known, self.anchor, self.fault = 0, b"", None, None
        self.key = export.key if Ed25519PublicKey else ""
        self.notes = [UNSIGNED] * (not self.key) + [UNTRUSTED] * (not trusted)
        try:
            self.anchors = self.checkpoints([Checkpoint(text, self.key) for text in trusted])
            self.ledger = Ledger(self.anchors[0].origin.partition("/")[2])
            self.learn_leaves({anchor.size: anchor.root for anchor in self.anchors})
            self.go(iter(self.anchors))
            self.compare_holdings()
        except Wrong as wrong:
            self.fault = self.placed(str(wrong)) if self.anchor else self.fault or Fault(str(wrong))

    def checkpoints(self, trusted):
        """Return those to believe, by size. Without signatures, of the export's own only those after the trusted."""
        most, anchors = max((one.size for one in trusted), default=0), {one.size: one for one in trusted}
        for text in self.export.checkpoints:
            try:
                one = Checkpoint(text, self.key)
            except Wrong as wrong:
                self.fault = self.fault or Fault(str(wrong))
                continue
            known = anchors.setdefault(one.size, one) if self.key or one.size > most else one
            if (one.origin, one.root) != (known.origin, known.root):
                self.fault = Fault(f"Two checkpoints of {one.size} entries contradict each other.")
            elif one.time < known.time:
                anchors[one.size] = one
        found = [anchors[size] for size in sorted(anchors) if size > 0]
        if len({one.origin for one in found}) != 1:
            raise Wrong("There is no checkpoint to compare with, or they are not of one log.")
        if any(later.time < earlier.time for earlier, later in pairwise(found)):
            self.fault = self.fault or Fault("The checkpoints are not in order of time.")
        return found

    def learn_leaves(self, roots):
        """Keep the longest beginning of the listed leaf hashes that a checkpoint confirms."""
        tree, leaves = Tree(), self.export.leaves
        for end in range(32, len(leaves) + 1, 32):
            tree.add(leaves[end - 32 : end])
            if tree.size in roots and tree.root == roots[tree.size]:
                self.known = leaves[:end]

    def go(self, ahead):
        self.anchor = covers = next(ahead)
        for line in self.export.lines:
            body, leaf = self.read(line)
            if covers is None:
                raise Wrong("no checkpoint covers this entry and what follows")
            at = self.tree.size * 32
            if at < len(self.known) and self.known[at : at + 32] != leaf:
                raise Wrong("this is not the entry that was recorded")
            if self.ledger.record(body) > covers.time:
                raise Wrong("the entry is younger than the checkpoint that covers it")
            self.tree.add(leaf)
            if self.tree.size == covers.size:
                if self.tree.root != covers.root:
                    raise Wrong(f"the tree of {covers.size} entries does not have the root of the checkpoint")
                covers, self.sure = next(ahead, None), covers.size
                self.anchor = covers or self.anchor
        if covers:
            raise Wrong(f"the export ends here; a checkpoint counts {covers.size} entries")
        self.anchor = None

    def read(self, line):
        try:
            entry = json.loads(line)
            index, body = entry["index"], entry["body"]
            leaf = sha256(b"\x00" + body.encode()).digest()
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Wrong("the line cannot be read as an entry") from None
        if type(index) is not int or index != self.tree.size:
            raise Wrong(f"the index is {index}")
        return body, leaf

    def placed(self, why):
        """Place a fault: at the entry where all before it are known to be right, else since the last checkpoint."""
        last = self.tree.size if self.sure == self.anchor.size else min(self.tree.size, self.anchor.size - 1)
        return Fault(why, last if len(self.known) // 32 >= last else self.sure, last)

    def compare_holdings(self):
        found, told = self.ledger.holdings, self.export.holdings
        for account in sorted({*found, *told} if told is not None else ()):
            log, positions = found.get(account, 0), told.get(account, 0)
            if log != positions and not self.fault:
                self.fault = Fault(f"{account} holds {log} t by the log, {positions} t by the registry's positions")

    def __str__(self):
        if self.fault:
            return f"FAULT, {self.fault}"
        final = sum(n for account, n in self.ledger.holdings.items() if account[self.ledger.digit] in FINAL.values())
        of_them = f"{self.ledger.issued} t issued, {final} t of them retired or cancelled"
        return f"{self.tree.size} entries, root {self.tree.root.hex()}; {of_them}"


def check_folder(folder, trusted, key=None):
    """Check one registry's folder against trusted checkpoints (their texts)."""
    beside = {name: folder / name for name in ("key", "leaves", "holdings.json")}
    given = {name: path.read_bytes() for name, path in beside.items() if path.exists()}
    texts = [path.read_text("utf-8") for path in [*folder.glob("checkpoint"), *folder.glob("checkpoints/[0-9]*")]]
    holdings = json.loads(given.get("holdings.json", b"null"))
    key = key or given.get("key", b"").decode()
    with (folder / "entries.ndjson").open("rb") as lines:
        return Check(Export(lines, key, texts, given.get("leaves", b""), holdings), trusted)


def main(arguments=None):
    """Check a folder, say what was found, and return 0 where all is well, 1 at a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--trust", type=Path, action="append", default=[], help="a checkpoint that you kept")
    parser.add_argument("--key", help="the registry's public key; by default the export's")
    options = parser.parse_args(arguments)
    found = check_folder(options.folder, [path.read_text("utf-8") for path in options.trust], options.key)
    print(found, *found.notes, sep="\n  ")
    return int(found.fault is not None)


if __name__ == "__main__":
    sys.exit(main())
