"""What is to be frozen, and why."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import patterns
from registry.filters import SerialField
from registry.models import Account, Registry

WHAT = (
    ("account", gettext_lazy("An account")),
    ("credits", gettext_lazy("Credits, by serial number")),
    ("registry", gettext_lazy("The whole registry: nothing is issued and nothing moves")),
)


class FreezeForm(forms.Form):
    """One of an account, credits, or a whole registry."""

    registry = forms.ModelChoiceField(
        label=gettext_lazy("Registry"), queryset=Registry.objects.none(), empty_label=None
    )
    what = forms.ChoiceField(label=gettext_lazy("What to freeze"), choices=WHAT, widget=forms.RadioSelect)
    account = forms.CharField(label=gettext_lazy("Account number"), max_length=24, required=False)
    serial = SerialField(label=gettext_lazy("Serial number"), max_length=patterns.LONGEST, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000,
        help_text=gettext_lazy("The account holder reads it."),
    )  # fmt: skip

    def __init__(self, *args: Any, registries: QuerySet[Registry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["registry"].queryset = registries  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        what = cleaned.get("what")
        if what == "account":
            cleaned["account"] = self._account(cleaned)
        else:
            cleaned["account"] = None
        if what == "credits" and not cleaned.get("serial") and "serial" not in self.errors:
            self.add_error("serial", _("Give the serial number."))
        if what != "credits":
            cleaned["serial"] = None
        return cleaned

    def _account(self, cleaned: dict[str, Any]) -> Account | None:
        number = str(cleaned.get("account") or "").strip().upper()
        found = Account.objects.filter(registry=cleaned.get("registry"), number=number).first()
        if found is None:
            self.add_error("account", _("This registry has no account with this number."))
        return found

    @property
    def asked(self) -> dict[str, Any]:
        """Return what the service is asked for."""
        return {name: self.cleaned_data[name] for name in ("registry", "account", "serial", "reason")}
