"""What a ledger should do, as simply as it can be said: every credit is one entry of a dictionary."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Unit = tuple[int, int]  # series, serial number
OPEN = {"proposed", "approved"}


@dataclass
class Leg:
    """What was notified to one side: (vintage, account) → tonnes; `needs` of them wait for authorization."""

    registry: int
    project: int
    lines: dict[tuple[int, int], int]
    state: str
    needs: int = 0
    entry: Any = None


@dataclass
class Proposed:
    """A proposal: each of its credits and where it is to go."""

    kind: str
    source: int
    units: dict[Unit, int]
    expires_at: datetime
    ask: Any = None
    state: str = "proposed"
    execute_at: datetime | None = None
    entry: Any = None

    @property
    def accounts(self) -> set[int]:
        return {self.source, *self.units.values()}


@dataclass(frozen=True)
class Stop:
    """A freeze: of these accounts, or of a range of serial numbers."""

    accounts: frozenset[int] = frozenset()
    series: int | None = None
    first: int = 0
    last: int = 0

    def holds(self, unit: Unit, accounts: set[int]) -> bool:
        return bool(self.accounts & accounts) or (unit[0] == self.series and self.first <= unit[1] <= self.last)


@dataclass
class Ledger:
    """Who has each credit, of which leg it is, who asked for it, what stands still, what both Parties authorized."""

    owner: dict[Unit, int] = field(default_factory=dict)
    leg_of: dict[Unit, int] = field(default_factory=dict)
    vintage: dict[int, int] = field(default_factory=dict)
    legs: dict[int, Leg] = field(default_factory=dict)
    proposals: dict[Any, Proposed] = field(default_factory=dict)
    stops: dict[int, Stop] = field(default_factory=dict)
    suspended: set[int] = field(default_factory=set)
    finals: set[int] = field(default_factory=set)
    authorized: int = 0
    used: int = 0

    # --- issuance ------------------------------------------------------------------------------------------------

    def authorize(self, leg: Leg) -> None:
        """Let a leg pass that waits, if what is left of the authorizations covers it."""
        if leg.state == "awaiting_authorization" and leg.needs <= self.authorized - self.used:
            leg.state = "notified"
            self.used += leg.needs

    def next_units(self, series: int, quantity: int) -> list[Unit]:
        begin = 1 + max((serial for of, serial in self.owner if of == series), default=0)
        return [(series, begin + n) for n in range(quantity)]

    def may_issue(self, leg: Leg, series: dict[int, int]) -> bool:
        """`series` by vintage, as far as they exist: what was never issued cannot be frozen by its number."""
        if leg.state != "approved" or self.stands_still([(0, 0)], {account for _vintage, account in leg.lines}):
            return False
        total: dict[int, int] = {}
        for (vintage, _account), quantity in leg.lines.items():
            total[vintage] = total.get(vintage, 0) + quantity
        wanted = [u for year, of in series.items() if year in total for u in self.next_units(of, total[year])]
        return not self.stands_still(wanted, set())

    def issue(self, key: int, series: dict[int, int]) -> None:
        leg = self.legs[key]
        for (vintage, account), quantity in sorted(leg.lines.items()):
            units = self.next_units(series[vintage], quantity)
            self.vintage[series[vintage]] = vintage
            self.owner |= dict.fromkeys(units, account)
            self.leg_of |= dict.fromkeys(units, key)
        leg.state = "issued"

    # --- proposals -----------------------------------------------------------------------------------------------

    def reserved(self) -> dict[Unit, Any]:
        return {unit: key for key, made in self.proposals.items() if made.state in OPEN for unit in made.units}

    def free(self, account: int, *, vintage: int | None, part: tuple[int, int, int] | None) -> list[Unit]:
        """Return the free credits, oldest vintage first, then by series and serial number."""
        taken = self.reserved()
        stops = [stop for stop in self.stops.values() if stop.series or account in stop.accounts]
        mine = [
            unit
            for unit, owner in self.owner.items()
            if owner == account
            and unit not in taken
            and vintage in {None, self.vintage[unit[0]]}
            and (part is None or (unit[0] == part[0] and part[1] <= unit[1] <= part[2]))
            and not any(stop.holds(unit, {account}) for stop in stops)
        ]
        return sorted(mine, key=lambda unit: (self.vintage[unit[0]], *unit))

    def stands_still(self, units: Any, accounts: set[int]) -> bool:
        if accounts & self.suspended:
            return True
        return any(stop.holds(unit, accounts) for stop in self.stops.values() for unit in units)

    def can_move(self, made: Proposed) -> bool:
        """Whether only time is missing, if anything."""
        return made.state == "approved" and not self.stands_still(made.units, made.accounts)

    def may_execute(self, made: Proposed, now: datetime) -> bool:
        return self.can_move(made) and made.execute_at is not None and made.execute_at <= now

    def may_cancel(self, made: Proposed, now: datetime) -> bool:
        in_time = made.execute_at is None or now <= made.execute_at - timedelta(hours=2)
        return made.state in OPEN and in_time

    def execute(self, made: Proposed) -> None:
        assert all(self.owner[unit] == made.source for unit in made.units)
        assert made.source not in self.finals
        self.owner |= made.units
        made.state = "completed"
