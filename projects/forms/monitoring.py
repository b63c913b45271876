"""Periods, readings and opinions."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parties.models import Designation
from projects.forms.design import day_input

MAX_TABLE_BYTES = 10 * 1024 * 1024


class PeriodForm(forms.Form):
    """One monitoring period."""

    period_start = forms.DateField(label=gettext_lazy("First day"), widget=day_input())
    period_end = forms.DateField(label=gettext_lazy("Last day"), widget=day_input())


class ReadingsForm(forms.Form):
    """A table of readings: a file, or pasted from a spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("With the columns meter, parameter, month, value and unit; UTF-8, up to 10 MB."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or paste the table"),
        help_text=gettext_lazy("Copied from a spreadsheet with its header row."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, pasted = cleaned.get("file"), cleaned.get("pasted", "")
        if bool(file) == bool(pasted.strip()):
            self.add_error("file", _("Choose a file or paste a table, not both and not neither."))
        elif not file:
            self.text = pasted
        elif file.size > MAX_TABLE_BYTES:
            self.add_error("file", _("The file is larger than 10 MB."))
        else:
            self._decode(file.read())
        return cleaned

    def _decode(self, content: bytes) -> None:
        try:
            self.text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", _("The file is not UTF-8 text. Save it as “CSV UTF-8” and try again."))


class OpinionForm(forms.Form):
    """A third-party entity's opinion."""

    designation = forms.ModelChoiceField(
        label=gettext_lazy("Designation"), queryset=Designation.objects.none(), empty_label=None
    )
    statement = forms.CharField(
        label=gettext_lazy("Statement"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, *args: Any, designations: list[Designation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Designation.objects.filter(pk__in=[each.pk for each in designations]).select_related("organisation")
        self.fields["designation"].queryset = mine  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is sent back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The participants read this. Say what to change."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
