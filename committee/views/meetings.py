"""Meetings: everybody reads what was decided in them, the secretariat prepares and records them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from committee import policies, selectors, services, voices
from committee.forms.meetings import (
    ActionForm,
    AttendanceForm,
    DetailsForm,
    MeetingAgendaForm,
    MinutesForm,
    TableForm,
)
from committee.models import ActionItem, Meeting
from committee.workflow import MEETING, MeetingStatus
from core.answers import attempt, posted
from core.errors import DomainError
from core.files import file_response
from core.models import User
from core.requests import form_refused, signed_in
from parties.policies import COMMITTEE
from parties.selectors import pack_in_force, partnership_list
from parties.selectors.people import partnerships_of

MOVES: dict[str, tuple[Callable[..., object], object]] = {
    "open": (services.meeting_open, gettext_lazy("The meeting is in session.")),
    "close": (services.meeting_close, gettext_lazy("The meeting is closed.")),
    "cancel": (services.meeting_cancel, gettext_lazy("The meeting is cancelled.")),
    "publish": (services.minutes_publish, gettext_lazy("Everybody can read the minutes now.")),
}


@require_http_methods(["GET", "POST"])
def meetings(request: HttpRequest, slug: str) -> HttpResponse:
    """The meetings of one committee; its secretariat plans the next one."""
    now, user = timezone.now(), request.user
    partnership = get_object_or_404(partnership_list(), host__slug=slug)
    serves = policies.can_prepare(user, partnership, at=now)
    if request.method == "POST" and not serves:
        raise PermissionDenied
    initial = selectors.next_meeting(partnership) if serves else None
    form = DetailsForm(posted(request), partnership=partnership, initial=initial) if serves else None
    if form is not None and form.is_valid():
        try:
            meeting = services.meeting_plan(
                partnership=partnership, details=form.details(), actor=signed_in(request), at=now
            )
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return redirect(meeting)
    rows = selectors.meeting_list(viewer=user, at=now).filter(partnership=partnership)
    return render(request, "committee/meetings.html", {"partnership": partnership, "meetings": rows, "form": form})


@require_safe
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting with its decisions; for the committee its agenda, attendance and minutes too."""
    meeting = get_object_or_404(selectors.meeting_list(viewer=request.user, at=timezone.now()), pk=pk)
    return _page(request, meeting)


def _page(request: HttpRequest, meeting: Meeting, bound: forms.Form | None = None) -> HttpResponse:
    now, user = timezone.now(), request.user
    inside = selectors.is_inside(user, meeting.partnership, at=now)
    serves = policies.can_prepare(user, meeting.partnership, at=now)
    decisions = selectors.decision_list(viewer=user, at=now).filter(taken_in=meeting)
    context = {
        "meeting": meeting,
        "inside": inside,
        "decisions": decisions.prefetch_related("items").order_by("pk"),
        "entries": meeting.entries.select_related("item") if inside else [],
        "attendances": meeting.attendances.select_related("member", "party", "represented_by") if inside else [],
        "quorum": voices.quorum(meeting) if inside else {},
        "quorum_needed": pack_in_force(meeting.partnership, meeting.starts_on).quorum,
        "has_quorum": inside and voices.has_quorum(meeting),
        "minutes": meeting.minutes if inside or meeting.published_at else "",
        "files": selectors.minutes_of(meeting, inside=inside),
        "actions": meeting.actions.select_related("responsible", "done_by") if inside else [],
        "moves": _moves(meeting) if serves else [],
        "serves": serves,
        **(_forms(meeting, bound, now) if serves else {}),
    }
    return render(request, "committee/meeting.html", context)


def _moves(meeting: Meeting) -> list[str]:
    publish = meeting.status == MeetingStatus.CLOSED and meeting.minutes and not meeting.published_at
    return [*MEETING.available(meeting.status), *(["publish"] if publish else [])]


def _forms(meeting: Meeting, bound: forms.Form | None, at: datetime) -> dict[str, forms.Form]:
    """Return the forms of the secretariat that make sense now; `bound` is the one to show again."""
    made: list[tuple[str, forms.Form]] = []
    if meeting.status == MeetingStatus.PLANNED:
        made.append(("details_form", _details(meeting)))
    if meeting.status in (MeetingStatus.PLANNED, MeetingStatus.OPEN):
        made.append(("agenda_form", _agenda(meeting)))
    if meeting.status == MeetingStatus.OPEN:
        made.append(("attendance_form", _attendance(meeting, at)))
    if meeting.status in (MeetingStatus.OPEN, MeetingStatus.CLOSED):
        if not meeting.published_at:
            made.append(("minutes_form", MinutesForm(initial={"text": meeting.minutes})))
        made.append(("action_form", ActionForm(people=voices.people_inside(meeting.partnership, at=at))))
    return {name: bound if bound is not None and type(bound) is type(form) else form for name, form in made}


def _details(meeting: Meeting, data: Any = None) -> DetailsForm:
    names = ("number", "form", "place", "host", "starts_on", "ends_on")
    initial = {name: getattr(meeting, name) for name in names}
    return DetailsForm(data, partnership=meeting.partnership, initial=initial)


def _agenda(meeting: Meeting, data: Any = None) -> MeetingAgendaForm:
    return MeetingAgendaForm(data, items=list(selectors.agenda(meeting.partnership)), meeting=meeting)


def _attendance(meeting: Meeting, at: datetime, data: Any = None) -> AttendanceForm:
    return AttendanceForm(data, seats=voices.seats_of(meeting.partnership, at=at), meeting=meeting)


