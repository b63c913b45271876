"""What the filters of all lists share. One FilterSet serves the page, the download and the interface for programs."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.models import Source


class RecordFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """What the filters of every list can say of themselves."""

    @property
    def in_use(self) -> bool:
        """Whether the reader narrowed the list."""
        return bool(self.form.is_valid() and any(self.form.cleaned_data.values()))

    @property
    def qs(self) -> QuerySet[Any]:
        """The filtered rows; a filter that cannot be read leaves none, and its field says why."""
        rows: QuerySet[Any] = super().qs
        return rows.none() if self.is_bound and self.errors else rows


def source_filter(field: str = "source") -> filters.ChoiceFilter:
    """Return a filter that tells demonstration records from real ones."""
    return filters.ChoiceFilter(label=_("Source"), field_name=field, choices=Source.choices, empty_label=_("All"))


def day_filter(label: Any, field: str, lookup: str) -> Any:
    """Return a filter by a day, entered with the browser's own calendar."""
    return filters.DateFilter(
        label=label, field_name=field, lookup_expr=lookup, widget=forms.DateInput(attrs={"type": "date"})
    )


YES = "yes"


def yes_no_filter(label: Any, method: str) -> filters.ChoiceFilter:
    """Return a filter by what a row is or is not; its method is given YES or "no"."""
    return filters.ChoiceFilter(
        label=label, choices=[(YES, _("Yes")), ("no", _("No"))], empty_label=_("All"), method=method
    )
