"""The proponent's screens: propose, revise, change, submit, withdraw."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.answers import attempt, posted
from core.errors import DomainError
from core.models import User
from core.requests import signed_in
from methodologies import policies, selectors, services
from methodologies.forms import ProposalForm, WhereForm
from methodologies.models import Methodology
from methodologies.workflow import Status
from parties.models import Partnership


@login_required
@require_http_methods(["GET", "POST"])
def methodology_propose(request: HttpRequest) -> HttpResponse:
    """Draft a new methodology."""
    now, user = timezone.now(), signed_in(request)
    who = _who(user, selectors.partnerships_served(user, at=now), at=now)
    where = WhereForm(posted(request), **who)
    form = ProposalForm(posted(request), request.FILES or None)
    if request.method == "POST" and where.is_valid() and form.is_valid():
        return _propose(request, form, where, **where.cleaned_data)
    return _form_page(request, form, where=where)


@login_required
@require_http_methods(["GET", "POST"])
def methodology_revise(request: HttpRequest, number: str) -> HttpResponse:
    """Draft the next version of an approved methodology."""
    now, user = timezone.now(), signed_in(request)
    family = get_object_or_404(Methodology.objects.select_related("partnership"), number=number)
    served = selectors.partnerships_served(user, at=now).filter(pk=family.partnership_id)
    who = _who(user, served, at=now)
    latest = selectors.methodology_list(viewer=user, at=now).filter(methodology=family, status=Status.APPROVED).last()
    where = WhereForm(posted(request), **who, revision=True)
    sent = (posted(request), request.FILES or None)
    form = ProposalForm.of(latest, *sent) if latest else ProposalForm(*sent)
    if request.method == "POST" and where.is_valid() and form.is_valid():
        return _propose(request, form, where, partnership=family.partnership, methodology=family, **where.cleaned_data)
    return _form_page(request, form, where=where, family=family)


def _who(user: User, served: QuerySet[Partnership], *, at: datetime) -> dict[str, Any]:
    """Return for whom the person may propose. Raises PermissionDenied where that is nobody."""
    proponents, committees = selectors.proponents_of(user, at=at), list(served)
    if not proponents and not committees:
        raise PermissionDenied
    return {"proponents": proponents, "served": committees}


def _propose(request: HttpRequest, form: ProposalForm, where: WhereForm, **scope: Any) -> HttpResponse:
    try:
        version = services.methodology_propose(**form.content(), **scope, actor=signed_in(request), at=timezone.now())
    except DomainError as refusal:
        form.refuse(refusal)
        return _form_page(request, form, where=where, family=scope.get("methodology"))
    return redirect(version)


@login_required
@require_http_methods(["GET", "POST"])
def methodology_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft or a returned methodology, and submit it where that is asked; faults stand at their fields."""
    now, user = timezone.now(), signed_in(request)
    version = get_object_or_404(selectors.methodology_list(viewer=user, at=now), pk=pk)
    if not policies.can_edit(user, version, at=now):
        raise PermissionDenied
    form = ProposalForm.of(version, posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.methodology_update(version_id=pk, **form.content(), actor=user, at=now)
            if "submit" in request.POST:  # what was typed is kept even where it cannot be submitted yet
                services.methodology_submit(version_id=pk, actor=user, at=now)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(version)
    return _form_page(request, form, version=version)


def _form_page(request: HttpRequest, form: ProposalForm, **context: Any) -> HttpResponse:
    return render(request, "methodologies/proposal.html", {"form": form, **context})


@login_required
@require_POST
def methodology_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a methodology to the secretariat."""
    now, user = timezone.now(), signed_in(request)
    version = get_object_or_404(selectors.methodology_list(viewer=user, at=now), pk=pk)
    return attempt(
        request,
        lambda: services.methodology_submit(version_id=pk, actor=user, at=now),
        done=_("The methodology is with the secretariat."),
        to=version.get_absolute_url(),
    )


@login_required
@require_POST
def methodology_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposal back."""
    now, user = timezone.now(), signed_in(request)
    version = get_object_or_404(selectors.methodology_list(viewer=user, at=now), pk=pk)
    return attempt(
        request,
        lambda: services.methodology_withdraw(version_id=pk, actor=user, at=now),
        done=_("The proposal is withdrawn."),
        to=version.get_absolute_url(),
    )
