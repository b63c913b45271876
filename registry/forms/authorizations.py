"""What people type about authorizations and cooperative approaches."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parties.models import Country
from projects.models import Project
from registry.models import Authorization, CooperativeApproach


class AuthorizationForm(forms.Form):
    """What one Party authorized, as its letter says."""

    party = forms.ModelChoiceField(
        label=gettext_lazy("Party that authorizes"), queryset=Country.objects.none(), empty_label=None
    )
    approach = forms.ModelChoiceField(
        label=gettext_lazy("Partnership"), queryset=CooperativeApproach.objects.none(), empty_label=None
    )
    project = forms.CharField(
        label=gettext_lazy("Project number"), max_length=20, required=False,
        help_text=gettext_lazy("Leave it empty where the authorization covers every project of the partnership."),
    )  # fmt: skip
    vintage_from = forms.IntegerField(label=gettext_lazy("First vintage"), min_value=2013, max_value=2100)
    vintage_to = forms.IntegerField(label=gettext_lazy("Last vintage"), min_value=2013, max_value=2100)
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity in tCO₂eq"), min_value=1, max_value=10**15, required=False,
        help_text=gettext_lazy("Leave it empty where the authorization has no limit."),
    )  # fmt: skip
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"), choices=Authorization.Purpose.choices, widget=forms.RadioSelect
    )
    authorized_on = forms.DateField(
        label=gettext_lazy("Authorized on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference"), max_length=200,
        help_text=gettext_lazy("The letter or statement by which the Party authorizes."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, parties: QuerySet[Country], approaches: QuerySet[CooperativeApproach], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = parties  # type: ignore[attr-defined]
        self.fields["approach"].queryset = approaches  # type: ignore[attr-defined]

    def clean_project(self) -> Project | None:
        """Return the project with this number, None where none was named."""
        number = str(self.cleaned_data["project"]).strip().upper()
        if not number:
            return None
        found = Project.objects.filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("No project has this number."))
        return found


class RevokeForm(forms.Form):
    """Why an authorization is revoked."""

    reason = forms.CharField(
        label=gettext_lazy("Reason of the revocation"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class ApproachForm(forms.Form):
    """The settings of a cooperative approach."""

    identifier = forms.CharField(
        label=gettext_lazy("Identifier"), max_length=40, required=False,
        help_text=gettext_lazy("As the central accounting and reporting platform gave it."),
    )  # fmt: skip
    first_transfer = forms.ChoiceField(
        label=gettext_lazy("The first transfer is"),
        choices=CooperativeApproach.FirstTransfer.choices,
        widget=forms.RadioSelect,
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), choices=CooperativeApproach.Status.choices, widget=forms.RadioSelect
    )
