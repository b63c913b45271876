"""The lives of a rule pack and of a case (jcm.md 1.0–1.9, 2.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.workflow import Transition, Workflow


class CaseKind(models.TextChoices):
    """What is asked for."""

    METHODOLOGY = "methodology", _("Methodology")
    METHODOLOGY_REVISION = "methodology_revision", _("Revision of a methodology")
    PIN = "pin", _("Project idea note")
    PROJECT = "project", _("Registration of a project")
    POST_REGISTRATION_CHANGE = "post_registration_change", _("Change after registration")
    ISSUANCE = "issuance", _("Issuance of credits")
    TPE_DESIGNATION = "tpe_designation", _("Designation of a third-party entity")
    RULE_ADOPTION = "rule_adoption", _("Adoption of rules")
    SPECIAL_MEASURE = "special_measure", _("Special measure")


class PackStatus(models.TextChoices):
    """Where a rule pack stands. An adopted one never changes; the next one replaces it."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Before the Joint Committee")
    ADOPTED = "adopted", _("Adopted")


PACK = Workflow(
    Transition("propose", (PackStatus.DRAFT,), PackStatus.PROPOSED),
    Transition("take_back", (PackStatus.PROPOSED,), PackStatus.DRAFT),
    Transition("adopt", (PackStatus.PROPOSED,), PackStatus.ADOPTED),
    Transition("deny", (PackStatus.PROPOSED,), PackStatus.DRAFT),
)


class Stage(models.TextChoices):
    """Where a case stands, in the same words for every kind of case."""

    SUBMITTED = "submitted", _("Check for completeness")
    RETURNED = "returned", _("Returned as incomplete")
    VALIDATION = "validation", _("With the third-party entity")
    PUBLIC_INPUTS = "public_inputs", _("Open for public inputs")
    CONSIDERATION = "consideration", _("Before the Joint Committee")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", pgettext_lazy("case", "Withdrawn")


# In these a case waits for somebody.
OPEN_STAGES = (Stage.SUBMITTED, Stage.RETURNED, Stage.VALIDATION, Stage.PUBLIC_INPUTS, Stage.CONSIDERATION)
# In these it waits for the other side: the clock stands still.
STANDING_STAGES = (Stage.RETURNED, Stage.VALIDATION, Stage.DECIDED, Stage.WITHDRAWN)

CASE = Workflow(
    Transition("return", (Stage.SUBMITTED,), Stage.RETURNED),
    Transition("submit", (Stage.RETURNED, Stage.VALIDATION), Stage.SUBMITTED),
    Transition("call", (Stage.SUBMITTED,), Stage.PUBLIC_INPUTS),
    Transition("consider", (Stage.SUBMITTED, Stage.PUBLIC_INPUTS), Stage.CONSIDERATION),
    Transition("decide", (Stage.CONSIDERATION,), Stage.DECIDED),
    Transition("withdraw", OPEN_STAGES, Stage.WITHDRAWN),
)
