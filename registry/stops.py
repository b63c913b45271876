"""What freezes in force keep an account from moving, as sentences for the person who asks."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from registry.holdings import Span, Wanted, frozen_spans
from registry.models import Account, Freeze, Series

NAMED = 5  # ranges that a sentence names


class Stops:
    """The freezes in force that concern one account, read once however many questions are asked."""

    def __init__(self, account: Account) -> None:
        self.account = account
        freezes = Freeze.objects.filter(registry=account.registry_id, lifted_at=None, series=None)
        self._accounts: set[int | None] = set(freezes.values_list("account", flat=True))
        self._spans: list[tuple[Span, Series]] | None = None
        self._told: dict[Wanted, str] = {}

    @property
    def whole(self) -> str:
        """Why nothing at all leaves the account; empty where something may."""
        if None in self._accounts:
            return _("The registry is frozen. Nothing moves until two administrators lift the freeze.")
        if self.account.pk in self._accounts:
            return _("The account is frozen. No credits leave it until two administrators lift the freeze.")
        return ""

    def receiver(self, target: Account | None) -> str:
        """Why nothing comes to this account of the same registry; empty where something may."""
        if target is None or target.pk not in self._accounts:
            return ""
        return _("The account that would receive the credits is frozen.")

    def credits(self, wanted: Wanted) -> str:
        """Which of these credits are frozen; empty where none is."""
        if wanted not in self._told:
            self._told[wanted] = self.whole or self._named(wanted)
        return self._told[wanted]

    def _named(self, wanted: Wanted) -> str:
        cut = [(_cut(span, wanted), series) for span, series in self._frozen() if _fits(series, wanted)]
        parts = [(span, series) for span, series in cut if span.quantity > 0]
        if not parts:
            return ""
        names = [series.serial(span.first, span.last) for span, series in parts[:NAMED]]
        if len(parts) > NAMED:
            names.append(_("%(more)s more") % {"more": len(parts) - NAMED})
        tonnes = sum(span.quantity for span, _series in parts)
        return _("%(tonnes)s tCO2eq of these credits are frozen and cannot be moved: %(serials)s.") % {
            "tonnes": f"{tonnes:,}",
            "serials": ", ".join(names),
        }

    def _frozen(self) -> Iterable[tuple[Span, Series]]:
        if self._spans is None:
            spans = frozen_spans(self.account)
            related = Series.objects.select_related("registry__party", "project__partnership__host")
            series = related.in_bulk({span.series_id for span in spans})
            self._spans = [(span, series[span.series_id]) for span in spans]
        return self._spans


def _fits(series: Series, wanted: Wanted) -> bool:
    return (
        wanted.project in (None, series.project.number)
        and wanted.vintage in (None, series.vintage)
        and wanted.series_id in (None, series.pk)
    )


def _cut(span: Span, wanted: Wanted) -> Span:
    """Return the part of the span that is wanted; with a quantity of 0 or less where there is none."""
    return Span(span.series_id, max(span.first, wanted.first or 1), min(span.last, wanted.last or span.last))
