"""What the secretariat types about rules and special measures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parties.models import RuleDocument
from parties.rulebook import DOCUMENTS

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the documents by kind."""
    return [
        (str(label), [(code, f"{title} ({code})") for code, (kind, title) in DOCUMENTS.items() if kind == value])
        for value, label in RuleDocument.Kind.choices
    ]


class RuleSetForm(forms.Form):
    """What is proposed together."""

    title = forms.CharField(label=_("Title"), max_length=200)
    summary = forms.CharField(
        label=_("What changes and why"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class RuleDocumentForm(forms.Form):
    """One document of a set."""

    code = forms.ChoiceField(label=_("Document"), choices=_choices)
    version = forms.CharField(label=_("Version"), help_text=_("Like 04.0."), max_length=8)
    title = forms.CharField(
        label=_("Title"), help_text=_("Where it is not the usual one."), max_length=300, required=False
    )
    effective_from = forms.DateField(
        label=_("In force from"), help_text=_("Empty: from the adoption on."), required=False, widget=DAY
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, DOCX or XLSX, up to 20 MB. Everybody can read it once it is adopted."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.xlsx"}),
    )
    text = forms.CharField(
        label=_("Text"),
        help_text=_("For the comparison of versions. Empty: the words of a PDF or DOCX are read from the file."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class SpecialMeasureForm(forms.Form):
    """A departure from the rules, and for how long."""

    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(label=_("Text"), max_length=8_000, widget=forms.Textarea(attrs={"rows": 6}))
    valid_from = forms.DateField(label=_("Valid from"), widget=DAY)
    valid_until = forms.DateField(label=_("Valid until"), widget=DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_until"].help_text = _("Both days belong to it.")
