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
    Transition("authorize", (LegState.AWAITING_AUTHORIZATION,), LegState.NOTIFIED),
    # A revocation comes too late for what two people approved: a worker is issuing it.
    Transition("lose_authorization", (LegState.NOTIFIED, LegState.PROPOSED), LegState.AWAITING_AUTHORIZATION),
    Transition("propose", (LegState.NOTIFIED,), LegState.PROPOSED),
    Transition("send_back", (LegState.PROPOSED,), LegState.NOTIFIED),
    Transition("approve", (LegState.PROPOSED,), LegState.APPROVED),
    Transition("issue", (LegState.APPROVED,), LegState.ISSUED),
    # The public record says that it was issued. Every other leg still needs two people: the table checks it.
    Transition("record_issue", (LegState.NOTIFIED, LegState.AWAITING_AUTHORIZATION), LegState.ISSUED),
)


class ProposalState(models.TextChoices):
    """Where a proposed movement of credits stands. Its credits are reserved until it is completed or ends."""

    PROPOSED = "proposed", _("Waits for approval")
    APPROVED = "approved", _("Approved, waits for its time")
    EXECUTING = "executing", _("Being executed")
    COMPLETED = "completed", _("Completed")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


OPEN_PROPOSAL = (ProposalState.PROPOSED, ProposalState.APPROVED, ProposalState.EXECUTING)
PROPOSAL = Workflow(
    Transition("approve", (ProposalState.PROPOSED,), ProposalState.APPROVED),
    Transition("reject", (ProposalState.PROPOSED,), ProposalState.REJECTED),
    Transition("cancel", (ProposalState.PROPOSED, ProposalState.APPROVED), ProposalState.CANCELLED),
    Transition("expire", (ProposalState.PROPOSED,), ProposalState.EXPIRED),
    Transition("start", (ProposalState.APPROVED,), ProposalState.EXECUTING),
    Transition("complete", (ProposalState.APPROVED, ProposalState.EXECUTING), ProposalState.COMPLETED),
)


class AccountState(models.TextChoices):
    """Where an account stands."""

    APPLIED = "applied", _("Applied for")
    UNDER_CHECK = "under_check", _("Checked, waits for approval")
    OPEN = "open", _("Open")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")
    REFUSED = "refused", _("Refused")


ACCOUNT = Workflow(
    Transition("check", (AccountState.APPLIED,), AccountState.UNDER_CHECK),
    Transition("refuse", (AccountState.APPLIED, AccountState.UNDER_CHECK), AccountState.REFUSED),
    Transition("open", (AccountState.UNDER_CHECK,), AccountState.OPEN),
    Transition("suspend", (AccountState.OPEN,), AccountState.SUSPENDED),
    Transition("resume", (AccountState.SUSPENDED,), AccountState.OPEN),
    Transition("close", (AccountState.OPEN, AccountState.SUSPENDED), AccountState.CLOSED),
)


class CycleState(models.TextChoices):
    """How far a comparison with a registry kept elsewhere is."""

    INITIATED = "initiated", _("Totals asked for")
    TOTALS_OK = "totals_ok", _("Totals agree, blocks asked for")
    TOTALS_DIFFER = "totals_differ", _("Totals differ, blocks asked for")
    BLOCKS_DIFFER = "blocks_differ", _("Blocks differ, audit trail asked for")
    MANUAL = "manual", _("People examine the differences")
    CORRECTED = "corrected", _("Corrected, waits to be closed")
    CLOSED = "closed", _("Closed")


# In these states the other side has to answer.
EXCHANGING = (CycleState.INITIATED, CycleState.TOTALS_OK, CycleState.TOTALS_DIFFER, CycleState.BLOCKS_DIFFER)
CYCLE = Workflow(
    Transition("totals_agree", (CycleState.INITIATED,), CycleState.TOTALS_OK),
    Transition("totals_differ", (CycleState.INITIATED,), CycleState.TOTALS_DIFFER),
    Transition("blocks_agree", (CycleState.TOTALS_OK,), CycleState.CLOSED),
    # Credits with the wrong owner leave the totals equal: equal totals alone close nothing.
    Transition("blocks_differ", (CycleState.TOTALS_OK, CycleState.TOTALS_DIFFER), CycleState.BLOCKS_DIFFER),
    Transition("examine", (CycleState.BLOCKS_DIFFER,), CycleState.MANUAL),
    Transition("correct", (CycleState.MANUAL,), CycleState.CORRECTED),
    Transition("close", (CycleState.CORRECTED,), CycleState.CLOSED),
)
