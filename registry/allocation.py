"""Which credits answer which part of a request: first in, first out by vintage, however many parts there are."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from registry.holdings import Span, Wanted, free_spans, take
from registry.models import Account, Series

ENDLESS = float("inf")


class Pool:
    """The free credits of one account in memory. What is taken is gone. `series` maps an id to (project, vintage)."""

    def __init__(self, spans: Iterable[Span], series: Mapping[int, tuple[str | None, int]]) -> None:
        self._series = series
        self._spans: dict[int, list[tuple[int, int]]] = {}
        for span in spans:
            self._spans.setdefault(span.series_id, []).append((span.first, span.last))
        # The spans come first in, first out, so the order in which series appear is the order to take them.
        self._fitting: dict[tuple[str | None, int | None], deque[int]] = {}

    def take(self, wanted: Wanted, quantity: int) -> list[Span]:
        """Take spans that sum to `quantity`, oldest vintage first; fewer when there is not as much."""
        taken: list[Span] = []
        rest = quantity
        for series_id in self._candidates(wanted):
            while rest > 0 and (span := self._cut(series_id, wanted, rest)):
                taken.append(span)
                rest -= span.quantity
            if rest <= 0:
                break
        return taken

    def _candidates(self, wanted: Wanted) -> Iterable[int]:
        if wanted.series_id is not None:
            return (wanted.series_id,)
        key = (wanted.project, wanted.vintage)
        if key not in self._fitting:
            self._fitting[key] = deque(pk for pk in self._spans if self._fits(pk, wanted))
        fitting = self._fitting[key]
        while fitting and not self._spans[fitting[0]]:
            fitting.popleft()
        return fitting

    def _fits(self, series_id: int, wanted: Wanted) -> bool:
        project, vintage = self._series[series_id]
        return wanted.project in (None, project) and wanted.vintage in (None, vintage)

    def _cut(self, series_id: int, wanted: Wanted, most: int) -> Span | None:
        spans = self._spans.get(series_id, [])
        low, high = wanted.first or 1, wanted.last or ENDLESS
        at = bisect_right(spans, (low, ENDLESS)) - 1
        if at < 0 or spans[at][1] < low:
            at += 1
        if at == len(spans) or spans[at][0] > high:
            return None
        first, last = spans[at]
        start = max(first, low)
        end = int(min(last, high, start + most - 1))
        spans[at : at + 1] = [part for part in ((first, start - 1), (end + 1, last)) if part[0] <= part[1]]
        return Span(series_id, start, end)


def allocate(account: Account, parts: Sequence[tuple[Wanted, int]]) -> list[list[Span]]:
    """Return the credits for each (which, tonnes), in two queries; fewer tonnes where the account has not as many.

    Parts that name serial numbers take theirs before the others, which follow in their order.
    """
    if len(parts) == 1:
        [(wanted, quantity)] = parts
        return [take(free_spans(account, wanted), quantity)]
    spans = free_spans(account, Wanted())
    series = Series.objects.filter(pk__in={span.series_id for span in spans})
    rows = series.values_list("pk", "project__number", "vintage")
    pool = Pool(spans, {pk: (number, vintage) for pk, number, vintage in rows})
    order = sorted(range(len(parts)), key=lambda n: parts[n][0].first is None)
    found = {n: pool.take(*parts[n]) for n in order}
    return [found[n] for n in range(len(parts))]
