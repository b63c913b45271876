"""What administrators see of the registries kept elsewhere, and what those may fetch."""

from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from core.inbox import Item
from core.models import User
from parties.policies import Viewer
from registry.models import Counterpart, Cycle, Message
from registry.selectors.accounts import registry_list
from registry.workflow import EXCHANGING, CycleState

IN, OUT = Message.Direction.IN, Message.Direction.OUT


def counterpart_list(*, viewer: Viewer, at: datetime) -> QuerySet[Counterpart]:
    """Return the counterparts of the registries that the person administers, stopped ones last.

    Each has the time of its last message (`heard_at`), how many messages wait to be fetched or acknowledged
    (`unanswered`), and as of when both books last agreed (`agreed_as_of`).
    """
    mine = Counterpart.objects.filter(registry__in=registry_list(viewer=viewer, at=at).values("pk"))
    agreed = Q(cycles__state=CycleState.CLOSED, cycles__closed_by=None)
    return (
        mine.select_related("registry__party", "entered_by", "confirmed_by", "stopped_by")
        .annotate(
            heard_at=Max("messages__at", filter=Q(messages__direction=IN)),
            agreed_as_of=Max("cycles__as_of", filter=agreed),
            unanswered=Count(
                "messages", filter=Q(messages__direction=OUT, messages__receipt=None), distinct=True
            ),
        )
        .order_by("stopped_at", "registry__party__name_en", "code")
    )  # fmt: skip


def cycle_list(*, viewer: Viewer, at: datetime) -> QuerySet[Cycle]:
    """Return the comparisons of the registries that the person administers, each with its number of differences."""
    mine = Cycle.objects.filter(counterpart__registry__in=registry_list(viewer=viewer, at=at).values("pk"))
    related = ("counterpart__registry__party", "begun_by", "corrected_by", "closed_by")
    return mine.select_related(*related).annotate(found=Count("differences"))


def cycle_in_exchange(counterpart: Counterpart) -> Cycle | None:
    """Return the comparison in which the other side has to answer, or None."""
    return Cycle.objects.filter(counterpart=counterpart, state__in=EXCHANGING).first()


def messages_of(counterpart: Counterpart) -> QuerySet[Message]:
    """Return what both sides said, the latest first, each with its receipt where there is one."""
    return Message.objects.filter(counterpart=counterpart).select_related("receipt").order_by("-pk")


def messages_out(counterpart: Counterpart, *, after: int) -> QuerySet[Message]:
    """Return what the registry has sent after a number, in order."""
    sent = Message.objects.filter(counterpart=counterpart, direction=OUT, sequence_no__gt=after)
    return sent.order_by("sequence_no")


def last_number_out(counterpart: Counterpart) -> int:
    """Return the number of the last message that the registry has sent."""
    sent = Message.objects.filter(counterpart=counterpart, direction=OUT)
    number: int | None = sent.aggregate(last=Max("sequence_no"))["last"]
    return number or 0


def inbox_items(*, viewer: Viewer, at: datetime) -> list[Item]:
    """Return the counterparts to confirm, and the comparisons to examine and to close."""
    if not isinstance(viewer, User):
        return []
    waiting = counterpart_list(viewer=viewer, at=at).filter(confirmed_at=None, stopped_at=None)
    items = [
        Item(str(found), found.get_absolute_url(), _("Confirm a registry kept elsewhere"), found.entered_at)
        for found in waiting.exclude(entered_by=viewer)
    ]
    open_ = cycle_list(viewer=viewer, at=at).filter(state__in=[CycleState.MANUAL, CycleState.CORRECTED])
    for cycle in open_.exclude(corrected_by=viewer):
        kind = _("Examine differences") if cycle.state == CycleState.MANUAL else _("Close a comparison")
        items.append(Item(str(cycle), cycle.get_absolute_url(), kind, cycle.corrected_at or cycle.started_at))
    return items
