"""Project idea notes: the list and the page for everybody, filing and checking for those who may."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import attempt, posted
from core.errors import DomainError, NotPermitted
from core.files import file_response
from core.lists import list_response
from core.models import Rendition
from core.requests import form_refused, signed_in
from parties.models import Role
from parties.policies import organisations_of
from parties.ports import check_may_read
from projects import policies, selectors, services
from projects.filters import IdeaNoteFilter
from projects.forms.ideas import IdeaNoteForm, ProponentForm
from projects.forms.monitoring import ReasonForm
from projects.models import ProjectIdeaNote
from projects.tables import IDEA_NOTES, idea_note_rows


@require_safe
def idea_note_list(request: HttpRequest) -> HttpResponseBase:
    """The idea notes that committees consider or answered."""
    notes = IdeaNoteFilter(request.GET, idea_note_rows())
    return list_response(request, IDEA_NOTES, notes, at=timezone.now())


@login_required
@require_http_methods(["GET", "POST"])
def idea_note_new(request: HttpRequest) -> HttpResponse:
    """File an idea note."""
    now, user = timezone.now(), signed_in(request)
    proponents = organisations_of(user, Role.PARTICIPANT, at=now)
    if not proponents:
        raise PermissionDenied
    who = ProponentForm(posted(request), proponents=proponents)
    form = IdeaNoteForm(posted(request), request.FILES or None)
    if request.method == "POST" and who.is_valid() and form.is_valid():
        try:
            return redirect(
                services.idea_note_file(
                    **who.cleaned_data, content=form.content(), files=form.chosen(), actor=user, at=now
                )
            )
        except DomainError as refusal:
            form_refused(form, refusal)
    return render(request, "projects/idea_note_form.html", {"form": form, "who": who})


@login_required
@require_http_methods(["GET", "POST"])
def idea_note_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Correct a returned idea note and submit it again."""
    note, now, user = _note(request, number), timezone.now(), signed_in(request)
    if "submit" not in policies.idea_actions(user, note, at=now):
        raise PermissionDenied
    form = IdeaNoteForm.of(note, posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.idea_note_correct(note_id=note.pk, content=form.content(), files=form.chosen(), actor=user, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return redirect(note)
    return render(request, "projects/idea_note_form.html", {"form": form, "note": note})


def _note(request: HttpRequest, number: str) -> ProjectIdeaNote:
    notes = selectors.idea_note_list(viewer=request.user, at=timezone.now())
    note: ProjectIdeaNote = get_object_or_404(notes, number=number)
    return note


@require_safe
def idea_note_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One idea note with the committee's answer, and what can be done with it now."""
    return _page(request, _note(request, number))


def _page(request: HttpRequest, note: ProjectIdeaNote, reason: ReasonForm | None = None) -> HttpResponse:
    now, viewer = timezone.now(), request.user
    inside = selectors.is_inside_idea(viewer, note, at=now)
    context = {
        "note": note,
        "renditions": selectors.files_of_idea(note, inside=inside),
        "reason": selectors.reason_of_idea(note, inside=inside),
        "projects": selectors.project_list(viewer=viewer, at=now).filter(idea_note=note),
        "actions": policies.idea_actions(viewer, note, at=now),
        "reason_form": reason or ReasonForm(),
    }
    return render(request, "projects/idea_note.html", context)


@require_safe
def idea_note_document(request: HttpRequest, number: str, access: str) -> HttpResponseBase:
    """One file of an idea note; the restricted one only for those inside."""
    note = _note(request, number)
    inside = selectors.is_inside_idea(request.user, note, at=timezone.now())
    files = selectors.files_of_idea(note, inside=inside)
    rendition = next((file for file in files if file.access == access), None)
    if rendition is None:
        raise Http404
    if rendition.access == Rendition.Access.RESTRICTED:
        try:
            check_may_read(request.user, note, note.partnership, at=timezone.now())
        except NotPermitted as refusal:
            raise PermissionDenied(str(refusal)) from refusal
    return file_response(request, rendition)


@login_required
@require_POST
def idea_note_accept(request: HttpRequest, number: str) -> HttpResponse:
    """Find an idea note complete: it goes to the Joint Committee."""
    note, now, user = _note(request, number), timezone.now(), signed_in(request)
    return _answer(
        request,
        note,
        lambda: services.idea_note_accept(note_id=note.pk, actor=user, at=now),
        _("The idea note is on the Joint Committee's agenda."),
    )


@login_required
@require_POST
def idea_note_return(request: HttpRequest, number: str) -> HttpResponse:
    """Send an incomplete idea note back, with the reason."""
    note, now, user = _note(request, number), timezone.now(), signed_in(request)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, note, form)
    return _answer(
        request,
        note,
        lambda: services.idea_note_return(note_id=note.pk, actor=user, at=now, **form.cleaned_data),
        _("The idea note is back with its proponent."),
    )


@login_required
@require_POST
def idea_note_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take an idea note back."""
    note, now, user = _note(request, number), timezone.now(), signed_in(request)
    return _answer(
        request,
        note,
        lambda: services.idea_note_withdraw(note_id=note.pk, actor=user, at=now),
        _("The idea note is withdrawn."),
    )


def _answer(request: HttpRequest, note: ProjectIdeaNote, act: Callable[[], ProjectIdeaNote], done: str) -> HttpResponse:
    return attempt(request, act, done=done, to=note.get_absolute_url())
