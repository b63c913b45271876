"""Which methodologies a person may see, and what waits for that person."""

from datetime import datetime

from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.inbox import Item, items_of
from core.models import Event, Rendition, User
from methodologies.models import MethodologyVersion, MethodologyWithdrawal
from methodologies.workflow import Status
from parties.models import Designation, Organisation, Partnership, Role
from parties.policies import INSIDE, Viewer, organisations_of
from parties.selectors.board import board_url
from parties.selectors.people import partnerships_of
from parties.workflow import CaseKind, ProposalStatus, Stage

STORY = {
    "methodology.drafted": gettext_lazy("Draft begun"),
    "methodology.submitted": gettext_lazy("Submitted"),
    "methodology.returned": gettext_lazy("Returned as incomplete"),
    "methodology.called": gettext_lazy("Complete, open for public inputs"),
    "methodology.considered": gettext_lazy("Under consideration"),
    "methodology.approved": gettext_lazy("Approved"),
    "methodology.denied": gettext_lazy("Not approved"),
    "methodology.superseded": gettext_lazy("Superseded"),
    "methodology.revoked": gettext_lazy("Withdrawn by the Joint Committee"),
    "methodology.withdrawn": gettext_lazy("Withdrawn"),
}


def partnerships_examined(viewer: Viewer, *, at: datetime) -> QuerySet[Partnership]:
    """Return the partnerships in which the person's third-party entities may work, be it only to finish work."""
    held = Designation.objects.at_work(at.date()).filter(organisation__in=organisations_of(viewer, Role.TPE, at=at))
    return Partnership.objects.filter(pk__in=held.values("partnership"))


def methodology_list(*, viewer: Viewer, at: datetime) -> QuerySet[MethodologyVersion]:
    """Return what this visitor may see.

    Everybody sees what the committees consider or decided; the committee, the secretariat and the third-party
    entities of a partnership see what was submitted; a proponent's people see all of their own, and the secretariat
    what the committee itself proposes.
    """
    versions = MethodologyVersion.objects.select_related(
        "methodology__partnership__host",
        "methodology__partnership__acquirer",
        "sectoral_scope",
        "proponent",
        "document",
        "revises__methodology",
        "case__rule_pack",
        "case__call",
    )
    inside = partnerships_of(viewer, *INSIDE, at=at)
    examined = partnerships_examined(viewer, at=at)
    submitted = ~Q(status=Status.DRAFT) & ~Q(proposed_number="")
    return versions.filter(
        Q(pk__in=MethodologyVersion.objects.public().values("pk"))
        | _own(viewer, at)
        | submitted & (Q(methodology__partnership__in=inside) | Q(methodology__partnership__in=examined))
    )


def _own(viewer: Viewer, at: datetime) -> Q:
    """Return the condition that the person may write the methodology: for its proponent, or for the committee."""
    return Q(proponent__in=organisations_of(viewer, Role.PARTICIPANT, at=at)) | Q(
        by_committee=True, methodology__partnership__in=partnerships_served(viewer, at=at)
    )


def partnerships_served(viewer: Viewer, *, at: datetime) -> QuerySet[Partnership]:
    """Return the partnerships for whose Joint Committee the person may propose."""
    return partnerships_of(viewer, Role.SECRETARIAT, at=at)


def other_versions(version: MethodologyVersion, *, viewer: Viewer, at: datetime) -> QuerySet[MethodologyVersion]:
    """Return the other versions of the same methodology that this visitor may see."""
    return methodology_list(viewer=viewer, at=at).filter(methodology=version.methodology_id).exclude(pk=version.pk)


def successor_of(version: MethodologyVersion) -> MethodologyVersion | None:
    """Return the version that is valid in the place of this one, which is not valid any more."""
    if version.status not in (Status.SUPERSEDED, Status.REVOKED):
        return None
    return version.methodology.versions.valid().select_related("methodology").first()


def withdrawal_shown(version: MethodologyVersion, *, inside: bool) -> MethodologyWithdrawal | None:
    """Return the last proposal to withdraw the version: what was decided, to those inside also what is proposed."""
    decided = [ProposalStatus.ADOPTED, ProposalStatus.DENIED]
    shown = decided if not inside else [*decided, ProposalStatus.PROPOSED]
    return version.withdrawals.filter(status__in=shown).select_related("proposed_by").first()


def projects_using(version: MethodologyVersion, *, most: int = 50) -> list[Model]:
    """Return projects with a number that apply this version; the list of projects has them all."""
    return list(version.projects.exclude(number=None).order_by("number")[:most])


def story(version: MethodologyVersion) -> list[tuple[str, Event]]:
    """Return what happened to the proposal, in words, oldest first."""
    subject = {"subject_type": "methodologies.methodologyversion", "subject_id": str(version.pk)}
    found = Event.objects.filter(**subject, name__in=STORY).select_related("actor").order_by("at", "recorded_at")
    return [(str(STORY[event.name]), event) for event in found]


def proponents_of(viewer: Viewer, *, at: datetime) -> list[Organisation]:
    """Return the organisations for which the person may propose."""
    return organisations_of(viewer, Role.PARTICIPANT, at=at)


def files_of(version: MethodologyVersion, *, inside: bool) -> list[Rendition]:
    """Return the renditions of the monitoring spreadsheet that may be opened: public ones, all for those inside."""
    if version.document is None:
        return []
    files = list(version.document.renditions.order_by("access"))
    return [file for file in files if inside or file.access == Rendition.Access.PUBLIC]


def inbox_items(*, viewer: Viewer, at: datetime) -> list[Item]:
    """Return the methodologies that wait for this person."""
    if not isinstance(viewer, User):
        return []
    related = MethodologyVersion.objects.select_related("methodology__partnership__host")
    serving = partnerships_of(viewer, Role.SECRETARIAT, at=at)
    mine = related.filter(_own(viewer, at))
    to_check = related.filter(status=Status.SUBMITTED, methodology__partnership__in=serving)
    to_check = to_check.annotate(due_at=F("case__due_at"))
    return [
        *items_of(
            to_check,
            _("Check a methodology for completeness"),
            more=board_url(kind=CaseKind.METHODOLOGY, stage=Stage.SUBMITTED),
        ),
        *items_of(mine.filter(status=Status.RETURNED), _("Correct a returned methodology")),
        *items_of(mine.filter(status=Status.DRAFT), _("Finish a draft methodology")),
    ]
