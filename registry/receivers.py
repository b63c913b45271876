"""What the registry does when something happened: an approved leg is issued by a worker."""

from datetime import datetime

from core import events
from core.models import Event
from registry import services


@events.on("leg.approved", queue="ledger")
def issue_credits(event: Event, at: datetime) -> None:
    """Issue the credits of the approved leg. The effect commits with the mark that it is done."""
    services.credits_issue(leg_id=int(event.subject_id), at=at)
