"""Third-party entities: their history, and the applications and measures that a person may see."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F, Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.inbox import Item, items_of
from core.models import Event, Rendition, User
from parties.models import (
    Designation,
    DesignationApplication,
    DesignationMeasure,
    DesignationTerm,
    Role,
)
from parties.policies import INSIDE, Viewer, organisations_of
from parties.selectors.people import partnerships_of
from parties.workflow import PENDING, ApplicationStatus, ProposalStatus


def history_of(designation: Designation) -> list[DesignationTerm]:
    """Return what held of a designation when, newest first; nothing where it never changed."""
    history = designation.terms.exclude(ended_on=F("valid_from"))
    return list(history.select_related("author").order_by("-valid_from", "-pk"))


def accreditation_of(designation: Designation) -> DesignationApplication | None:
    """Return the application that was granted last: it tells on which accreditation the designation rests."""
    granted = designation.applications.filter(status=ApplicationStatus.GRANTED)
    return granted.order_by("-decided_on", "-pk").first()


def application_list(*, viewer: Viewer, at: datetime) -> QuerySet[DesignationApplication]:
    """Return the applications that this visitor may see: the entity's people, the committee and its secretariat."""
    related = DesignationApplication.objects.select_related(
        "partnership__host", "partnership__acquirer", "organisation", "designation", "document", "submitted_by"
    )
    return related.filter(
        Q(organisation__in=organisations_of(viewer, Role.TPE, at=at))
        | Q(partnership__in=partnerships_of(viewer, *INSIDE, at=at))
    )


def renditions_of(application: DesignationApplication) -> list[Rendition]:
    """Return the files of an application."""
    return list(application.document.renditions.order_by("access")) if application.document else []


def file_of(application_id: int, access: str, *, viewer: Viewer, at: datetime) -> Rendition | None:
    """Return a file of an application; everybody reads the public one of an application that was granted."""
    mine = application_list(viewer=viewer, at=at).filter(pk=application_id)
    granted = DesignationApplication.objects.filter(pk=application_id, status=ApplicationStatus.GRANTED)
    readable = Q(document__in=mine.values("document")) | Q(
        document__in=granted.values("document"), access=Rendition.Access.PUBLIC
    )
    return Rendition.objects.filter(readable, access=access).first()


def measure_list(*, viewer: Viewer, at: datetime) -> QuerySet[DesignationMeasure]:
    """Return the measures that this visitor may see: everybody the adopted ones, the committee and the entity all."""
    related = DesignationMeasure.objects.select_related(
        "designation__partnership__host",
        "designation__partnership__acquirer",
        "designation__organisation",
        "proposed_by",
    )
    return related.filter(
        Q(status=ProposalStatus.ADOPTED)
        | Q(designation__organisation__in=organisations_of(viewer, Role.TPE, at=at))
        | Q(designation__partnership__in=partnerships_of(viewer, *INSIDE, at=at))
    )


def pending_applications(designation: Designation, *, viewer: Viewer, at: datetime) -> QuerySet[DesignationApplication]:
    """Return what the entity asked for this designation, while it is not decided."""
    return application_list(viewer=viewer, at=at).filter(designation=designation, status__in=PENDING)


def pending_measures(designation: Designation, *, viewer: Viewer, at: datetime) -> QuerySet[DesignationMeasure]:
    """Return what the secretariat proposed about this designation, while it is not decided."""
    return measure_list(viewer=viewer, at=at).filter(designation=designation, status=ProposalStatus.PROPOSED)


def story_of(subject: Model, names: Mapping[str, Promise]) -> list[tuple[str, Event]]:
    """Return what happened to a record, in the words given for each event, oldest first."""
    of_it = {"subject_type": subject._meta.label_lower, "subject_id": str(subject.pk)}
    found = Event.objects.filter(**of_it, name__in=names).select_related("actor").order_by("at", "recorded_at")
    return [(str(names[event.name]), event) for event in found]


def inbox_items(*, viewer: Viewer, at: datetime) -> list[Item]:
    """Return what waits for this person: applications to check, or to correct."""
    if not isinstance(viewer, User):
        return []
    serving = partnerships_of(viewer, Role.SECRETARIAT, at=at)
    related = DesignationApplication.objects.select_related("organisation")
    to_check = related.filter(status=ApplicationStatus.SUBMITTED, partnership__in=serving)
    to_check = to_check.annotate(due_at=F("case__due_at"))
    mine = related.filter(organisation__in=organisations_of(viewer, Role.TPE, at=at))
    return [
        *items_of(to_check, _("Check an application for designation")),
        *items_of(mine.filter(status=ApplicationStatus.RETURNED), _("Correct a returned application")),
    ]
