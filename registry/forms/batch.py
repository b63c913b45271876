"""The upload of many movements."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError
from registry.models import Proposal
from registry.services.batch import COLUMNS

LARGEST_BYTES = 5 * 1024 * 1024
SHOWN = 50


class BatchForm(forms.Form):
    """A file of transfers, retirements or cancellations. The key makes one proposal of a form that is sent twice."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("What the rows are"),
        choices=[choice for choice in Proposal.Kind.choices if choice[0] in COLUMNS],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(label=gettext_lazy("CSV file"), help_text=gettext_lazy("UTF-8, at most 20,000 rows."))
    reason = forms.CharField(
        label=gettext_lazy("Note for the colleague who approves"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": uuid.uuid4(), "kind": Proposal.Kind.TRANSFER})
        super().__init__(*args, **kwargs)

    def clean_file(self) -> str:
        """Return the text of the file. Raises ValidationError for one that is too large or not UTF-8."""
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        try:
            text: str = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            raise forms.ValidationError(_("The file is not UTF-8 text.")) from problem
        return text

    def refuse(self, refusal: DomainError) -> None:
        """Show what is wrong, row by row; of many faults the first ones."""
        faults = list(refusal.fields.items())
        for place, why in faults[:SHOWN]:
            self.add_error("file", why if place == "file" else f"{place}: {why}")
        if len(faults) > SHOWN:
            self.add_error("file", _("And %(more)s more.") % {"more": len(faults) - SHOWN})
        if not faults:
            self.add_error(None, str(refusal))
