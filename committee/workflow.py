"""The lives of a decision and of a meeting (jcm.md 2.1, 2.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.workflow import Transition, Workflow


class DecisionStatus(models.TextChoices):
    """Where a decision stands. An adopted one never changes; it can only be superseded by another."""

    PREPARED = "prepared", _("In preparation")
    OPEN = "open", _("Open for answers")
    ADOPTED = "adopted", _("Adopted")
    OBJECTED = "objected", _("Stopped by an objection")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# A decision that ended so can be recirculated.
ENDED = (DecisionStatus.OBJECTED, DecisionStatus.WITHDRAWN)

DECISION = Workflow(
    Transition("open", (DecisionStatus.PREPARED,), DecisionStatus.OPEN),
    Transition("adopt", (DecisionStatus.OPEN,), DecisionStatus.ADOPTED),
    Transition("stop", (DecisionStatus.OPEN,), DecisionStatus.OBJECTED),
    Transition("withdraw", (DecisionStatus.PREPARED, DecisionStatus.OPEN), DecisionStatus.WITHDRAWN),
)


class MeetingStatus(models.TextChoices):
    """Where a meeting stands."""

    PLANNED = "planned", _("Planned")
    OPEN = "open", pgettext_lazy("meeting", "In session")
    CLOSED = "closed", pgettext_lazy("meeting", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")


MEETING = Workflow(
    Transition("open", (MeetingStatus.PLANNED,), MeetingStatus.OPEN),
    Transition("close", (MeetingStatus.OPEN,), MeetingStatus.CLOSED),
    Transition("cancel", (MeetingStatus.PLANNED,), MeetingStatus.CANCELLED),
)
