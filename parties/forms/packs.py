"""What a secretariat types about a rule pack."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parties import packs
from parties.models import RulePack
from parties.models.packs import DAYS, PRACTICES, SETTINGS
from parties.services.packs import ChecklistLine
from parties.workflow import CaseKind

LONGEST_TEXT = 200


class PackForm(forms.Form):
    """Every setting of a pack, and a checklist for each kind of case: one item on a line."""

    effective_from = forms.DateField(
        label=_("In force from"),
        help_text=_("Cases that are submitted earlier keep the pack before."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    note = forms.CharField(
        label=_("What changes and why"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: QueryDict | None, *, pack: RulePack) -> None:
        super().__init__(data, initial={"effective_from": pack.effective_from.isoformat(), "note": pack.note})
        for name in SETTINGS:
            self.fields[name] = _setting(pack, name)
        lists = packs.checklists(pack)
        for kind, label in CaseKind.choices:
            lines = [" | ".join((item.code, item.text_en, item.text_ja)) for item in lists.get(kind, [])]
            self.fields[f"checklist_{kind}"] = forms.CharField(
                label=label, required=False, initial="\n".join(lines), widget=forms.Textarea(attrs={"rows": 6})
            )

    def head(self) -> list[forms.BoundField]:
        """Return the fields above the settings."""
        return [self["effective_from"], self["note"]]

    def days(self) -> list[forms.BoundField]:
        """Return the deadlines."""
        return [self[name] for name in DAYS]

    def practices(self) -> list[forms.BoundField]:
        """Return the other settings."""
        return [self[name] for name in PRACTICES]

    def checklists(self) -> list[forms.BoundField]:
        """Return the checklists, one text for each kind of case."""
        return [self[f"checklist_{kind}"] for kind in CaseKind.values]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for kind in CaseKind.values:
            field = f"checklist_{kind}"
            lines = [line.strip() for line in given.get(field, "").splitlines() if line.strip()]
            try:
                given[field] = [_line(number, line) for number, line in enumerate(lines, 1)]
            except forms.ValidationError as fault:
                self.add_error(field, fault)
        return given

    def content(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        return {
            "effective_from": given["effective_from"],
            "note": given["note"],
            "settings": {name: given[name] for name in SETTINGS},
            "checklists": {kind: given[f"checklist_{kind}"] for kind in CaseKind.values},
        }


def _setting(pack: RulePack, name: str) -> forms.Field:
    column = RulePack._meta.get_field(name)
    field = column.formfield()  # type: ignore[union-attr]
    assert isinstance(field, forms.Field)  # narrows the type
    field.label, field.initial = packs.label_of(name), getattr(pack, name)
    return field


def _line(number: int, line: str) -> ChecklistLine:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 3 or not all(parts[1:]):
        raise forms.ValidationError(
            gettext("Line %(number)s: write form | English | Japanese; the form may be empty.") % {"number": number}
        )
    if any(len(part) > LONGEST_TEXT for part in parts):
        raise forms.ValidationError(gettext("Line %(number)s is longer than %(most)s characters.") % {
            "number": number, "most": LONGEST_TEXT,
        })  # fmt: skip
    return ChecklistLine(*parts)
