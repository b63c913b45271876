"""What a secretariat types about its Party's public holidays."""

from collections.abc import Iterable
from datetime import date

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parties.models import Holiday

LONGEST_NAME = 120


class HolidaysForm(forms.Form):
    """One holiday on a line: the day, and its name."""

    holidays = forms.CharField(
        label=_("Public holidays"),
        help_text=_("One on a line, the day first: 2027-01-01 New Year's Day"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 20}),
    )

    @staticmethod
    def text_of(holidays: Iterable[Holiday]) -> str:
        """Return what the form shows of these holidays."""
        return "\n".join(str(holiday) for holiday in holidays)

    def clean_holidays(self) -> dict[date, str]:
        days: dict[date, str] = {}
        lines = [line.strip() for line in self.cleaned_data["holidays"].splitlines() if line.strip()]
        for number, line in enumerate(lines, 1):
            text, _space, name = line.partition(" ")
            try:
                day = date.fromisoformat(text)
            except ValueError:
                day = None
            if day is None or not name.strip() or len(name.strip()) > LONGEST_NAME or day in days:
                raise forms.ValidationError(
                    gettext("Line %(number)s: write another day as 2027-01-01, a space, and its name.")
                    % {"number": number}
                )
            days[day] = name.strip()
        return days
