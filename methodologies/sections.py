"""The sections A to I of a methodology (jcm.md 1.3): which of them are texts, and which follow from the definition.

One list feeds the columns, the form, the rule on what a submission lacks, and the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# What a proponent writes: column → text.
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a section; an optional one adds words to what the definition says already."""

    letter: str
    label: "_StrPromise"
    hint: "_StrPromise | str" = ""
    optional: bool = False


# In the order of the form. Section A is the title; H follows from the definition alone.
TEXTS: Mapping[str, Text] = {
    "terms": Text("B", _("B. Terms and definitions"), _("What the words of the methodology mean.")),
    "summary": Text("C", _("C. Emission reduction measures"), _("What is done, and how it reduces emissions.")),
    "summary_reference": Text("C", _("C. Reference emissions in short")),
    "summary_project": Text("C", _("C. Project emissions in short")),
    "eligibility": Text("D", _("D. Eligibility criteria"), _("One criterion a line, such that each can be checked.")),
    "sources": Text("E", _("E. Emission sources and GHG types"), _("One source with its gases a line.")),
    "establishment": Text(
        "F",
        _("F.1 Establishment of reference emissions"),
        _("What would give the same service without the project, and why that is below business as usual."),
    ),
    "reference_notes": Text(
        "F", _("F.2 Words to the equation of reference emissions"), _("The equation itself is shown."), optional=True
    ),
    "project_notes": Text(
        "G", _("G. Words to the equation of project emissions"), _("The equation itself is shown."), optional=True
    ),
    "fixed_sources": Text("I", _("I. Sources of the values fixed ex ante"), _("Where each value comes from.")),
}
