"""What people type about accounts: the application, reasons, representatives, trusted destinations."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import User
from parties.models import Organisation
from registry.accounts import is_account_number
from registry.models import Account, AccountRepresentative, Registry


class ApplicationForm(forms.Form):
    """Who asks for an account, in which registry, and with which papers."""

    registry = forms.ModelChoiceField(label=gettext_lazy("Registry"), queryset=Registry.objects.none())
    holder = forms.ModelChoiceField(
        label=gettext_lazy("Account holder"), queryset=Organisation.objects.none(), empty_label=None
    )
    representative = forms.CharField(label=gettext_lazy("Name of the representative"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail address of the responsible department"))
    address = forms.CharField(
        label=gettext_lazy("Address, in English"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )
    extract = forms.FileField(
        label=gettext_lazy("Extract of the register of companies"), help_text=gettext_lazy("PDF, at most 20 MB.")
    )
    identity = forms.FileField(
        label=gettext_lazy("Proof of the representative's identity"), help_text=gettext_lazy("PDF, at most 20 MB.")
    )

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Organisation.objects.filter(pk__in=[organisation.pk for organisation in organisations])
        self.fields["holder"].queryset = mine  # type: ignore[attr-defined]
        self.fields["registry"].queryset = Registry.objects.select_related("party")  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, Any]:
        """Return what the service is asked for."""
        words = {key: self.cleaned_data[key] for key in ("registry", "holder", "representative", "email", "address")}
        files = {str(self.fields[key].label): self.cleaned_data[key] for key in ("extract", "identity")}
        return {**words, "files": files}


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)


class RepresentativeForm(forms.Form):
    """A person who is to act for an account."""

    email = forms.EmailField(label=gettext_lazy("E-mail address with which the person signs in"))
    right = forms.ChoiceField(label=gettext_lazy("May"), choices=AccountRepresentative.Right.choices)
    valid_until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_email(self) -> str:
        """Find the person. Raises ValidationError for an unknown address."""
        email: str = self.cleaned_data["email"]
        self.user = User.objects.filter(email__iexact=email, is_active=True).first()
        if self.user is None:
            raise forms.ValidationError(_("Nobody signs in with this address."))
        return email

    @property
    def asked(self) -> dict[str, Any]:
        """Return what the service is asked for."""
        until: date | None = self.cleaned_data["valid_until"]
        return {"user": self.user, "right": self.cleaned_data["right"], "valid_until": until}


class TrustForm(forms.Form):
    """An account that is to be trusted."""

    to_account = forms.CharField(label=gettext_lazy("Account number"), max_length=24)

    def clean_to_account(self) -> str:
        """Find the account. Raises ValidationError for a typing error, and for a number that is not there."""
        number: str = self.cleaned_data["to_account"].strip().upper()
        self.destination = Account.objects.filter(number=number).first()
        if not is_account_number(number):
            raise forms.ValidationError(_("This is not an account number. Check every digit."))
        if self.destination is None:
            raise forms.ValidationError(_("There is no account with this number."))
        return number
