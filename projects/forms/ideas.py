"""What people type about a planned project."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.filing import FilingForm, file_field
from parties.models import Organisation, Partnership
from projects.models import ProjectIdeaNote
from projects.rules import IdeaContent


class ProponentForm(forms.Form):
    """Whose idea it is, and in which partnership."""

    partnership = forms.ModelChoiceField(
        label=_("Partnership"),
        queryset=Partnership.objects.select_related("host", "acquirer").order_by("host__name_en"),
    )
    proponent = forms.ModelChoiceField(label=_("Proponent"), queryset=Organisation.objects.none())

    def __init__(self, *args: Any, proponents: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["proponent"]
        assert isinstance(choice, forms.ModelChoiceField)  # narrows the type
        choice.queryset = Organisation.objects.filter(pk__in=[each.pk for each in proponents])
        if len(proponents) == 1:
            choice.initial = proponents[0].pk


class IdeaNoteForm(FilingForm):
    """The idea note. The rules say what is needed, at the field where it is missing."""

    title = forms.CharField(label=_("Title of the planned project"), max_length=300, required=False)
    summary = forms.CharField(
        label=_("Summary"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    technology = forms.CharField(label=_("Technology"), max_length=120, required=False)
    location = forms.CharField(label=_("Location"), max_length=200, required=False)
    participants_japan = forms.CharField(
        label=_("Participants of Japan"),
        help_text=_("One organisation a line."),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    participants_host = forms.CharField(
        label=_("Participants of the partner country"),
        help_text=_("One organisation a line."),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    expected_per_year = forms.IntegerField(
        label=_("Expected reductions of a year, tCO2eq"), min_value=0, max_value=10**12, required=False
    )
    contribution = forms.CharField(
        label=_("Contribution"),
        help_text=_("To the sustainable development and the climate goals of the partner country."),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    public = file_field(
        _("Public document"),
        help_text=_("PDF, DOCX or XLSX, up to 20 MB. Everybody can read it once the Joint Committee considers it."),
    )
    restricted = file_field(_("Restricted document"), help_text=_("For the Joint Committee and its secretariat only."))

    @classmethod
    def of(cls, note: ProjectIdeaNote, data: Any, files: Any) -> "IdeaNoteForm":
        """Return the form filled with what was filed."""
        return cls(data, files, initial={name: getattr(note, name) for name in IdeaContent.__annotations__})

    def content(self) -> IdeaContent:
        """Return what the services take."""
        content: IdeaContent = {name: self.cleaned_data[name] for name in IdeaContent.__annotations__}  # type: ignore[assignment]
        return content
