"""The lives of a rule pack, of a case, of a designation and of what leads to it (jcm.md 1.0–1.9, 2.2, 2.4)."""

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
    DECIDED = "decided", pgettext_lazy("case", "Decided")
    WITHDRAWN = "withdrawn", pgettext_lazy("case", "Withdrawn")


# In these a case waits for somebody.
OPEN_STAGES = (Stage.SUBMITTED, Stage.RETURNED, Stage.VALIDATION, Stage.PUBLIC_INPUTS, Stage.CONSIDERATION)
# In these it waits for the other side: the clock stands still.
STANDING_STAGES = (Stage.RETURNED, Stage.VALIDATION, Stage.DECIDED, Stage.WITHDRAWN)
# In these the secretariat may stop it; a call for public inputs closes on its day.
PAUSING_STAGES = (Stage.SUBMITTED, Stage.CONSIDERATION)

CASE = Workflow(
    Transition("return", (Stage.SUBMITTED,), Stage.RETURNED),
    Transition("submit", (Stage.RETURNED, Stage.VALIDATION), Stage.SUBMITTED),
    Transition("call", (Stage.SUBMITTED,), Stage.PUBLIC_INPUTS),
    Transition("consider", (Stage.SUBMITTED, Stage.PUBLIC_INPUTS), Stage.CONSIDERATION),
    Transition("decide", (Stage.CONSIDERATION,), Stage.DECIDED),
    Transition("withdraw", OPEN_STAGES, Stage.WITHDRAWN),
)


class DesignationStatus(models.TextChoices):
    """What the committee or the entity made of a designation. Whether it has expired is computed, never a state."""

    DESIGNATED = "designated", _("Designated")
    SUSPENDED = "suspended", _("Suspended")
    WITHDRAWN = "withdrawn", pgettext_lazy("designation", "Withdrawn")
    GIVEN_UP = "given_up", _("Given up by the entity")


# In these a designation is over.
ENDED = (DesignationStatus.WITHDRAWN, DesignationStatus.GIVEN_UP)

DESIGNATION = Workflow(
    Transition("suspend", (DesignationStatus.DESIGNATED,), DesignationStatus.SUSPENDED),
    Transition("resume", (DesignationStatus.SUSPENDED,), DesignationStatus.DESIGNATED),
    Transition("withdraw", (DesignationStatus.DESIGNATED, DesignationStatus.SUSPENDED), DesignationStatus.WITHDRAWN),
    Transition("give_up", (DesignationStatus.DESIGNATED, DesignationStatus.SUSPENDED), DesignationStatus.GIVEN_UP),
)


class ApplicationStatus(models.TextChoices):
    """Where an application for designation stands."""

    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned as incomplete")
    CONSIDERED = "considered", _("Under consideration")
    GRANTED = "granted", _("Granted")
    DENIED = "denied", _("Not granted")
    WITHDRAWN = "withdrawn", _("Withdrawn by the applicant")


# In these an application waits for somebody.
PENDING = (ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED, ApplicationStatus.CONSIDERED)

APPLICATION = Workflow(
    Transition("submit", (ApplicationStatus.RETURNED,), ApplicationStatus.SUBMITTED),
    Transition("accept", (ApplicationStatus.SUBMITTED,), ApplicationStatus.CONSIDERED),
    Transition("return", (ApplicationStatus.SUBMITTED,), ApplicationStatus.RETURNED),
    Transition("grant", (ApplicationStatus.CONSIDERED,), ApplicationStatus.GRANTED),
    Transition("deny", (ApplicationStatus.CONSIDERED,), ApplicationStatus.DENIED),
    Transition(
        "withdraw",
        PENDING,
        ApplicationStatus.WITHDRAWN,
    ),
)


class ProposalStatus(models.TextChoices):
    """Where something stands that the secretariat proposes to the committee."""

    PROPOSED = "proposed", _("Proposed")
    ADOPTED = "adopted", _("Adopted")
    DENIED = "denied", _("Not adopted")
    WITHDRAWN = "withdrawn", _("Proposal withdrawn")


PROPOSAL = Workflow(
    Transition("adopt", (ProposalStatus.PROPOSED,), ProposalStatus.ADOPTED),
    Transition("deny", (ProposalStatus.PROPOSED,), ProposalStatus.DENIED),
    Transition("withdraw", (ProposalStatus.PROPOSED,), ProposalStatus.WITHDRAWN),
)


class InputStatus(models.TextChoices):
    """Where a public input stands. Only a published one is public."""

    UNCONFIRMED = "unconfirmed", _("Address not confirmed")
    RECEIVED = "received", _("Received")
    PUBLISHED = "published", _("Published")
    REFUSED = "refused", _("Not published")


INPUT = Workflow(
    Transition("confirm", (InputStatus.UNCONFIRMED,), InputStatus.RECEIVED),
    Transition("publish", (InputStatus.RECEIVED, InputStatus.REFUSED), InputStatus.PUBLISHED),
    Transition("refuse", (InputStatus.RECEIVED, InputStatus.PUBLISHED), InputStatus.REFUSED),
)


class RuleSetStatus(models.TextChoices):
    """Where a set of rule documents stands."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    ADOPTED = "adopted", _("Adopted")
    DENIED = "denied", _("Not adopted")
    WITHDRAWN = "withdrawn", _("Proposal withdrawn")


RULE_SET = Workflow(
    Transition("propose", (RuleSetStatus.DRAFT,), RuleSetStatus.PROPOSED),
    Transition("adopt", (RuleSetStatus.PROPOSED,), RuleSetStatus.ADOPTED),
    Transition("deny", (RuleSetStatus.PROPOSED,), RuleSetStatus.DENIED),
    Transition("withdraw", (RuleSetStatus.DRAFT, RuleSetStatus.PROPOSED), RuleSetStatus.WITHDRAWN),
)
