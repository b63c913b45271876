"""The sections of a project design document, each a small form."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.filing import FilingForm, file_field
from methodologies.engine.definition import DefinitionError
from methodologies.engine.reading import decimal_text
from methodologies.models import MethodologyVersion
from methodologies.rules import in_words
from parties.models import Country, Partnership
from projects.calculation import definition_of
from projects.models import Project, ProjectIdeaNote
from projects.selectors import idea_notes_usable, methodologies_usable
from projects.services import DesignChanges, ParticipantLine


def day_input() -> forms.DateInput:
    """Return a date field's widget; browsers take ISO dates whatever the language."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DraftForm(forms.Form):
    """Where, and under which title, a design begins."""

    partnership = forms.ModelChoiceField(label=gettext_lazy("Partnership"), queryset=Partnership.objects.none())
    title = forms.CharField(label=gettext_lazy("Title of the project"), max_length=400)

    def __init__(self, *args: Any, partnerships: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partnership"].queryset = partnerships  # type: ignore[attr-defined]


class Section(forms.Form):
    """One part of the design; knows its project and today's date there."""

    name: ClassVar[str]
    heading: ClassVar[Any]
    # What the rules call the content of this section.
    places: ClassVar[tuple[str, ...]]

    def __init__(self, *args: Any, project: Project, day: date, **kwargs: Any) -> None:
        self.project, self.day = project, day
        super().__init__(*args, **kwargs)

    def changes(self) -> DesignChanges:
        """Return what the service stores."""
        values: DesignChanges = {**self.cleaned_data}  # type: ignore[typeddict-item]
        return values


class PlainSection(Section):
    """A section whose fields are columns of the project."""

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(project, name) for name in self.base_fields}
        super().__init__(*args, project=project, **kwargs)


class DescriptionSection(PlainSection):
    """What and where."""

    name = "description"
    heading = gettext_lazy("Description and location")
    places = ("title", "description", "location", "idea_note")

    title = forms.CharField(label=gettext_lazy("Title"), max_length=400, required=False)
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    technology = forms.CharField(label=gettext_lazy("Technology"), max_length=120, required=False)
    location = forms.CharField(label=gettext_lazy("Location"), max_length=200, required=False)
    idea_note = forms.ModelChoiceField(
        label=gettext_lazy("Project idea note"),
        help_text=gettext_lazy("Where the Joint Committee saw the idea before."),
        queryset=ProjectIdeaNote.objects.none(),
        required=False,
    )
    latitude = forms.DecimalField(
        label=gettext_lazy("Latitude"),
        help_text=gettext_lazy("Degrees, for example 47.91846; south is negative."),
        min_value=-90,
        max_value=90,
        decimal_places=5,
        required=False,
    )
    longitude = forms.DecimalField(
        label=gettext_lazy("Longitude"),
        help_text=gettext_lazy("Degrees, for example 106.91758; west is negative."),
        min_value=-180,
        max_value=180,
        decimal_places=5,
        required=False,
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, project=project, **kwargs)
        self.fields["idea_note"].queryset = idea_notes_usable(project.partnership)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        # Nothing else is required yet: the task list says what is missing for the submission.
        if not cleaned.get("title"):
            self.add_error("title", _("Give the project a title."))
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("longitude", _("Give both coordinates or none."))
        return cleaned


class OperationSection(PlainSection):
    """When, and how much."""

    name = "operation"
    heading = gettext_lazy("Operation and estimate")
    places = ("operation_start", "lifetime_years", "estimated_per_year")

    operation_start = forms.DateField(label=gettext_lazy("Start of operation"), required=False, widget=day_input())
    lifetime_years = forms.IntegerField(
        label=gettext_lazy("Expected lifetime in years"), required=False, min_value=1, max_value=100
    )
    estimated_per_year = forms.IntegerField(
        label=gettext_lazy("Estimated reductions of a year, tCO2eq"), required=False, min_value=0, max_value=10**12
    )