def _served(request: HttpRequest, pk: int) -> tuple[Meeting, User, datetime]:
    """Return the meeting, for somebody who serves its committee."""
    now, user = timezone.now(), signed_in(request)
    meeting = get_object_or_404(selectors.meeting_list(viewer=user, at=now), pk=pk)
    if not policies.can_prepare(user, meeting.partnership, at=now):
        raise PermissionDenied
    return meeting, user, now


def _done(
    request: HttpRequest, meeting: Meeting, form: forms.Form, act: Callable[[], object], said: str
) -> HttpResponse:
    """Call the service with a valid form; show the form again with what is wrong."""
    if form.is_valid():
        try:
            act()
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, said)
            return redirect(meeting)
    return _page(request, meeting, form)


@login_required
@require_POST
def meeting_change(request: HttpRequest, pk: int) -> HttpResponse:
    """The secretariat changes where and when people meet."""
    meeting, user, now = _served(request, pk)
    form = _details(meeting, request.POST)
    return _done(request, meeting, form, lambda: services.meeting_change(
        meeting_id=pk, details=form.details(), actor=user, at=now
    ), _("The meeting is changed."))  # fmt: skip


@login_required
@require_POST
def meeting_agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """The secretariat sets the agenda."""
    meeting, user, now = _served(request, pk)
    form = _agenda(meeting, request.POST)
    return _done(request, meeting, form, lambda: services.meeting_agenda(
        meeting_id=pk, entries=form.entries(), actor=user, at=now
    ), _("The agenda is set."))  # fmt: skip


@login_required
@require_POST
def meeting_attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """The secretariat records who is there."""
    meeting, user, now = _served(request, pk)
    form = _attendance(meeting, now, request.POST)
    return _done(request, meeting, form, lambda: services.attendance_record(
        meeting_id=pk, present=form.present(), actor=user, at=now
    ), _("The attendance is recorded."))  # fmt: skip


@login_required
@require_POST
def meeting_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The secretariat writes the minutes."""
    meeting, user, now = _served(request, pk)
    form = MinutesForm(request.POST, request.FILES)
    return _done(request, meeting, form, lambda: services.minutes_write(
        meeting_id=pk, text=form.cleaned_data["text"], files=form.chosen(), actor=user, at=now
    ), _("The minutes are saved."))  # fmt: skip


@login_required
@require_POST
def meeting_action(request: HttpRequest, pk: int) -> HttpResponse:
    """The secretariat notes what somebody is to do."""
    meeting, user, now = _served(request, pk)
    form = ActionForm(request.POST, people=voices.people_inside(meeting.partnership, at=now))
    return _done(request, meeting, form, lambda: services.action_add(
        meeting_id=pk, actor=user, at=now, **form.cleaned_data
    ), _("The action item is noted."))  # fmt: skip


@login_required
@require_POST
def meeting_move(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The secretariat opens, closes or cancels a meeting, or publishes its minutes."""
    if verb not in MOVES:
        raise Http404(verb)
    meeting, user, now = _served(request, pk)
    service, said = MOVES[verb]
    return attempt(
        request, lambda: service(meeting_id=pk, actor=user, at=now), done=str(said), to=meeting.get_absolute_url()
    )


@login_required
@require_POST
def action_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is responsible, or the secretariat, ticks something off."""
    now, user = timezone.now(), signed_in(request)
    mine = partnerships_of(user, *COMMITTEE, at=now)
    action = get_object_or_404(ActionItem.objects.filter(meeting__partnership__in=mine), pk=pk)
    return attempt(
        request,
        lambda: services.action_done(action_id=pk, actor=user, at=now),
        done=_("Done."),
        to=action.meeting.get_absolute_url(),
    )


@require_safe
def meeting_document(request: HttpRequest, pk: int, access: str) -> HttpResponseBase:
    """One paper of the minutes."""
    now = timezone.now()
    meeting = get_object_or_404(selectors.meeting_list(viewer=request.user, at=now), pk=pk)
    inside = selectors.is_inside(request.user, meeting.partnership, at=now)
    for rendition in selectors.minutes_of(meeting, inside=inside):
        if rendition.access == access:
            return file_response(request, rendition)
    raise Http404


@login_required
@require_POST
def decision_table(request: HttpRequest, pk: int) -> HttpResponse:
    """The secretariat puts a prepared decision to a meeting."""
    now, user = timezone.now(), signed_in(request)
    decision = get_object_or_404(selectors.decision_list(viewer=user, at=now), pk=pk)
    if not policies.can_prepare(user, decision.partnership, at=now):
        raise PermissionDenied
    form = TableForm(request.POST, meetings=selectors.meetings_in_session(decision.partnership))
    if not form.is_valid():
        messages.error(request, _("Choose a meeting that is in session."))
        return redirect(decision)
    return attempt(
        request,
        lambda: services.decision_table(decision_id=pk, meeting_id=form.cleaned_data["meeting"].pk, actor=user, at=now),
        done=_("The decision is before the meeting."),
        to=decision.get_absolute_url(),
    )


@login_required
@require_POST
def decision_record(request: HttpRequest, pk: int) -> HttpResponse:
    """The secretariat records that the meeting agreed."""
    now, user = timezone.now(), signed_in(request)
    decision = get_object_or_404(selectors.decision_list(viewer=user, at=now), pk=pk)
    return attempt(
        request,
        lambda: services.decision_record(decision_id=pk, actor=user, at=now),
        done=_("The decision is adopted."),
        to=decision.get_absolute_url(),
    )
