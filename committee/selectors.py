"""Which decisions and agenda items a person may see."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from committee.models import Answer, Decision, DecisionItem
from committee.workflow import DecisionStatus
from core.inbox import Item
from core.models import User
from parties.models import Partnership, Role, RoleAssignment
from parties.policies import Viewer

# What the page of a matter links to.
SUBJECTS = (
    "methodology_version__methodology", "project", "issuance_request__report__project", "designation",
    "designation_application__designation", "designation_measure__designation", "idea_note",
)  # fmt: skip
INSIDE = (Role.CO_CHAIR, Role.MEMBER, Role.SECRETARIAT)


def partnerships_of(viewer: Viewer, *roles: Role, at: datetime) -> QuerySet[Partnership]:
    """Return the partnerships in which the person has one of the roles."""
    if not isinstance(viewer, User):
        return Partnership.objects.none()
    mine = RoleAssignment.objects.on(at.date()).filter(user=viewer, role__in=roles)
    return Partnership.objects.filter(roles__in=mine).select_related("host", "acquirer").distinct()


def decision_list(*, viewer: Viewer, at: datetime) -> QuerySet[Decision]:
    """Return adopted decisions to everybody, and all of a partnership's decisions to its committee."""
    decisions = Decision.objects.select_related("partnership__host", "partnership__acquirer", "prepared_by")
    return decisions.filter(
        Q(status=DecisionStatus.ADOPTED) | Q(partnership__in=partnerships_of(viewer, *INSIDE, at=at))
    )


def agenda(partnership: Partnership) -> QuerySet[DecisionItem]:
    """Return what waits for a decision, oldest first."""
    return (
        DecisionItem.objects.filter(partnership=partnership, decision=None)
        .select_related(*SUBJECTS)
        .order_by("waiting_since", "pk")
    )


def inbox_items(*, viewer: Viewer, at: datetime) -> list[Item]:
    """Return what the committee's people are asked for: answers, and agenda items to put to a decision."""
    if not isinstance(viewer, User):
        return []
    return [*_answers_asked(viewer, at), *_to_prepare(viewer, at)]


def _answers_asked(viewer: User, at: datetime) -> Iterable[Item]:
    sits = partnerships_of(viewer, Role.CO_CHAIR, Role.MEMBER, at=at)
    asked = Answer.objects.filter(member=viewer, value="", decision__status=DecisionStatus.OPEN)
    asked = asked.filter(decision__partnership__in=sits)
    for answer in asked.select_related("decision__partnership__host").order_by("decision__closes_at"):
        decision = answer.decision
        yield Item(
            title=f"{decision.number} {decision.text}".strip(),
            url=decision.get_absolute_url(),
            kind=_("Answer an electronic decision"),
            waiting_since=decision.opened_at,
            due_at=decision.closes_at,
        )


def _to_prepare(viewer: User, at: datetime) -> Iterable[Item]:
    serving = partnerships_of(viewer, Role.SECRETARIAT, at=at)
    waiting = DecisionItem.objects.filter(partnership__in=serving, decision=None)
    for item in waiting.select_related("partnership__host").order_by("waiting_since"):
        yield Item(
            title=str(item),
            url=agenda_url(item.partnership),
            kind=_("Put to the Joint Committee"),
            waiting_since=item.waiting_since,
        )
    prepared = Decision.objects.filter(partnership__in=serving, status=DecisionStatus.PREPARED)
    for decision in prepared.select_related("partnership__host").order_by("pk"):
        yield Item(title=str(decision), url=decision.get_absolute_url(), kind=_("Open a prepared decision"))


def agenda_url(partnership: Partnership) -> str:
    """Return the address of the partnership's agenda."""
    return reverse("committee:agenda", args=[partnership.host.slug])


def items_of(decision: Decision) -> QuerySet[DecisionItem]:
    """Return what the decision decides, with the records that the page links to."""
    return decision.items.select_related(*SUBJECTS)


def summary(decision: Decision) -> str:
    """Return what a decision decides, in one line: each kind of matter once, with its subjects. Items are loaded."""
    by_kind: dict[str, list[str]] = {}
    for item in decision.items.all():
        by_kind.setdefault(item.get_kind_display(), []).append(item.subject)
    told = [f"{kind}: {', '.join(dict.fromkeys(subjects))}" for kind, subjects in by_kind.items()]
    return "; ".join(told) or str(decision)
