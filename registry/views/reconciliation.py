"""Registries kept elsewhere: who they are, how both books compare, and what people do about differences."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import attempt, posted
from core.errors import DomainError
from core.lists import list_response
from core.requests import form_refused, signed_in
from registry import policies, services
from registry.filters import CycleFilter, DifferenceFilter
from registry.forms.reconciliation import ClosingForm, CorrectionForm, CounterpartForm
from registry.models import Counterpart, Cycle
from registry.selectors import accounts, freezes, reconciliation
from registry.services.messages import our_key
from registry.tables import CYCLES, DIFFERENCES

SHOWN = 50


@login_required
@require_safe
def cycle_list(request: HttpRequest) -> HttpResponseBase:
    """The registries kept elsewhere that I deal with, and every comparison with them."""
    now, user = timezone.now(), signed_in(request)
    listed = CycleFilter(request.GET, reconciliation.cycle_list(viewer=user, at=now))
    found: QuerySet[Any] = reconciliation.counterpart_list(viewer=user, at=now)
    standing = [(row, policies.counterpart_state(row), policies.is_silent(row, row.heard_at, at=now)) for row in found]
    may_enter = accounts.registry_list(viewer=user, at=now).exists()
    return list_response(request, CYCLES, listed, at=now, counterparts=standing, may_enter=may_enter)


@login_required
@require_http_methods(["GET", "POST"])
def counterpart_enter(request: HttpRequest) -> HttpResponse:
    """Enter a registry kept elsewhere; a colleague confirms it."""
    now, user = timezone.now(), signed_in(request)
    registries = accounts.registry_list(viewer=user, at=now)
    if not registries.exists():
        raise PermissionDenied
    form = CounterpartForm(posted(request), registries=registries, initial={"registry": registries.first()})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.counterpart_enter(**form.cleaned_data, actor=user, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("Entered. A colleague must confirm it before anything is exchanged."))
            return redirect(made.get_absolute_url())
    return render(request, "registry/counterpart_enter.html", {"form": form})


def _counterpart(request: HttpRequest, pk: int, *, at: datetime) -> Any:
    return get_object_or_404(reconciliation.counterpart_list(viewer=signed_in(request), at=at), pk=pk)


@login_required
@require_safe
def counterpart(request: HttpRequest, pk: int) -> HttpResponse:
    """One registry kept elsewhere: its key and ours, what was said last, what was refused."""
    now, user = timezone.now(), signed_in(request)
    found = _counterpart(request, pk, at=now)
    context = {
        "counterpart": found,
        "state": policies.counterpart_state(found),
        "silent": policies.is_silent(found, found.heard_at, at=now),
        "our_key": our_key(found).public,
        "said": reconciliation.messages_of(found)[:SHOWN],
        "refused": found.refused.all()[:SHOWN],
        "may_confirm": policies.can(policies.check_can_confirm_counterpart, user, found, at=now),
        "waiting": reconciliation.cycle_in_exchange(found),
    }
    return render(request, "registry/counterpart.html", context)


def _act_on(request: HttpRequest, pk: int, service: Callable[..., Counterpart], done: str) -> HttpResponse:
    now, user = timezone.now(), signed_in(request)
    found = _counterpart(request, pk, at=now)
    to = found.get_absolute_url()
    return attempt(request, lambda: service(counterpart_id=found.pk, actor=user, at=now), done=done, to=to)


@reauthentication_required  # type: ignore[untyped-decorator]  # a key is trusted here: whoever confirms has proven just now who they are
@require_POST
def counterpart_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm what a colleague entered."""
    return _act_on(request, pk, services.counterpart_confirm, _("Confirmed. Messages are exchanged from now on."))


@login_required
@require_POST
def counterpart_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the exchange for good."""
    return _act_on(request, pk, services.counterpart_stop, _("Stopped. Nothing is exchanged any more."))


@login_required
@require_POST
def cycle_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare both books as of now."""
    now, user = timezone.now(), signed_in(request)
    found = _counterpart(request, pk, at=now)
    return attempt(
        request,
        lambda: services.cycle_start(counterpart_id=found.pk, as_of=now, actor=user, at=now),
        done=_("Asked. The comparison goes on when the other side fetches the request."),
        to=found.get_absolute_url(),
    )


def _cycle(request: HttpRequest, pk: UUID, *, at: datetime) -> Cycle:
    found: Cycle = get_object_or_404(reconciliation.cycle_list(viewer=signed_in(request), at=at), pk=pk)
    return found


@login_required
@require_safe
def cycle(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """One comparison: how far it is, what differs, what is frozen for it, and what I may do."""
    now, user = timezone.now(), signed_in(request)
    found = _cycle(request, pk, at=now)
    listed = DifferenceFilter(request.GET, found.differences.all())
    frozen = freezes.freeze_list(viewer=user, at=now).filter(cycle=found)
    context = {
        "cycle": found,
        "freezes": [(row, policies.freeze_state(row)) for row in frozen[:SHOWN]],
        "frozen": frozen.count(),
        "said": reconciliation.messages_of(found.counterpart).filter(correlation_id=found.pk)[:SHOWN],
        "may_close": policies.can(policies.check_can_close, user, found, at=now),
        "correction": CorrectionForm(),
        "closing": ClosingForm(),
    }
    return list_response(request, DIFFERENCES, listed, at=now, **context)


def _close(
    request: HttpRequest, pk: UUID, form: forms.Form, service: Callable[..., Cycle], done: str
) -> HttpResponse:  # fmt: skip
    now, user = timezone.now(), signed_in(request)
    found = _cycle(request, pk, at=now)
    form.is_valid()  # the service refuses what is empty, and says so
    words = {name: form.cleaned_data.get(name, "") for name in form.fields}
    to = found.get_absolute_url()
    return attempt(request, lambda: service(cycle_id=found.pk, **words, actor=user, at=now), done=done, to=to)


@login_required
@require_POST
def cycle_correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what was corrected."""
    done = _("Recorded. A colleague closes the comparison.")
    return _close(request, pk, CorrectionForm(request.POST), services.cycle_correct, done)


@login_required
@require_POST
def cycle_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close a comparison that a colleague called corrected."""
    done = _("Closed. What is frozen stays frozen until two administrators lift it.")
    return _close(request, pk, ClosingForm(request.POST), services.cycle_close, done)
