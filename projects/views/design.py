"""The participants' design: a task list of sections, then one submission."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import attempt, posted
from core.errors import DomainError
from core.requests import form_refused, signed_in
from parties.selectors import day_of
from projects import policies, rules, selectors, services
from projects.forms.design import SECTIONS, DocumentForm, DraftForm
from projects.models import Project


@login_required
@require_http_methods(["GET", "POST"])
def project_draft(request: HttpRequest) -> HttpResponse:
    """Begin a design."""
    now, user = timezone.now(), signed_in(request)
    if not policies.can_draft(user, at=now):
        raise PermissionDenied
    form = DraftForm(posted(request), partnerships=selectors.partnerships_open())
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(services.project_draft(**form.cleaned_data, actor=user, at=now))
        except DomainError as refusal:
            form_refused(form, refusal)
    return render(request, "projects/draft.html", {"form": form})


@login_required
@require_safe
def project_design(request: HttpRequest, pk: int) -> HttpResponse:
    """The task list of a draft, with the answers given so far; a submitted design is at its number."""
    project = get_object_or_404(selectors.project_list(viewer=request.user, at=timezone.now()), pk=pk)
    if project.number:
        return redirect(project)
    findings = {**rules.r_pd_07(project, _today(project)), **rules.design_findings(project)}
    sections = [
        {
            "name": name,
            "heading": section.heading,
            "missing": [findings[place] for place in section.places if place in findings],
        }
        for name, section in SECTIONS.items()
    ]
    context = {
        "project": project,
        "sections": sections,
        "complete": sum(not section["missing"] for section in sections),
        "findings": findings,
        "participants": project.participants.select_related("organisation", "party"),
        "methodologies": project.methodologies.select_related("methodology"),
        "renditions": selectors.renditions_of(project, involved=True),
    }
    return render(request, "projects/design.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def project_section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """One section of the design."""
    project = _draft_of(request, pk)
    if section not in SECTIONS:
        raise Http404
    form = SECTIONS[section](posted(request), project=project, day=_today(project))
    # A section without fields has nothing to save: no methodology is chosen, or none fixes a value.
    if request.method == "POST" and form.is_valid():
        now, user = timezone.now(), signed_in(request)
        try:
            services.project_update(project_id=pk, changes=form.changes(), actor=user, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return redirect(project)
    return _section_page(request, project, form, form.heading)


@login_required
@require_http_methods(["GET", "POST"])
def project_design_document(request: HttpRequest, pk: int) -> HttpResponse:
    """File the design document."""
    project = _draft_of(request, pk)
    form = DocumentForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        now, user = timezone.now(), signed_in(request)
        try:
            services.project_attach_document(project_id=pk, files=form.chosen(), actor=user, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return redirect(project)
    return _section_page(request, project, form, _("Design document"))


def _today(project: Project) -> date:
    return day_of(project.partnership, timezone.now())


def _draft_of(request: HttpRequest, pk: int) -> Project:
    """Return the draft. Raises Http404 where it cannot be seen, PermissionDenied where it cannot be changed."""
    now = timezone.now()
    project: Project = get_object_or_404(selectors.project_list(viewer=request.user, at=now), pk=pk)
    if not policies.can_edit(request.user, project, at=now):
        raise PermissionDenied
    return project


def _section_page(request: HttpRequest, project: Project, form: Any, heading: str) -> HttpResponse:
    return render(request, "projects/section.html", {"project": project, "form": form, "heading": heading})


@login_required
@require_POST
def project_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the design for validation."""
    now, user = timezone.now(), signed_in(request)
    project = get_object_or_404(selectors.project_list(viewer=user, at=now), pk=pk)
    return attempt(
        request,
        lambda: services.project_submit_design(project_id=pk, actor=user, at=now),
        done=lambda done: _("The design is submitted. Its reference number is %(number)s.") % {"number": done.number},
        to=project.get_absolute_url(),
    )
