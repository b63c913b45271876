"""Forms of decisions: prepare, declare, answer, follow another; delegates."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from committee.models import Answer, DecisionItem, Declaration
from core.models import User


class PrepareForm(forms.Form):
    """Choose agenda items and word the proposed decision."""

    items = forms.ModelMultipleChoiceField(
        queryset=DecisionItem.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label=_("Items to decide"),
        error_messages={"required": _("Choose at least one item of the agenda.")},
    )
    outcome = forms.ChoiceField(
        label=_("Proposed outcome"),
        choices=DecisionItem.Outcome.choices,
        initial=DecisionItem.Outcome.APPROVE,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Proposed decision"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("As the members will read it. The public sees it once it is adopted."),
        max_length=4000,
    )

    def __init__(self, *args: Any, agenda: QuerySet[DecisionItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = self.fields["items"]
        if isinstance(items, forms.ModelMultipleChoiceField):
            items.queryset = agenda
        self.waiting = [item.pk for item in agenda]
        for item in agenda:
            self.fields[f"outcome_{item.pk}"] = forms.ChoiceField(
                label=_("Another outcome for: %(item)s") % {"item": item},
                choices=[("", "–"), *DecisionItem.Outcome.choices],
                required=False,
            )

    def outcomes(self) -> dict[int, str]:
        """Return the items whose outcome is another than that of the rest."""
        given = {pk: self.cleaned_data[f"outcome_{pk}"] for pk in self.waiting}
        return {pk: outcome for pk, outcome in given.items() if outcome}


class RecirculateForm(forms.Form):
    """Reword what was stopped."""

    text = forms.CharField(
        label=_("Revised decision"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The members see it together with the former objections."),
        max_length=4000,
    )


class SupersedeForm(forms.Form):
    """Word what takes the place of an adopted decision."""

    text = forms.CharField(
        label=_("Proposed decision"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What the former decision did is not undone by this."),
        max_length=4000,
    )
    items = forms.ModelMultipleChoiceField(
        queryset=DecisionItem.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Items to decide with it"),
    )

    def __init__(self, *args: Any, agenda: QuerySet[DecisionItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = self.fields["items"]
        if isinstance(items, forms.ModelMultipleChoiceField):
            items.queryset = agenda
        if not agenda.exists():
            del self.fields["items"]


class AnswerForm(forms.Form):
    """An answer, for the own seat or for that of somebody who is absent."""

    member_id = forms.TypedChoiceField(
        label=_("Whose answer this is"), coerce=int, empty_value=None, required=False, widget=forms.HiddenInput
    )
    value = forms.ChoiceField(
        label=_("Your answer"),
        choices=[(Answer.Value.AFFIRM, _("I affirm")), (Answer.Value.OBJECT, _("I object"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed for an objection."),
        max_length=4000,
    )

    def __init__(self, *args: Any, seats: Sequence[Answer] = (), **kwargs: Any) -> None:
        """Offer the seats for which the person may answer; a single one goes without saying."""
        super().__init__(*args, **kwargs)
        field = self.fields["member_id"]
        choices = [(seat.member_id, seat.member.name) for seat in seats]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = choices
            if len(choices) > 1:
                field.widget = forms.Select(choices=choices)
        self.initial.setdefault("member_id", choices[0][0] if choices else None)


class DeclarationForm(forms.Form):
    """Of each item, whether there is a conflict of interest, and which."""

    def __init__(
        self, *args: Any, items: Iterable[DecisionItem], declared: Mapping[int, Declaration], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            said = declared.get(item.pk)
            self.fields[f"conflict_{item.pk}"] = forms.ChoiceField(
                label=str(item),
                choices=[("no", _("No conflict of interest")), ("yes", _("Conflict of interest: I take no part"))],
                widget=forms.RadioSelect,
                initial=("yes" if said.conflict else "no") if said else None,
                error_messages={"required": _("Declare one or the other.")},
            )
            self.fields[f"reason_{item.pk}"] = forms.CharField(
                label=_("What the conflict is"),
                required=False,
                max_length=1000,
                initial=said.reason if said else "",
                help_text=_("Only the committee and its secretariat read this."),
            )

    def clean(self) -> dict[str, Any]:
        """Ask for the reason where there is a conflict."""
        given = super().clean() or {}
        for item in self.items:
            if given.get(f"conflict_{item.pk}") == "yes" and not given.get(f"reason_{item.pk}", "").strip():
                self.add_error(f"reason_{item.pk}", _("Say what the conflict is."))
        return given

    def statements(self) -> dict[int, str]:
        """Return the conflict of each item, by the item's number; an empty text is none."""
        given = self.cleaned_data
        return {
            item.pk: given[f"reason_{item.pk}"] if given[f"conflict_{item.pk}"] == "yes" else "" for item in self.items
        }


class DelegationForm(forms.Form):
    """Name a delegate for some days."""

    delegate = forms.ModelChoiceField(queryset=User.objects.none(), label=_("Delegate"))
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        delegate = self.fields["delegate"]
        if isinstance(delegate, forms.ModelChoiceField):
            delegate.queryset = colleagues
