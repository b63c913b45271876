"""Charts worked out on the server: numbers in, lengths and places out; the components draw them as SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 72, 12, 12, 32


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart; `share` is its length in hundredths of the longest."""

    label: str
    value: int
    share: float
    href: str = ""


@dataclass(frozen=True)
class BarChart:
    """Everything that `<c-bar-chart>` needs: the table is the chart."""

    label_heading: str
    value_heading: str
    bars: list[Bar]
    unit: str = ""


@dataclass(frozen=True)
class Segment:
    """One coloured part of a column."""

    series: int
    title: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Tick:
    """One labelled line or place of an axis."""

    label: str
    at: float
    value: int = 0


@dataclass(frozen=True)
class ColumnChart:
    """Everything that `<c-column-chart>` needs, with the rows of the table beside it."""

    view_box: str
    segments: list[Segment]
    lines: list[Tick]
    names: list[Tick]
    left: float
    right: float
    base: float
    series: list[str]
    heading: str
    rows: list[tuple[str, list[int], int]]
    unit: str = ""


def bars(
    rows: Sequence[tuple[str, int] | tuple[str, int, str]], *, label_heading: str, value_heading: str, unit: str = ""
) -> BarChart:
    """Lay out a horizontal bar chart from (label, value) or (label, value, link)."""
    longest = max((row[1] for row in rows), default=0)
    return BarChart(
        label_heading=label_heading,
        value_heading=value_heading,
        unit=unit,
        bars=[
            Bar(
                row[0],
                row[1],
                round(100 * row[1] / longest, 2) if longest > 0 else 0.0,
                row[2] if len(row) == 3 else "",
            )
            for row in rows
        ],
    )


def columns(
    categories: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], *, heading: str, unit: str = ""
) -> ColumnChart:
    """Lay out stacked columns: one per category (a year), one segment per series."""
    totals = [sum(values[i] for _, values in series) for i in range(len(categories))]
    ticks = nice_ticks(max(totals, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(categories), 1)
    every = max(1, math.ceil(len(categories) / 14))  # not every year is named where there are many
    return ColumnChart(
        view_box=f"0 0 {WIDTH} {HEIGHT}",
        segments=_segments(categories, series, step, ticks[-1]),
        lines=[Tick(f"{tick:,}", _y(tick, ticks[-1]), tick) for tick in ticks],
        names=[Tick(name, round(LEFT + step * (i + 0.5), 1)) for i, name in enumerate(categories) if i % every == 0],
        left=LEFT,
        right=WIDTH - RIGHT,
        base=HEIGHT - BOTTOM,
        series=[name for name, _ in series],
        heading=heading,
        rows=[(name, [values[i] for _, values in series], totals[i]) for i, name in enumerate(categories)],
        unit=unit,
    )


def nice_ticks(highest: int) -> list[int]:
    """Choose three to six round numbers from nought to at least the highest value."""
    if highest <= 0:
        return [0, 1]
    rough = highest / 4
    magnitude = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
    step = int(next(m * magnitude for m in (1, 2, 5, 10) if m * magnitude >= rough))
    return list(range(0, step * math.ceil(highest / step) + 1, step))


def _y(value: float, highest: int) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / highest, 1)


def _segments(
    categories: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], step: float, highest: int
) -> list[Segment]:
    width = round(min(step * 0.64, 56), 1)
    drawn = []
    for i, category in enumerate(categories):
        below = 0
        for number, (name, values) in enumerate(series, start=1):
            top, bottom = _y(below + values[i], highest), _y(below, highest)
            below += values[i]
            if values[i] > 0:
                x = round(LEFT + step * (i + 0.5) - width / 2, 1)
                title = f"{category}, {name}: {values[i]:,}"
                drawn.append(Segment(number, title, x, top, width, round(bottom - top, 1)))
    return drawn
