"""The sections of what is submitted, by letter, as the forms of the mechanism name them (jcm.md 1.3, 1.4)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from parties.workflow import CaseKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Sections = Mapping[str, "_StrPromise"]

METHODOLOGY: Sections = {
    "A": _("Title of the methodology"),
    "B": _("Terms and definitions"),
    "C": _("Summary of the methodology"),
    "D": _("Eligibility criteria"),
    "E": _("Emission sources and GHG types"),
    "F": _("Establishment and calculation of reference emissions"),
    "G": _("Calculation of project emissions"),
    "H": _("Calculation of emission reductions"),
    "I": _("Data and parameters fixed ex ante"),
}
DESIGN: Sections = {
    "A": _("Project description"),
    "B": _("Application of an approved methodology"),
    "C": _("Calculation of emission reductions"),
    "D": _("Environmental impact assessment"),
    "E": _("Local stakeholder consultation"),
    "F": _("References"),
}
_BY_KIND: Mapping[str, Sections] = {
    CaseKind.METHODOLOGY: METHODOLOGY,
    CaseKind.METHODOLOGY_REVISION: METHODOLOGY,
    CaseKind.PROJECT: DESIGN,
}


def sections_of(kind: str) -> Sections:
    """Return the sections on which somebody can comment in a case of this kind; none where its form has none."""
    return _BY_KIND.get(kind, {})


def heading_of(kind: str, letter: str) -> str:
    """Return a section's letter and heading, as "D. Eligibility criteria"; nothing for no section."""
    heading = sections_of(kind).get(letter)
    return f"{letter}. {heading}" if heading else ""
