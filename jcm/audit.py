"""Who did what, when and on whose behalf, and what the rows said before and after; for auditors."""

import django_filters as filters
from django.contrib.auth.decorators import login_required
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject, Replace
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.errors import NotPermitted
from core.filters import YES, RecordFilter, day_filter, yes_no_filter
from core.lists import Column, Listing, list_response
from core.models import Event, RowChange
from core.requests import signed_in
from parties.policies import check_is_auditor

MOST_CHANGES = 20  # that are shown with one event


class EventFilter(RecordFilter):
    """What happened, by object, person and period."""

    subject = filters.CharFilter(label=_("Object"), help_text=_("Its number or name."), method="by_subject")
    subject_type = filters.CharFilter(label=_("Kind of object"), help_text=_("For example projects.project."))
    name = filters.CharFilter(label=_("What happened"), lookup_expr="startswith", help_text=_("For example decision."))
    actor = filters.CharFilter(label=_("Person"), help_text=_("Name or e-mail address."), method="by_actor")
    since = day_filter(_("From"), "at__date", "gte")
    until = day_filter(_("Until"), "at__date", "lte")

    class Meta:
        model = Event
        fields: list[str] = []

    def by_subject(self, events: QuerySet[Event], _name: str, text: str) -> QuerySet[Event]:
        """Keep what happened to the record with this key, or in whose label the text stands."""
        return events.filter(Q(subject_id=text) | Q(subject_label__icontains=text))

    def by_actor(self, events: QuerySet[Event], _name: str, text: str) -> QuerySet[Event]:
        """Keep what somebody with this name did."""
        return events.filter(Q(actor__name__icontains=text) | Q(actor__email__iexact=text))


class ChangeFilter(RecordFilter):
    """Changes of rows, by table, key and period, or those that no event explains."""

    subject_table = filters.CharFilter(label=_("Table"), help_text=_("For example committee_decision."))
    subject_id = filters.CharFilter(label=_("Key"))
    signed_in_as = filters.CharFilter(label=_("Database role"))
    transaction = filters.NumberFilter(label=_("Transaction of the database"), field_name="database_transaction")
    unexplained = yes_no_filter(_("Without an event"), "by_event")
    since = day_filter(_("From"), "at__date", "gte")
    until = day_filter(_("Until"), "at__date", "lte")

    class Meta:
        model = RowChange
        fields: list[str] = []

    def by_event(self, changes: QuerySet[RowChange], _name: str, asked: str) -> QuerySet[RowChange]:
        """Keep the changes with, or without, an event in the same database transaction."""
        told = Exists(Event.objects.filter(database_transaction=OuterRef("database_transaction")))
        return changes.filter(~told if asked == YES else told)


def _behalf(event: Event) -> str:
    return str(event.data.get("on_behalf_of", ""))


EVENTS = Listing(
    name="audit",
    template="jcm/audit.html",
    order="-at",
    sorts={"at": "at"},
    columns=(
        Column("at", lambda row: row.at.isoformat()),
        Column("event", lambda row: row.name),
        Column("object_type", lambda row: row.subject_type),
        Column("object_id", lambda row: row.subject_id),
        Column("object", lambda row: row.subject_label),
        Column("person", lambda row: row.actor.email if row.actor else ""),
        Column("on_behalf_of", _behalf),
        Column("details", lambda row: row.data),
        Column("rows_changed", lambda row: row.changed),
        Column("changes", lambda row: row.changes),
    ),
)
CHANGES = Listing(
    name="changes",
    template="jcm/audit_changes.html",
    order="-at",
    sorts={"at": "at"},
    columns=(
        Column("at", lambda row: row.at.isoformat()),
        Column("table", lambda row: row.subject_table),
        Column("key", lambda row: row.subject_id),
        Column("signed_in_as", lambda row: row.signed_in_as),
        Column("before", lambda row: row.before),
        Column("after", lambda row: row.after),
    ),
)


def events_with_changes() -> QuerySet[Event]:
    """Return what happened, each with the rows that its database transaction changed: those of its object first, and
    of the others as many as a page can show (a load of records is one transaction).
    """
    of_object = Q(
        subject_id=OuterRef("subject_id"), subject_table=Replace(OuterRef("subject_type"), Value("."), Value("_"))
    )
    rows = RowChange.objects.filter(database_transaction=OuterRef("database_transaction"))
    told = JSONObject(table="subject_table", key="subject_id", before="before", after="after")
    first = Case(When(of_object, then=Value(0)), default=Value(1))
    shown = rows.annotate(told=told, first=first).order_by("first", "pk").values_list("told")
    count = rows.order_by().values("database_transaction").annotate(count=Count("pk")).values("count")
    return Event.objects.select_related("actor").annotate(
        changes=ArraySubquery(shown[:MOST_CHANGES]), changed=Coalesce(Subquery(count), 0)
    )


def _check(request: HttpRequest) -> None:
    try:
        check_is_auditor(signed_in(request), at=timezone.now())
    except NotPermitted as refusal:
        raise PermissionDenied(str(refusal)) from refusal


@login_required
@require_safe
def event_list(request: HttpRequest) -> HttpResponseBase:
    """Everything that happened, newest first."""
    _check(request)
    return list_response(request, EVENTS, EventFilter(request.GET, events_with_changes()), at=timezone.now())


@login_required
@require_safe
def change_list(request: HttpRequest) -> HttpResponseBase:
    """Every change of a row, newest first."""
    _check(request)
    return list_response(request, CHANGES, ChangeFilter(request.GET, RowChange.objects.all()), at=timezone.now())
