"""What a ledger should do, as simply as it can be said: every credit is one entry of a dictionary."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Unit = tuple[int, int]  # series, serial number
FINAL = {"retirement": "retirement", "cancellation": "cancellation"}


@dataclass
class Proposed:
    """A proposal: which credits, from where to where."""

    kind: str
    source: int
    target: int
    units: list[Unit]
    expires_at: datetime
    state: str = "proposed"
    execute_at: datetime | None = None
    entry: Any = None

    @property
    def is_open(self) -> bool:
        return self.state in {"proposed", "approved"}


@dataclass
class Stop:
    """A freeze of an account, of a range of serial numbers, or with neither of everything."""

    account: int | None = None
    series: int | None = None
    first: int = 0
    last: int = 0

    def holds(self, unit: Unit, accounts: set[int]) -> bool:
        if self.account is not None:
            return self.account in accounts
        return self.series is None or (unit[0] == self.series and self.first <= unit[1] <= self.last)


@dataclass
class Ledger:
    """Who has each credit, who asked for it, what stands still."""

    owner: dict[Unit, int] = field(default_factory=dict)
    vintage: dict[int, int] = field(default_factory=dict)
    proposals: dict[Any, Proposed] = field(default_factory=dict)
    stops: dict[int, Stop] = field(default_factory=dict)
    suspended: set[int] = field(default_factory=set)
    issued: int = 0

    def next_units(self, series: int, quantity: int) -> list[Unit]:
        begin = 1 + max((serial for of, serial in self.owner if of == series), default=0)
        return [(series, begin + n) for n in range(quantity)]

    def issue(self, series: int, vintage: int, quantity: int, account: int) -> None:
        self.vintage[series] = vintage
        self.owner |= dict.fromkeys(self.next_units(series, quantity), account)
        self.issued += quantity

    def reserved(self) -> dict[Unit, Any]:
        return {unit: key for key, made in self.proposals.items() if made.is_open for unit in made.units}

    def free(self, account: int, *, vintage: int | None, part: tuple[int, int, int] | None) -> list[Unit]:
        """Return the free credits, oldest vintage first, then by series and serial number."""
        taken = self.reserved()
        mine = [
            unit
            for unit, owner in self.owner.items()
            if owner == account
            and unit not in taken
            and vintage in {None, self.vintage[unit[0]]}
            and (part is None or (unit[0] == part[0] and part[1] <= unit[1] <= part[2]))
            and not any(stop.holds(unit, {account}) for stop in self.stops.values())
        ]
        return sorted(mine, key=lambda unit: (self.vintage[unit[0]], *unit))

    def stands_still(self, units: list[Unit], accounts: set[int]) -> bool:
        if accounts & self.suspended:
            return True
        return any(stop.holds(unit, accounts) for stop in self.stops.values() for unit in units)

    def may_execute(self, made: Proposed, now: datetime) -> bool:
        due = made.state == "approved" and made.execute_at is not None and made.execute_at <= now
        return due and not self.stands_still(made.units, {made.source, made.target})

    def may_cancel(self, made: Proposed, now: datetime) -> bool:
        in_time = made.execute_at is None or now <= made.execute_at - timedelta(hours=2)
        return made.is_open and in_time

    def execute(self, made: Proposed) -> None:
        assert all(self.owner[unit] == made.source for unit in made.units)
        self.owner |= dict.fromkeys(made.units, made.target)
        made.state = "completed"
