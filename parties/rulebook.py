"""The documents that Joint Committees adopt, by code (jcm.md 2.5 and its list of forms)."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BILATERAL = "bilateral_document"
# Code → (kind of document, its usual title).
DOCUMENTS: Mapping[str, tuple[str, Promise]] = {
    BILATERAL: (BILATERAL, _("Bilateral document")),
    "RoI": ("rules", _("Rules of Implementation")),
    "Gls": ("rules", _("Glossary of Terms")),
    "RG": ("rules", _("Rules and guidelines in one document")),
    "Spec_Registry": ("rules", _("Common Specifications of the JCM Registry")),
    "RoPJC": ("rules", _("Rules of Procedures for the Joint Committee")),
    "PCP": ("procedure", _("Project Cycle Procedure")),
    "GL_PM": ("guideline", _("Guidelines for Developing Proposed Methodology")),
    "GL_PDD_MR": ("guideline", _("Guidelines for Developing PDD and Monitoring Report")),
    "GL_SDIP": ("guideline", _("Guidelines for Sustainable Development Implementation Plan and Report")),
    "GL_TPE": ("guideline", _("Guidelines for Designation as a Third-Party Entity")),
    "GL_VV": ("guideline", _("Guidelines for Validation and Verification")),
    "F_PIN": ("form", _("Project Idea Note Form")),
    "F_PM": ("form", _("Proposed Methodology Form")),
    "F_PMS": ("form", _("Proposed Methodology Spreadsheet Form")),
    "F_AMR_Req": ("form", _("Approved Methodology Revision Request Form")),
    "F_Asst_Req": ("form", _("Assessment of Reference Emissions Request Form")),
    "F_PDD": ("form", _("Project Design Document Form")),
    "F_MoC": ("form", _("Modalities of Communication Statement Form")),
    "F_SDIP": ("form", _("Sustainable Development Implementation Plan Form")),
    "F_SDIR": ("form", _("Sustainable Development Implementation Report Form")),
    "F_Val_Rep": ("form", _("Validation Report Form")),
    "F_Vrf_Rep": ("form", _("Verification Report Form")),
    "F_Crd_Allc": ("form", _("Percentage of Credit Allocation Form")),
    "F_Reg_Req": ("form", _("Project Registration Request Form")),
    "F_RW_Req": ("form", _("Registration Request Withdrawal Form")),
    "F_Imp_Rep": ("form", _("Project Implementation Report Form")),
    "F_PRC_Req": ("form", _("Post-Registration Change Request Form")),
    "F_PW_Req": ("form", _("Project Withdrawal Request Form")),
    "F_Ren_Req": ("form", _("Renewal of Crediting Period Request Form")),
    "F_Iss_Req": ("form", _("Credits Issuance Request Form")),
    "F_IW_Req": ("form", _("Issuance Request Withdrawal Form")),
    "F_TPE": ("form", _("Application Form for Designation as a Third-Party Entity")),
}
