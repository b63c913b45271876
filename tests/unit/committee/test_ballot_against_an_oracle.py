"""Ten thousand random ballots: the procedure ends each as an oracle says that shares nothing with it."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from committee import ballot as procedure
from parties.clock import Calendar
from tests.factories.ballots import DAY, HOLIDAYS, End, Tale, clock_of, judge, local_day, tell

BALLOTS = 10_000
SOURCE = Path(procedure.__file__).read_text(encoding="utf-8")
OPEN, ADOPTED, STOPPED = ("open", "adopted", "stopped")


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def calendar_of(tale: Tale) -> Calendar:
    """Return how the partnership of the tale counts days."""
    years = {datetime.fromtimestamp(second, UTC).year for second in (tale.opened, tale.opened + 60 * DAY)}
    holidays = {date(year, month, day) for year in years for month, day in HOLIDAYS} if tale.holidays_extend else ()
    return Calendar(ZoneInfo(tale.zone), tale.opening_day_counts, holidays)


def run(tale: Tale, b: Any = procedure) -> End:
    """Let the procedure take the deeds of a tale, as the services do: ask whether, write it down, look at the end."""
    number = {person: index for index, person in enumerate(tale.people)}
    days = calendar_of(tale)
    closes = b.deadline(moment(tale.opened), days=tale.days, calendar=days)
    state = b.Ballot(
        seats=tuple(b.Seat(number[p], co_chair=p in tale.chairs) for p in tale.people),
        proxies=tuple(
            b.Proxy(number[e.away], number[e.stand_in], *b.span(e.first, e.last, days)) for e in tale.errands
        ),
        closes_at=closes,
    )
    refused: list[int] = []
    for index, deed in enumerate(tale.deeds):
        at, who = moment(deed.second), number[deed.who]
        if b.outcome(state, at=at) is b.Outcome.ADOPTED:
            return End(ADOPTED, seconds(closes), tuple(refused))
        if deed.what == "conflict":
            state = replace(state, recused=state.recused | {who})
        elif deed.what == "clear":
            state = replace(state, recused=state.recused - {who})
        elif b.refusal(state, person=who, holder=number[deed.seat], at=at) is None:
            given = b.Given(affirms=deed.what == "yes", by=who)
            state = replace(state, answers={**state.answers, number[deed.seat]: given})
        else:
            refused.append(index)
            continue
        if (end := b.outcome(state, at=at)) is not b.Outcome.OPEN:
            return End(end.value, deed.second, tuple(refused))
    late = b.outcome(state, at=moment(max(tale.closes, seconds(closes)) + 9 * DAY))
    return End(late.value, seconds(closes) if late is b.Outcome.ADOPTED else None, tuple(refused))


def differs(tale: Tale, b: Any = procedure) -> bool:
    closes = b.deadline(moment(tale.opened), days=tale.days, calendar=calendar_of(tale))
    return seconds(closes) != tale.closes or run(tale, b) != judge(tale)


def traits(tale: Tale, end: End) -> set[str]:
    """Return what is special about a ballot, so that none of it is missing among the many."""
    with clock_of(tale.zone):
        last = local_day(tale.closes - 1)
        turned = (tale.closes - tale.opened) > 0 and local_clock(tale.opened) != local_clock(tale.closes)
    spoke = {deed.who for deed in tale.deeds if deed.seat and deed.seat != deed.who}
    tainted = {deed.who for deed in tale.deeds if deed.what == "conflict"}
    found = {
        end.how: True,
        "early": end.how == ADOPTED and end.second is not None and end.second < tale.closes,
        "by silence": end.how == ADOPTED and end.second == tale.closes,
        "late chair": end.how == ADOPTED and end.second is not None and end.second > tale.closes,
        "delegates": bool(spoke),
        "recused member": bool(tainted & set(tale.members)),
        "recused chair": bool(tainted & set(tale.chairs)),
        "recused delegate": bool(tainted & spoke),
        "clock turned": turned,
        "last day is a holiday": not tale.holidays_extend
        and ((last.month, last.day) in HOLIDAYS or last.weekday() == 6),
        "holidays extend": tale.holidays_extend,
        "opening day does not count": not tale.opening_day_counts,
        "refused": bool(end.refused),
    }
    return {name for name, true in found.items() if true}


def local_clock(second: int) -> timedelta | None:
    """Return how far the clock on the wall is from UTC, by the zone that is set."""
    return moment(second).astimezone().utcoffset()


@pytest.mark.slow
def test_agrees_with_the_oracle():
    seen: Counter[str] = Counter()
    for seed in range(BALLOTS):
        tale = tell(random.Random(seed))
        assert not differs(tale), f"seed {seed}: {tale}\n{run(tale)}\n{judge(tale)}"
        seen.update(traits(tale, judge(tale)))
    scarce = {name: seen[name] for name in TRAITS if seen[name] < 100}
    assert not scarce, f"too few ballots of a kind: {scarce} of {dict(seen)}"


TRAITS = (
    OPEN, ADOPTED, STOPPED, "early", "by silence", "late chair", "delegates", "recused member", "recused chair",
    "recused delegate", "clock turned", "last day is a holiday", "holidays extend", "opening day does not count",
    "refused",
)  # fmt: skip

# Faults that a hurried hand could make, each in one place.
FAULTS = {
    "the deadline is a day late": ("deadline(opened_at, days=days)", "deadline(opened_at, days=days + 1)"),
    "a day of the deadline is 24 hours": (
        "calendar.deadline(opened_at, days=days)",
        "calendar.deadline(opened_at, days=1) + timedelta(days=days - 1)",
    ),
    "whose clock it is does not matter": (
        "calendar.deadline(opened_at, days=days)",
        "Calendar(opened_at.tzinfo, calendar.opening_day_counts).deadline(opened_at, days=days)",
    ),
    "the last second still counts": ("at >= self.closes_at", "at > self.closes_at"),
    "silence of a chair is consent": ("all(affirms for chair, affirms in voices if chair)", "True"),
    "an objection waits for the deadline": (
        "if any(affirms is False for _chair, affirms in voices):",
        "if ballot.over(at) and any(affirms is False for _chair, affirms in voices):",
    ),
    "nobody adopts early": ("if all(affirms for _chair, affirms in voices):", "if False:"),
    "a recused member still counts": ("if seat.co_chair or seat.holder not in self.recused]", "]"),
    "a recused chair is left out": ("if seat.co_chair or seat.holder not in self.recused]",
                                    "if seat.holder not in self.recused]"),
    "what a recused person said still counts": (
        "None if given is None or given.by in self.recused", "None if given is None"
    ),
    "a recused person may answer": ("if person in ballot.recused:", "if False:"),
    "a recused member's seat may be answered": ("if not seat.co_chair and holder in ballot.recused:", "if False:"),
    "a member may answer after the deadline": ("if not seat.co_chair and ballot.over(at):", "if False:"),
    "a delegate's last day is missing": ("calendar.end(last)", "calendar.end(last - timedelta(days=1))"),
    "a delegate begins a day late": ("calendar.end(first - timedelta(days=1))", "calendar.end(first)"),
    "a delegate may answer one moment too long": ("<= at < proxy.ends", "<= at <= proxy.ends"),
    "a delegate may answer for anybody": ("if proxy.holder == holder and", "if"),
}  # fmt: skip


def copy_of(source: str, folder: Path) -> ModuleType:
    """Return the procedure as this source has it."""
    path = folder / "copy.py"
    path.write_text(source, encoding="utf-8")
    found = spec_from_file_location("copy_of_ballot", path)
    copy = module_from_spec(found)
    found.loader.exec_module(copy)
    return copy


@pytest.mark.parametrize("fault", FAULTS)
def test_the_oracle_finds(fault, tmp_path):
    right, wrong = FAULTS[fault]
    assert SOURCE.count(right) == 1, "the fault must be made in exactly one place"
    spoilt = copy_of(SOURCE.replace(right, wrong), tmp_path)
    assert any(differs(tell(random.Random(seed)), spoilt) for seed in range(BALLOTS))


def test_the_oracle_finds_nothing_in_a_copy_without_a_fault(tmp_path):
    honest = copy_of(SOURCE, tmp_path)
    assert not any(differs(tell(random.Random(seed)), honest) for seed in range(200))
