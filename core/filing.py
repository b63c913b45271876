"""Fields for the files of a document: one for everybody, and the complete one for few."""

from typing import TYPE_CHECKING, Any

from django import forms

from core.models import Rendition

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

ACCEPTED = ".pdf,.docx,.xlsx"


def file_field(label: Any, *, help_text: Any = "", accept: str = ACCEPTED) -> forms.FileField:
    """Return a field for one rendition; a browser offers the kinds of files that are accepted."""
    widget = forms.FileInput(attrs={"accept": accept})
    return forms.FileField(label=label, help_text=help_text, required=False, widget=widget)


class FilingForm(forms.Form):
    """A form with the fields `public` and `restricted`."""

    def chosen(self) -> dict[str, "UploadedFile[bytes]"]:
        """Return the renditions that were chosen: access → file."""
        chosen = {access: self.cleaned_data.get(access) for access in Rendition.Access.values}
        return {access: file for access, file in chosen.items() if file}
