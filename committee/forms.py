"""Forms of the committee's screens."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from committee.models import Answer, DecisionItem


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


class AnswerForm(forms.Form):
    """A member's answer."""

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
