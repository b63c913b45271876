"""What a methodology does when something happens to its case."""

from datetime import datetime

from core import events
from core.models import Event
from methodologies import services
from methodologies.models import MethodologyVersion
from methodologies.workflow import Status


@events.during("public_call.closed")
def consider(event: Event, at: datetime) -> None:
    """Everybody had the time to comment: the Joint Committee considers the proposal."""
    called = MethodologyVersion.objects.filter(case__call=int(event.subject_id), status=Status.PUBLIC_INPUTS)
    for pk in called.values_list("pk", flat=True):
        services.methodology_consider(version_id=pk, at=at)