class MethodologiesSection(Section):
    """By which methodologies."""

    name = "methodologies"
    heading = gettext_lazy("Methodologies")
    places = ("methodologies",)

    methodologies = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Approved methodologies"),
        queryset=MethodologyVersion.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        kwargs["initial"] = {"methodologies": list(project.methodologies.values_list("pk", flat=True))}
        super().__init__(*args, project=project, **kwargs)
        self.fields["methodologies"].queryset = methodologies_usable(project, self.day)  # type: ignore[attr-defined]


class ValuesSection(Section):
    """The values fixed ex ante that the chosen methodologies ask for."""

    name = "values"
    heading = gettext_lazy("Values fixed ex ante")
    places = ("fixed_values",)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, project=project, **kwargs)
        try:
            parameters = definition_of(project).fixed()
        except DefinitionError:
            parameters = []
        for parameter in parameters:
            default = parameter.default_text
            self.fields[parameter.symbol] = forms.CharField(
                label=f"{parameter.symbol} – {parameter.name} ({parameter.unit})",
                help_text=_("Empty: the methodology's default, %(value)s.") % {"value": default} if default else "",
                initial=project.fixed_values.get(parameter.symbol, ""),
                max_length=30,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for symbol, text in list(cleaned.items()):  # add_error takes the faulty ones out
            try:
                decimal_text(text or "0", where=symbol)
            except DefinitionError as problem:
                self.add_error(symbol, in_words(problem))
        return cleaned

    def changes(self) -> DesignChanges:
        """Return the values that were given; the others follow the methodology."""
        return {"fixed_values": {symbol: text for symbol, text in self.cleaned_data.items() if text}}


class ParticipantsSection(Section):
    """Who takes part on either side."""

    name = "participants"
    heading = gettext_lazy("Participants")
    places = ("participants",)

    acquirer = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}))
    host = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}))
    focal_point = forms.ChoiceField(
        label=gettext_lazy("Focal point"),
        help_text=gettext_lazy("The first organisation of this side speaks for the participants."),
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        sides = {"acquirer": project.partnership.acquirer, "host": project.partnership.host}
        present = list(project.participants.select_related("organisation"))
        focal = next((p.party_id for p in present if p.focal_point), project.partnership.acquirer_id)
        kwargs["initial"] = {
            **{side: "\n".join(str(p) for p in present if p.party_id == party.pk) for side, party in sides.items()},
            "focal_point": next(side for side, party in sides.items() if party.pk == focal),
        }
        super().__init__(*args, project=project, **kwargs)
        for side, party in sides.items():
            self.fields[side].label = _("Participants of %(country)s") % {"country": party}
            self.fields[side].help_text = _("The full name of each organisation, one a line.")
        self.fields["focal_point"].choices = [(side, str(party)) for side, party in sides.items()]  # type: ignore[attr-defined]

    def changes(self) -> DesignChanges:
        """Return the organisations of both sides, in the order in which they were named."""
        partnership, focal = self.project.partnership, self.cleaned_data["focal_point"]
        return {
            "participants": [
                *self._lines("acquirer", partnership.acquirer, focal),
                *self._lines("host", partnership.host, focal),
            ]
        }

    def _lines(self, side: str, party: Country, focal: str) -> Sequence[ParticipantLine]:
        names = dict.fromkeys(" ".join(line.split())[:300] for line in self.cleaned_data[side].splitlines())
        return [
            ParticipantLine(name, party, focal_point=side == focal and place == 0)
            for place, name in enumerate(name for name in names if name)
        ]


SECTIONS: dict[str, type[Section]] = {
    section.name: section
    for section in (DescriptionSection, OperationSection, MethodologiesSection, ValuesSection, ParticipantsSection)
}


class DocumentForm(FilingForm):
    """The design document: for everybody, and complete for those who examine it."""

    public = file_field(
        gettext_lazy("Public version"),
        help_text=gettext_lazy("PDF, DOCX, XLSX or CSV, up to 20 MB. Make confidential parts illegible."),
        accept=".pdf,.docx,.xlsx,.csv",
    )
    restricted = file_field(
        gettext_lazy("Complete version"),
        help_text=gettext_lazy("Only the committee, the secretariat, third-party entities and you can open it."),
        accept=".pdf,.docx,.xlsx,.csv",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(name) for name in ("public", "restricted")):
            self.add_error("public", _("Choose at least one file."))
        return cleaned
