"""The life of one government's leg of an issuance (jcm.md 1.9, 3.5)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition, Workflow


class LegState(models.TextChoices):
    """Where one government's issuance stands. The other government's leg goes its own way."""

    AWAITING_AUTHORIZATION = "awaiting_authorization", _("Awaiting authorization")
    NOTIFIED = "notified", _("Notified")
    PROPOSED = "proposed", _("Proposed for issuance")
    APPROVED = "approved", _("Approved, being issued")
    ISSUED = "issued", _("Issued")
    CLOSED = "closed", _("Closed without issuance")


LEG = Workflow(
    Transition("propose", (LegState.NOTIFIED,), LegState.PROPOSED),
    Transition("send_back", (LegState.PROPOSED,), LegState.NOTIFIED),
    Transition("approve", (LegState.PROPOSED,), LegState.APPROVED),
    Transition("issue", (LegState.APPROVED,), LegState.ISSUED),
    # The public record says that it was issued. Every other leg still needs two people: the table checks it.
    Transition("record_issue", (LegState.NOTIFIED, LegState.AWAITING_AUTHORIZATION), LegState.ISSUED),
)
