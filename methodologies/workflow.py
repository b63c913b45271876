"""The life of a methodology version (jcm.md 1.3), in the words of the mechanism's public site."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition, Workflow


class Status(models.TextChoices):
    """Where a methodology version stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned as incomplete")
    PUBLIC_INPUTS = "public_inputs", _("Open for public inputs")
    CONSIDERED = "considered", _("Public inputs closed")
    APPROVED = "approved", _("Valid")
    SUPERSEDED = "superseded", _("Superseded")
    REVOKED = "revoked", _("Withdrawn by the Joint Committee")
    DENIED = "denied", _("Not approved")
    WITHDRAWN = "withdrawn", _("Withdrawn by the proponent")


# The Joint Committee approved these once; only an approved one is valid today.
ONCE_APPROVED = (Status.APPROVED, Status.SUPERSEDED, Status.REVOKED)
# In these the proponent may change the text.
OPEN_FOR_CHANGES = (Status.DRAFT, Status.RETURNED)

METHODOLOGY = Workflow(
    Transition("submit", (Status.DRAFT, Status.RETURNED), Status.SUBMITTED),
    Transition("accept", (Status.SUBMITTED,), Status.PUBLIC_INPUTS),
    Transition("consider", (Status.SUBMITTED, Status.PUBLIC_INPUTS), Status.CONSIDERED),
    Transition("return", (Status.SUBMITTED,), Status.RETURNED),
    Transition("approve", (Status.CONSIDERED,), Status.APPROVED),
    Transition("deny", (Status.CONSIDERED,), Status.DENIED),
    Transition("supersede", (Status.APPROVED,), Status.SUPERSEDED),
    Transition("revoke", (Status.APPROVED, Status.SUPERSEDED), Status.REVOKED),
    Transition(
        "withdraw",
        (Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.PUBLIC_INPUTS, Status.CONSIDERED),
        Status.WITHDRAWN,
    ),
)
