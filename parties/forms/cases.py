"""What people type about cases and public inputs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parties.casework import Check
from parties.sections import heading_of, sections_of
from parties.services import InputContent


class ChecklistForm(forms.Form):
    """Tick what is there."""

    items = forms.MultipleChoiceField(label=_("What is there"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, checks: list[Check], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = self.fields["items"]
        assert isinstance(items, forms.MultipleChoiceField)  # narrows the type
        items.choices = [(str(check.item.pk), str(check.item)) for check in checks]
        items.initial = [str(check.item.pk) for check in checks if check.ticked]


class ReasonForm(forms.Form):
    """Why the clock stops, or an input is not published."""

    reason = forms.CharField(label=_("Reason"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))


class ReplyForm(forms.Form):
    """What is answered to a public input."""

    text = forms.CharField(
        label=_("Reply"),
        help_text=_("Everybody reads it."),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class InputForm(forms.Form):
    """A public input, without an account."""

    name = forms.CharField(label=_("Your name"), max_length=200, help_text=_("It is shown with your input."))
    organisation = forms.CharField(label=_("Organisation"), max_length=200, required=False)
    country = forms.CharField(label=_("Country"), max_length=80, required=False)
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("You get a link there to confirm it. It is never shown.")
    )
    section = forms.ChoiceField(label=_("Section"), required=False)
    text = forms.CharField(label=_("Your input"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 10}))
    attachment = forms.FileField(
        label=_("Attachment"), required=False, help_text=_("One PDF, CSV, XLSX or DOCX file of at most 20 MB.")
    )
    # Only programs see and fill it.
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        letters = sections_of(kind)
        if not letters:
            del self.fields["section"]
            return
        choice = self.fields["section"]
        assert isinstance(choice, forms.ChoiceField)  # narrows the type
        choice.choices = [("", _("The whole")), *((letter, heading_of(kind, letter)) for letter in letters)]

    def content(self) -> InputContent:
        """Return what the service takes."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "organisation": given["organisation"],
            "country": given["country"],
            "email": given["email"],
            "text": given["text"],
            "section": given.get("section", ""),
        }

    def shown(self) -> list[forms.BoundField]:
        """Return the fields that people fill in."""
        return [field for field in self if field.name != "website"]
