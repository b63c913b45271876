"""The life of a decision (jcm.md 2.1, 2.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

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
