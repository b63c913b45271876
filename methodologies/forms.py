"""What people type about a methodology."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.filing import FilingForm, file_field
from core.models import Rendition
from core.requests import form_refused
from methodologies.models import MethodologyVersion
from methodologies.sections import TEXTS
from methodologies.services import Content
from parties.models import Organisation, Partnership, SectoralScope

ROWS = 6
# What stands below the table of parameters.
LAST = ("reference", "reference_notes", "project", "project_notes", "fixed_sources")
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

    def __init__(
        self,
        *args: Any,
        proponents: list[Organisation],
        served: list[Partnership],
        revision: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choice, where = self.fields["proponent"], self.fields["partnership"]
        assert isinstance(choice, forms.ModelChoiceField)  # narrows the type
        assert isinstance(where, forms.ModelChoiceField)
        choice.queryset = Organisation.objects.filter(pk__in=[each.pk for each in proponents])
        if served:  # the secretariat writes what the Joint Committee itself proposes
            choice.required, choice.empty_label = False, _("The Joint Committee")
        elif len(proponents) == 1:
            choice.initial = proponents[0].pk
        if not proponents and where.queryset is not None:
            where.queryset = where.queryset.filter(pk__in=[each.pk for each in served])
        del self.fields["partnership" if revision else "minor"]


class ProposalForm(FilingForm):
    """The sections A to I: texts, parameters in rows, two equations, the spreadsheet. Empty rows are left out."""

    title = forms.CharField(label=_("A. Title of the methodology"), max_length=300, required=False)
    sectoral_scope = forms.ModelChoiceField(
        label=_("Sectoral scope"), queryset=SectoralScope.objects.all(), required=False
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
    public = file_field(
        _("Monitoring spreadsheet for everybody"),
        help_text=_("XLSX, CSV, DOCX or PDF, up to 20 MB. Next to a restricted one it must be a PDF."),
        accept=".pdf,.docx,.xlsx,.csv",
    )
    restricted = file_field(
        _("Restricted monitoring spreadsheet"),
        help_text=_("For the Joint Committee and its secretariat only."),
        accept=".pdf,.docx,.xlsx,.csv",
    )

    def __init__(self, *args: Any, rows: int = ROWS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column, text in TEXTS.items():
            self.fields[column] = forms.CharField(
                label=text.label,
                help_text=text.hint,
                max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 4}),
                required=False,
            )
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
            **{column: getattr(version, column) for column in TEXTS},
            "reference": definition.get("reference", ""),
            "project": definition.get("project", ""),
        }
        for number, parameter in enumerate(parameters, 1):
            initial |= {f"{column}_{number}": parameter.get(column, "") for column in COLUMNS}
        return cls(*args, initial=initial, rows=max(ROWS, len(parameters) + 2))

    def first_fields(self) -> list[BoundField]:
        """Return the sections above the table of parameters: A to E, and F.1."""
        return [self[name] for name in ("title", "sectoral_scope", *TEXTS) if name not in LAST]

    def last_fields(self) -> list[BoundField]:
        """Return the equations with their words, the sources of fixed values, and the files."""
        return [self[name] for name in (*LAST, *Rendition.Access.values)]

    def parameter_rows(self) -> list[list[BoundField]]:
        """Return the table of parameters, row by row."""
        return [[self[f"{column}_{number}"] for column in COLUMNS] for number in range(1, self.row_count + 1)]

    def content(self) -> Content:
        """Return what the services take."""
        return {
            "title": self.cleaned_data["title"],
            "sectoral_scope": self.cleaned_data["sectoral_scope"],
            "texts": {column: self.cleaned_data[column] for column in TEXTS},
            "definition": {
                "parameters": [self._parameter(number) for number in self._filled()],
                "reference": self.cleaned_data["reference"],
                "project": self.cleaned_data["project"],
            },
            "files": self.chosen(),
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
        choices = [("", "–"), *KIND_LABELS.items()]
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


class WithdrawalForm(forms.Form):
    """Why the Joint Committee should withdraw a version."""

    reason = forms.CharField(
        label=_("Reasons of the withdrawal"),
        help_text=_("Everybody reads them once the Joint Committee has decided."),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
