"""The upload of many movements, and its check: the rows travel in the page, nothing of them is kept here."""

import base64
import binascii
import uuid
import zlib
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError
from registry.models import Proposal
from registry.services.batch import COLUMNS

LARGEST_BYTES = 5 * 1024 * 1024
LARGEST_PACKED = 2 * 1024 * 1024  # below what a form may hold
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
    rows = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": uuid.uuid4(), "kind": Proposal.Kind.TRANSFER})
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.data.get("rows")

    def clean_file(self) -> str:
        """Return the text of the file. Raises ValidationError for one that is too large or not UTF-8."""
        upload = self.cleaned_data["file"]
        if upload is None:
            return ""
        if upload.size > LARGEST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        return _decoded(upload.read())

    def clean_rows(self) -> str:
        """Return the text of the rows that were checked. Raises ValidationError for what this form did not write."""
        try:
            unpacker = zlib.decompressobj()
            packed = base64.b64decode(self.cleaned_data["rows"], validate=True)
            data = unpacker.decompress(packed, LARGEST_BYTES + 1)
        except (binascii.Error, zlib.error) as problem:
            raise forms.ValidationError(_("Choose the file once more.")) from problem
        if len(data) > LARGEST_BYTES:
            raise forms.ValidationError(_("Choose the file once more."))
        return _decoded(data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.text = cleaned.get("file") or cleaned.get("rows") or ""
        self.packed = base64.b64encode(zlib.compress(self.text.encode(), 9)).decode()
        if "rows" in self.errors:
            self.add_error("file", self.errors.pop("rows").data)
        elif len(self.packed) > LARGEST_PACKED:
            self.add_error("file", _("The file is too large. Divide it."))
        return cleaned

    def refuse(self, refusal: DomainError) -> None:
        """Show what is wrong, row by row; of many faults the first ones."""
        self.fields["file"].required = True
        faults = list(refusal.fields.items())
        for place, why in faults[:SHOWN]:
            self.add_error("file", why if place == "file" else f"{place}: {why}")
        if len(faults) > SHOWN:
            self.add_error("file", _("And %(more)s more.") % {"more": len(faults) - SHOWN})
        if not faults:
            self.add_error(None, str(refusal))


def _decoded(data: bytes) -> str:
    """Return the text. Raises ValidationError for what is not text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise forms.ValidationError(_("The file is not UTF-8 text.")) from problem
    if "\x00" in text:
        raise forms.ValidationError(_("The file is not UTF-8 text."))
    return text
