"""The Merkle tree of RFC 9162, section 2.1, over SHA-256. Knows no database.

A node (level, position) is the root of the complete subtree over the leaves position * 2^level and following.
Complete subtrees never change while the log grows, so they are what is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

Node = tuple[int, int]
EMPTY = sha256(b"").digest()


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return sha256(b"\x01" + left + right).digest()


def fold(peaks: Sequence[bytes]) -> bytes:
    """Return the root above complete subtrees that stand side by side, the largest first."""
    if not peaks:
        return EMPTY
    above = peaks[-1]
    for left in reversed(peaks[:-1]):
        above = node_hash(left, above)
    return above


def cover(start: int, end: int) -> list[Node]:
    """Return the complete subtrees, the largest first, whose `fold` is the hash of the leaves start to end - 1."""
    found: list[Node] = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


class Tree:
    """The right edge of a tree, to which leaves are added."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def add(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Append a leaf's hash; return the complete subtrees that it makes, the leaf itself first."""
        level, position, above = 0, self.size, leaf
        made = [((0, position), leaf)]
        while position & 1:
            level, position, above = level + 1, position >> 1, node_hash(self.peaks.pop(), above)
            made.append(((level, position), above))
        self.peaks.append(above)
        self.size += 1
        return made

    @property
    def root(self) -> bytes:
        """The hash of the whole tree."""
        return fold(self.peaks)


Span = tuple[int, int]


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Return the leaves [start, end) below each hash of the audit path, from the leaf upwards."""
    start, end, found = 0, size, []
    while end - start > 1:
        middle = start + _half(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """Return the leaves [start, end) below each hash of the proof that the first `old` leaves of `new` are the same."""
    if old in {0, new}:
        return []
    start, end, found = 0, new, []
    whole = True
    while old != end:
        middle = start + _half(end - start)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, whole = middle, False
    if not whole:
        found.append((start, end))
    return found[::-1]


def needed(spans: Iterable[Span]) -> set[Node]:
    """Return the nodes from which the hashes of the spans are made."""
    return {node for span in spans for node in cover(*span)}


def hashes(spans: Iterable[Span], nodes: Mapping[Node, bytes]) -> list[bytes]:
    """Return the hash of each span."""
    return [fold([nodes[node] for node in cover(*span)]) for span in spans]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether the path proves that the leaf has this index in the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, above = index, size - 1, leaf
    for hash_ in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            above = node_hash(hash_, above)
            at, last = _up_left(at, last)
        else:
            above = node_hash(above, hash_)
        at, last = at >> 1, last >> 1
    return last == 0 and above == root


def verify_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Tell whether the path proves that the new tree only adds to the old one (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == 0:
        return not path and old_root == EMPTY
    if old == new:
        return not path and old_root == new_root
    rest = [old_root, *path] if old & (old - 1) == 0 else list(path)
    return bool(rest) and _consistent(old - 1, new - 1, rest, (old_root, new_root))


def _consistent(at: int, last: int, path: Sequence[bytes], roots: tuple[bytes, bytes]) -> bool:
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(hash_, first), node_hash(hash_, second)
            at, last = _up_left(at, last)
        else:
            second = node_hash(second, hash_)
        at, last = at >> 1, last >> 1
    return last == 0 and (first, second) == roots


def _up_left(at: int, last: int) -> tuple[int, int]:
    """Climb while the node is a left one: such a node has no sibling in an incomplete tree."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _half(size: int) -> int:
    """Return the largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root above the leaves' hashes."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root
