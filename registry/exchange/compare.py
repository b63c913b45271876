"""Two lists of credit blocks compared: what differs, by kind and range. Nothing here knows of a database.

How the same credits are split into blocks is no difference: neighbours with equal attributes are merged before
anything is compared or hashed.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import groupby, pairwise
from typing import Any

from registry.exchange.envelope import canonical, digest
from registry.exchange.words import DifferenceKind

KIND = DifferenceKind
# Which attribute a difference is named for: the first one that differs.
NAMED = {
    "account": KIND.OWNER,
    "account_kind": KIND.ACCOUNT_KIND,
    "holder": KIND.HOLDER,
    "decision": KIND.DECISION,
    "authorization": KIND.AUTHORIZATION,
    "approach": KIND.APPROACH,
}


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """A range of credits of one series, all with the same attributes. Both ends belong to it."""

    series: str
    first: int
    last: int
    account: str
    account_kind: str
    holder: str
    decision: str
    authorization: str
    approach: str

    @property
    def attributes(self) -> tuple[str, ...]:
        """What all credits of the line share."""
        return tuple(getattr(self, name) for name in NAMED)

    @property
    def quantity(self) -> int:
        """Whole tonnes."""
        return self.last - self.first + 1

    def told(self) -> dict[str, Any]:
        """Return the line as messages have it."""
        return {**asdict(self), "quantity": self.quantity}


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference. `series` is empty where it is about no range of credits."""

    kind: DifferenceKind
    reference: str
    ours: dict[str, Any] | None = None
    theirs: dict[str, Any] | None = None
    series: str = ""
    first: int = 0
    last: int = 0


def line_of(told: dict[str, Any]) -> Line:
    """Return the line that a message tells."""
    return Line(**{name: value for name, value in told.items() if name != "quantity"})


def merged(lines: Iterable[Line]) -> list[Line]:
    """Return the lines in order, neighbours with equal attributes as one."""
    found: list[Line] = []
    for line in sorted(lines):
        before = found[-1] if found else None
        if before and (before.series, before.last + 1) == (line.series, line.first) and _alike(before, line):
            found[-1] = replace(before, last=line.last)
        else:
            found.append(line)
    return found


def _alike(one: Line, other: Line) -> bool:
    return one.attributes == other.attributes


def digest_of(lines: Iterable[Line]) -> str:
    """Return the SHA-256 of the merged lines: equal for the same credits, however they are split."""
    return digest("\n".join(canonical(line.told()) for line in merged(lines)))


