"""Which decisions and agenda items a person may see."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, Max, Model, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from committee import voices
from committee.models import Answer, Decision, DecisionItem, Declaration, Delegation, Meeting
from committee.workflow import DecisionStatus, MeetingStatus
from core.inbox import MOST, Item, rest
from core.models import Rendition, User
from core.numbering import DEMONSTRATION_START
from parties.models import Partnership, Role
from parties.policies import COMMITTEE, INSIDE, Viewer
from parties.selectors.board import board_url
from parties.selectors.people import partnerships_of
from parties.workflow import Stage

# What the page of a matter links to.
SUBJECTS = (
    "methodology_version__methodology", "project", "issuance_request__report__project", "designation", "rule_pack",
    "designation_application__designation", "designation_measure__designation", "idea_note", "rule_set",
    "special_measure",
)  # fmt: skip


def decision_list(*, viewer: Viewer, at: datetime) -> QuerySet[Decision]:
    """Return adopted decisions to everybody, and all of a partnership's decisions to its committee."""
    successor = Decision.objects.filter(supersedes=OuterRef("pk"), status=DecisionStatus.ADOPTED)
    decisions = Decision.objects.select_related(
        "partnership__host", "partnership__acquirer", "prepared_by", "supersedes__partnership__host"
    ).annotate(superseded=Exists(successor))
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
    asked = Answer.objects.filter(value="", decision__status=DecisionStatus.OPEN, decision__partnership__in=sits)
    asked = asked.filter(Q(member=viewer) | voices.represented(viewer, at=at))
    conflict = Declaration.objects.filter(item__decision=OuterRef("decision"), member=viewer, conflict=True)
    asked = asked.filter(~Exists(conflict)).select_related("decision__partnership__host", "member")
    for answer in asked.order_by("decision__closes_at", "pk"):
        decision = answer.decision
        own = answer.member_id == viewer.pk
        behalf = _("Answer an electronic decision for %(member)s") % {"member": answer.member}
        yield Item(
            title=f"{decision.number} {decision.text}".strip(),
            url=decision.get_absolute_url(),
            kind=_("Answer an electronic decision") if own else behalf,
            waiting_since=decision.opened_at,
            due_at=decision.closes_at,
        )


def _to_prepare(viewer: User, at: datetime) -> Iterable[Item]:
    serving = partnerships_of(viewer, Role.SECRETARIAT, at=at)
    items = DecisionItem.objects.filter(partnership__in=serving, decision=None).select_related("partnership__host")
    waiting = list(items.order_by("waiting_since", "pk")[: MOST + 1])
    asked = _("Put to the Joint Committee")
    for item in waiting[:MOST]:
        yield Item(str(item), agenda_url(item.partnership), asked, item.waiting_since)
    yield from rest(waiting, asked, board_url(stage=Stage.CONSIDERATION))
    prepared = Decision.objects.filter(partnership__in=serving, status=DecisionStatus.PREPARED)
    for decision in prepared.select_related("partnership__host").order_by("pk"):
        yield Item(title=str(decision), url=decision.get_absolute_url(), kind=_("Open a prepared decision"))


def agenda_url(partnership: Partnership) -> str:
    """Return the address of the partnership's agenda."""
    return reverse("committee:agenda", args=[partnership.host.slug])


def delegations_url(partnership: Partnership) -> str:
    """Return the address where the partnership's members name delegates."""
    return reverse("committee:delegations", args=[partnership.host.slug])


def items_of(decision: Decision) -> QuerySet[DecisionItem]:
    """Return what the decision decides, with the records that the page links to."""
    return decision.items.select_related(*SUBJECTS)


def items_about(record: Model | None) -> QuerySet[DecisionItem]:
    """Return the items that ask the committee about this record, decided or not; none for other kinds of records."""
    links = {field.related_model: field.name for field in DecisionItem._meta.concrete_fields if field.related_model}
    if record is None or type(record) not in links:
        return DecisionItem.objects.none()
    return DecisionItem.objects.filter(**{links[type(record)]: record})


