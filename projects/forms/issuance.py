"""The amounts of an issuance request: a table of accounts by vintages."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from projects import ports
from projects.models import MonitoringReport
from projects.rules import Amount
from projects.services import amounts_check

ROWS = 6


class AllocationForm(forms.Form):
    """Up to six accounts; the tonnes of each vintage. Empty rows are left out."""

    def __init__(self, *args: Any, report: MonitoringReport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report = report
        self.verified = {result.year: result.reductions for result in report.results.all() if result.reductions}
        self.accounts = {a.number: a for a in ports.account_choices(report.project)}
        choices = [("", _("No account")), *((a.number, a.label) for a in self.accounts.values())]
        first = self._governments()
        for row in range(1, ROWS + 1):
            label = _("Account of row %(row)s") % {"row": row}
            self.fields[f"account_{row}"] = forms.ChoiceField(
                label=label,
                choices=choices,
                required=False,
                initial=first[row - 1] if row <= len(first) else "",
                widget=forms.Select(attrs={"aria-label": label}),
            )
            for year in self.verified:
                label = _("Tonnes of %(year)s in row %(row)s") % {"year": year, "row": row}
                self.fields[f"t_{row}_{year}"] = forms.IntegerField(
                    label=label,
                    required=False,
                    min_value=0,
                    max_value=10**15,
                    widget=forms.NumberInput(attrs={"aria-label": label}),
                )
        self.amounts: list[Amount] = []

    def _governments(self) -> list[str]:
        """Return each side's first account, which is its government's."""
        sides = self.report.project.partnership.parties
        first = [next((a.number for a in self.accounts.values() if a.party == side), "") for side in sides]
        return [number for number in first if number]

    def table(self) -> list[tuple[BoundField, list[BoundField]]]:
        """Return the rows: the account, and one cell a vintage."""
        return [
            (self[f"account_{row}"], [self[f"t_{row}_{year}"] for year in self.verified]) for row in range(1, ROWS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.amounts = []
        for row in range(1, ROWS + 1):
            self._read(row, cleaned)
        if not self.errors:
            try:
                amounts_check(self.report, self.amounts)
            except InvalidInput as refusal:
                for text in refusal.fields.values():
                    self.add_error(None, text)
        return cleaned

    def _read(self, row: int, cleaned: dict[str, Any]) -> None:
        account = self.accounts.get(cleaned.get(f"account_{row}") or "")
        given = {year: quantity for year in self.verified if (quantity := cleaned.get(f"t_{row}_{year}"))}
        if given and account is None:
            self.add_error(f"account_{row}", _("Choose the account for these amounts."))
        elif account is not None:
            self.amounts += [(year, account.party, account.number, quantity) for year, quantity in given.items()]

    def summary(self) -> list[tuple[str, list[int]]]:
        """Return the accepted amounts for the check page: account label, one figure a vintage."""
        by_account: dict[str, dict[int, int]] = {}
        for year, _party, account, quantity in self.amounts:
            by_account.setdefault(account, {})[year] = quantity
        return [
            (self.accounts[number].label, [given.get(year, 0) for year in self.verified])
            for number, given in by_account.items()
        ]
