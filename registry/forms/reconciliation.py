"""What people type about registries kept elsewhere."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry.models import Registry


class CounterpartForm(forms.Form):
    """A registry kept elsewhere, and the key by which it is known."""

    registry = forms.ModelChoiceField(label=_("Our registry"), queryset=Registry.objects.none(), empty_label=None)
    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.CharField(
        label=_("Code"), max_length=16, help_text=_("How messages name it: capital letters, digits and hyphens.")
    )
    public_key = forms.CharField(
        label=_("Public key"), max_length=44,
        help_text=_("Ed25519, in base64. Compare it with its operator by another way than the one it came by."),
    )  # fmt: skip

    def __init__(self, *args: Any, registries: QuerySet[Registry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["registry"].queryset = registries  # type: ignore[attr-defined]


class CorrectionForm(forms.Form):
    """What was done about the differences."""

    correction = forms.CharField(
        label=_("What was corrected, and in which registry"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )


class ClosingForm(forms.Form):
    """Why the comparison is closed."""

    reason = forms.CharField(
        label=_("Reason of closing"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )  # fmt: skip