def decisions_about(record: Model | None, *, viewer: Viewer, at: datetime) -> QuerySet[Decision]:
    """Return the decisions about the record that this person may see, the newest first."""
    about = items_about(record).values("decision")
    return decision_list(viewer=viewer, at=at).filter(pk__in=about)


def declarations_about(record: Model | None, *, viewer: Viewer, at: datetime) -> list[Declaration]:
    """Return to the committee and its secretariat who declared a conflict or none in the items about the record."""
    mine = partnerships_of(viewer, *COMMITTEE, at=at)
    said = Declaration.objects.filter(item__in=items_about(record), item__partnership__in=mine)
    return list(said.select_related("member", "item").order_by("item", "pk"))


def successor_of(decision: Decision) -> Decision | None:
    """Return the adopted decision that took the place of this one."""
    successors = decision.successors.filter(status=DecisionStatus.ADOPTED)
    return successors.select_related("partnership__host").first()


def former_objections(decision: Decision) -> list[Answer]:
    """Return why the decisions were stopped that this one recirculates, the latest first."""
    found: list[Answer] = []
    former = decision.recirculates
    while former is not None:
        objections = former.answers.filter(value=Answer.Value.OBJECT)
        found += objections.select_related("member", "party", "decision__partnership__host")
        former = former.recirculates
    return found


def summary(decision: Decision) -> str:
    """Return what a decision decides, in one line: each kind of matter once, with its subjects. Items are loaded."""
    by_kind: dict[str, list[str]] = {}
    for item in decision.items.all():
        by_kind.setdefault(item.get_kind_display(), []).append(item.subject)
    told = [f"{kind}: {', '.join(dict.fromkeys(subjects))}" for kind, subjects in by_kind.items()]
    return "; ".join(told) or str(decision)


def delegation_list(*, viewer: Viewer, at: datetime) -> QuerySet[Delegation]:
    """Return the delegations in the committees on which the person sits or which the person serves."""
    mine = partnerships_of(viewer, *COMMITTEE, at=at)
    return Delegation.objects.filter(partnership__in=mine).select_related("member", "delegate", "party", "partnership")


# --- meetings -----------------------------------------------------------------------------------------------------


def meeting_list(*, viewer: Viewer, at: datetime) -> QuerySet[Meeting]:
    """Return the meetings that were held to everybody, and those that are planned to the committee."""
    meetings = Meeting.objects.select_related("partnership__host", "partnership__acquirer", "host", "document")
    held = Q(status__in=[MeetingStatus.OPEN, MeetingStatus.CLOSED])
    return meetings.filter(held | Q(partnership__in=partnerships_of(viewer, *INSIDE, at=at)))


def is_inside(viewer: Viewer, partnership: Partnership, *, at: datetime) -> bool:
    """Whether the person reads what is before the committee."""
    return partnerships_of(viewer, *INSIDE, at=at).filter(pk=partnership.pk).exists()


def next_meeting(partnership: Partnership) -> dict[str, object]:
    """Return what the next meeting is likely to be: the next number, and the side whose turn it is to be the host."""
    last = Meeting.objects.filter(partnership=partnership).exclude(status=MeetingStatus.CANCELLED).first()
    real = Meeting.objects.filter(partnership=partnership, number__lt=DEMONSTRATION_START)
    last_number = real.aggregate(most=Max("number"))["most"] or 0
    japan, host = partnership.parties
    return {"number": last_number + 1, "host": japan if last and last.host_id == host.pk else host}


def minutes_of(meeting: Meeting, *, inside: bool) -> list[Rendition]:
    """Return the files of the minutes that may be opened: all inside, the public one once they are published."""
    if meeting.document is None:
        return []
    files = meeting.document.renditions.order_by("access")
    return [f for f in files if inside or (meeting.published_at and f.access == Rendition.Access.PUBLIC)]


def meetings_url(partnership: Partnership) -> str:
    """Return the address of the partnership's meetings."""
    return reverse("committee:meetings", args=[partnership.host.slug])


def meetings_in_session(partnership: Partnership) -> QuerySet[Meeting]:
    """Return the meetings to which a decision can be put now."""
    return Meeting.objects.filter(partnership=partnership, status=MeetingStatus.OPEN)