def totals_of(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return tonnes by cooperative approach, vintage, kind of account and Party, in this order."""
    sums: Counter[tuple[str, int, str, str]] = Counter()
    for line in lines:
        party, _host, _project, vintage = line.series.split("-")
        sums[line.approach, int(vintage), line.account_kind, party] += line.quantity
    names = ("approach", "vintage", "account_kind", "party")
    return [{**dict(zip(names, key, strict=True)), "quantity": tonnes} for key, tonnes in sorted(sums.items())]


def compare_totals(
    ours: list[dict[str, Any]], theirs: list[dict[str, Any]], kind: DifferenceKind = KIND.TOTAL
) -> list[Finding]:
    """Return one finding for each total that differs; a total that one side lacks is 0."""
    mine, other = _sums(ours), _sums(theirs)
    return [
        Finding(kind, reference, {"quantity": mine[reference]}, {"quantity": other[reference]})
        for reference in sorted(mine.keys() | other.keys())
        if mine[reference] != other[reference]
    ]


def _sums(rows: list[dict[str, Any]]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums[f"{row['approach']} {row['vintage']} {row['account_kind']} {row['party']}"] += row["quantity"]
    return sums


def compare(ours: Iterable[Line], told: Iterable[dict[str, Any]]) -> list[Finding]:
    """Return every difference between our blocks and those that the other side tells."""
    told = list(told)
    findings = [_range_finding(KIND.QUANTITY, line_of(row), None, row) for row in told if not _adds_up(row)]
    mine, other = _by_series(ours), _by_series(line_of(row) for row in told)
    for series in sorted(mine.keys() | other.keys()):
        disjoint, doubled = _disjoint(other.get(series, []))
        findings += doubled
        findings += _compare_series(merged(mine.get(series, [])), merged(disjoint))
    return _moved(findings)


def _adds_up(row: dict[str, Any]) -> bool:
    return bool(row["quantity"] == row["last"] - row["first"] + 1)


def _by_series(lines: Iterable[Line]) -> dict[str, list[Line]]:
    return {series: list(group) for series, group in groupby(sorted(lines), key=lambda line: line.series)}


def _range_finding(
    kind: DifferenceKind, line: Line, ours: dict[str, Any] | None, theirs: dict[str, Any] | None
) -> Finding:
    reference = f"{line.series}-{line.first}-{line.last}"
    return Finding(kind, reference, ours, theirs, line.series, line.first, line.last)


def _disjoint(lines: list[Line]) -> tuple[list[Line], list[Finding]]:
    """Return the lines with what overlaps an earlier one taken away, and a finding for each overlap."""
    kept: list[Line] = []
    findings = []
    end, before = 0, None
    for line in lines:
        if before and line.first <= end:
            kind = KIND.DUPLICATE if (line.first, line.last) == (before.first, before.last) else KIND.OVERLAP
            shared = replace(line, last=min(line.last, end))
            findings.append(_range_finding(kind, shared, None, line.told()))
        if line.last > end:
            kept.append(replace(line, first=max(line.first, end + 1)))
            end, before = line.last, line
    return kept, findings


def _compare_series(ours: list[Line], theirs: list[Line]) -> list[Finding]:
    """Return the differences of one series; the lines of each side are in order and do not overlap."""
    parts = [(part, mine, other) for part, mine, other in _parts(ours, theirs) if not mine or not other
             or not _alike(mine, other)]  # fmt: skip
    findings = []
    for part, mine, other in parts:
        kind = _kind(part, mine, other, ours)
        findings.append(_range_finding(kind, part, mine.told() if mine else None, other.told() if other else None))
    return findings


def _parts(ours: list[Line], theirs: list[Line]) -> Iterator[tuple[Line, Line | None, Line | None]]:
    """Yield each stretch of serial numbers over which neither side changes, with the line of each side."""
    cuts = sorted({cut for line in (*ours, *theirs) for cut in (line.first, line.last + 1)})
    sides = [iter(ours), iter(theirs)]
    current = [next(side, None) for side in sides]
    for first, after in pairwise(cuts):
        found: list[Line | None] = []
        for number, side in enumerate(sides):
            line = current[number]
            while line is not None and line.last < first:
                line = current[number] = next(side, None)
            found.append(line if line is not None and line.first <= first else None)
        mine, other = found
        known = mine or other
        if known is not None:
            yield replace(known, first=first, last=after - 1), mine, other


def _kind(part: Line, mine: Line | None, other: Line | None, held: list[Line]) -> DifferenceKind:
    if mine and other:
        return next(kind for name, kind in NAMED.items() if getattr(mine, name) != getattr(other, name))
    if mine:
        if (part.first, part.last) == (mine.first, mine.last):
            return KIND.MISSING
        return KIND.RANGE if part.first == mine.first or part.last == mine.last else KIND.GAP
    assert other is not None
    before = bisect_right(held, other.last, key=lambda line: line.first) - 1
    return KIND.RANGE if before >= 0 and held[before].last >= other.first else KIND.EXTRA


def _moved(findings: list[Finding]) -> list[Finding]:
    """Name a block that is missing in one series and extra in another what it is: a block under another series."""
    places: dict[tuple[int, int, str], set[DifferenceKind]] = defaultdict(set)
    for found in findings:
        places[_place(found)].add(found.kind)
    both = {place for place, kinds in places.items() if {KIND.MISSING, KIND.EXTRA} <= kinds}
    return [
        replace(found, kind=KIND.SERIES)
        if found.kind in (KIND.MISSING, KIND.EXTRA) and _place(found) in both else found
        for found in findings
    ]  # fmt: skip


def _place(found: Finding) -> tuple[int, int, str]:
    line = found.ours or found.theirs or {}
    return found.first, found.last, line.get("account", "")


def compare_trails(ours: Iterable[dict[str, Any]], theirs: Iterable[dict[str, Any]]) -> list[Finding]:
    """Return the transactions that one side lacks or tells otherwise."""
    mine = {entry["id"]: entry for entry in ours}
    findings, told = [], set()
    for entry in theirs:
        known = mine.get(entry["id"])
        if known is None or entry["id"] in told:
            findings.append(Finding(KIND.TRANSACTION_EXTRA, entry["id"], None, entry))
        elif canonical(known) != canonical(entry):
            findings.append(Finding(KIND.TRANSACTION_CHANGED, entry["id"], known, entry))
        told.add(entry["id"])
    lacking = (entry for name, entry in mine.items() if name not in told)
    return findings + [Finding(KIND.TRANSACTION_MISSING, entry["id"], entry, None) for entry in lacking]


def ranges_of(findings: Iterable[Finding]) -> list[tuple[str, int, int]]:
    """Return the ranges of credits that findings are about: series, first, last, in order and merged."""
    ranges: list[tuple[str, int, int]] = []
    for series, first, last in sorted((found.series, found.first, found.last) for found in findings if found.series):
        if ranges and ranges[-1][0] == series and first <= ranges[-1][2] + 1:
            ranges[-1] = (series, ranges[-1][1], max(last, ranges[-1][2]))
        else:
            ranges.append((series, first, last))
    return ranges
