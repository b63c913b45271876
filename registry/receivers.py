"""What the registry does when something happened: an approved leg is issued by a worker."""

from datetime import datetime
from uuid import UUID

from core import events
from core.models import Event
from registry import services


@events.on("leg.approved", queue="ledger")
def issue_credits(event: Event, at: datetime) -> None:
    """Issue the credits of the approved leg. The effect commits with the mark that it is done."""
    services.credits_issue(leg_id=int(event.subject_id), at=at)


@events.on("proposal.approved", queue="ledger")
def execute_proposal(event: Event, at: datetime) -> None:
    """Carry out an approved proposal that need not wait; the others are found by the schedule."""
    if datetime.fromisoformat(event.data["execute_at"]) <= at:
        services.proposal_execute(proposal_id=UUID(event.subject_id), at=at)


@events.on("credits.moved")
def certify_credits(event: Event, at: datetime) -> None:
    """Certify what was retired or cancelled, and tell registries kept elsewhere. One delivery does both, once."""
    services.certificates_issue(transaction_id=UUID(event.data["transaction"]), at=at)
    services.notices_send(transaction_id=UUID(event.data["transaction"]), at=at)


@events.on("credits.issued", queue="ledger")
def tell_of_issuance(event: Event, at: datetime) -> None:
    """Tell registries kept elsewhere what was issued."""
    services.issuance_tell(leg_id=int(event.subject_id), at=at)
