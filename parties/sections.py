"""The sections of what is submitted, by letter, as the forms of the mechanism name them (jcm.md 1.3)."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

METHODOLOGY: Mapping[str, Promise] = {
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
