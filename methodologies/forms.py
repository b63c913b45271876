"""What people type about a methodology."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.requests import form_refused
from methodologies.engine.definition import KINDS
from methodologies.models import MethodologyVersion
from parties.models import Organisation, Partnership, SectoralScope

ROWS = 6
COLUMNS = ("symbol", "name", "unit", "kind", "default")
KIND_LABELS = {"monitored": _("Monitored by meters"), "fixed": _("Fixed ex ante")}


class WhereForm(forms.Form):
    """For which partnership, and for whom; a revision stays in the partnership of its family."""

    partnership = forms.ModelChoiceField(
        label=_("Partnership"), queryset=Partnership.objects.select_related("host", "acquirer")
    )
    proponent = forms.ModelChoiceField(label=_("Proponent"), queryset=Organisation.objects.none())
    minor = forms.BooleanField(
        label=_("A minor revision"), required=False, help_text=_("Version 1.0 is followed by 1.1, not by 2.0.")
    )

    def __init__(self, *args: Any, proponents: list[Organisation], revision: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["partnership" if revision else "minor"]
        choice = self.fields["proponent"]
        assert isinstance(choice, forms.ModelChoiceField)  # narrows the type
        choice.queryset = Organisation.objects.filter(pk__in=[each.pk for each in proponents])
        if len(proponents) == 1:
            choice.initial = proponents[0].pk


class ProposalForm(forms.Form):
    """Text, parameters in rows, and two equations. Empty rows are left out."""

    title = forms.CharField(label=_("Title"), max_length=300, required=False)
    sectoral_scope = forms.ModelChoiceField(
        label=_("Sectoral scope"), queryset=SectoralScope.objects.all(), required=False
    )
    summary = forms.CharField(
        label=_("Summary"),
        help_text=_("The measure, and how reference and project emissions are calculated."),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
    )
    reference = forms.CharField(
        label=_("Reference emissions, tCO2eq"),
        help_text=_("An equation with + - * / and parentheses, for example EG * EF."),
        max_length=2_000,
        required=False,
    )
    project = forms.CharField(
        label=_("Project emissions, tCO2eq"),
        help_text=_("0 where there are none."),
        max_length=2_000,
        required=False,
    )

    def __init__(self, *args: Any, rows: int = ROWS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_count = rows
        for number in range(1, rows + 1):
            for column in COLUMNS:
                self.fields[f"{column}_{number}"] = _cell(column, number)

    def clean_title(self) -> str:
        # Nothing else is required yet: the page of the draft says what is missing for the submission.
        title: str = self.cleaned_data["title"]
        if not title:
            raise forms.ValidationError(_("Give the methodology a title."))
        return title

    @classmethod
    def of(cls, version: MethodologyVersion, *args: Any) -> "ProposalForm":
        """Return the form filled with what is stored."""
        definition = version.definition or {}
        parameters = definition.get("parameters", [])
        initial: dict[str, Any] = {
            "title": version.title,
            "sectoral_scope": version.sectoral_scope_id,
            "summary": version.summary,
            "reference": definition.get("reference", ""),
            "project": definition.get("project", ""),
        }
        for number, parameter in enumerate(parameters, 1):
            initial |= {f"{column}_{number}": parameter.get(column, "") for column in COLUMNS}
        return cls(*args, initial=initial, rows=max(ROWS, len(parameters) + 2))

    def text_fields(self) -> list[BoundField]:
        """Return the fields above the table of parameters."""
        return [self[name] for name in ("title", "sectoral_scope", "summary")]

    def equations(self) -> list[BoundField]:
        """Return the fields below the table of parameters."""
        return [self[name] for name in ("reference", "project")]

    def parameter_rows(self) -> list[list[BoundField]]:
        """Return the table of parameters, row by row."""
        return [[self[f"{column}_{number}"] for column in COLUMNS] for number in range(1, self.row_count + 1)]

    def content(self) -> dict[str, Any]:
        """Return what the services take."""
        return {
            "title": self.cleaned_data["title"],
            "sectoral_scope": self.cleaned_data["sectoral_scope"],
            "summary": self.cleaned_data["summary"],
            "definition": {
                "parameters": [self._parameter(number) for number in self._filled()],
                "reference": self.cleaned_data["reference"],
                "project": self.cleaned_data["project"],
            },
        }

    def _filled(self) -> list[int]:
        numbers = range(1, self.row_count + 1)
        return [n for n in numbers if any(self.cleaned_data.get(f"{column}_{n}") for column in COLUMNS)]

    def _parameter(self, number: int) -> dict[str, str]:
        row = {column: self.cleaned_data.get(f"{column}_{number}", "") for column in COLUMNS}
        return {column: value for column, value in row.items() if value or column != "default"}

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal; the third parameter of the definition is the third row that is filled in."""
        filled = self._filled()
        form_refused(self, DomainError(str(refusal), fields={_field(w, filled): t for w, t in refusal.fields.items()}))


def _cell(column: str, number: int) -> forms.Field:
    labels: Mapping[str, Any] = {
        "symbol": _("Symbol of parameter %(number)s"),
        "name": _("Name of parameter %(number)s"),
        "unit": _("Unit of parameter %(number)s"),
        "kind": _("Kind of parameter %(number)s"),
        "default": _("Default of parameter %(number)s"),
    }
    label = labels[column] % {"number": number}
    if column == "kind":
        choices = [("", "–"), *((kind, KIND_LABELS[kind]) for kind in KINDS)]
        return forms.ChoiceField(
            label=label, choices=choices, required=False, widget=forms.Select(attrs={"aria-label": label})
        )
    length = {"symbol": 31, "unit": 40, "default": 30}.get(column, 120)
    widget = forms.TextInput(attrs={"aria-label": label})
    return forms.CharField(label=label, max_length=length, required=False, widget=widget)


def _field(where: str, filled: list[int]) -> str:
    """Return the form's field for a place in the definition: the symbol's cell of "parameter 3"."""
    word, _space, number = where.partition(" ")
    if word == "parameter" and number.isdigit() and 0 < int(number) <= len(filled):
        return f"symbol_{filled[int(number) - 1]}"
    return where


class ReasonForm(forms.Form):
    """Why something is sent back."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The proponent reads this. Say what to change."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
