"""Rule packs: public once adopted; the secretariat drafts the next one, sees what it would change, and proposes it."""

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import attempt, posted
from core.errors import DomainError
from core.models import User
from core.requests import form_refused, signed_in
from parties import casework, packs, policies, selectors, services
from parties.forms.packs import PackForm
from parties.models import RulePack
from parties.workflow import PackStatus


@require_safe
def pack_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The rule packs of a partnership, the newest first."""
    now = timezone.now()
    partnership = get_object_or_404(selectors.partnership_list(), host__slug=slug)
    context = {
        "partnership": partnership,
        "packs": selectors.pack_list(viewer=request.user, at=now).filter(partnership=partnership).order_by("-version"),
        "in_force": selectors.pack_in_force(partnership, now.date()),
        "serves": policies.is_secretariat(request.user, partnership, at=now),
    }
    return render(request, "parties/packs.html", context)


@require_safe
def pack_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One rule pack, and what differs from another one: the one before unless `against` names another."""
    now, pack = timezone.now(), pack_of(request, number)
    others = selectors.pack_list(viewer=request.user, at=now).filter(partnership=pack.partnership).exclude(pk=pack.pk)
    against = others.filter(number=request.GET.get("against", "")).first()
    against = against or others.filter(version__lt=pack.version).order_by("version").last()
    serves = policies.is_secretariat(request.user, pack.partnership, at=now)
    context = {
        "pack": pack,
        "settings": packs.settings_shown(pack),
        "checklists": packs.checklists_shown(pack),
        "others": others.order_by("version"),
        "against": against,
        "differences": packs.differences(against, pack) if against else [],
        "in_force": selectors.pack_in_force(pack.partnership, now.date()).pk == pack.pk,
        "may_change": serves and pack.status == PackStatus.DRAFT,
        "may_take_back": serves and pack.status == PackStatus.PROPOSED,
        "may_dry_run": serves and packs.comes(pack, now),
    }
    return render(request, "parties/pack.html", context)


def pack_of(request: HttpRequest, number: str) -> RulePack:
    """Return the pack if this visitor may see it. Raises Http404."""
    return get_object_or_404(selectors.pack_list(viewer=request.user, at=timezone.now()), number=number)


@login_required
@require_POST
def pack_draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin the next pack as a copy of the present one."""
    now, user = timezone.now(), signed_in(request)
    partnership = get_object_or_404(selectors.partnership_list(), host__slug=slug)
    return attempt(
        request,
        lambda: services.pack_draft(partnership=partnership, actor=user, at=now),
        done=lambda pack: _("%(number)s is a copy of the present rule pack. Change it.") % {"number": pack.number},
        to=selectors.packs_url(partnership),
    )


@login_required
@require_http_methods(["GET", "POST"])
def pack_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change a draft."""
    now, user, pack = timezone.now(), signed_in(request), pack_of(request, number)
    if not policies.is_secretariat(user, pack.partnership, at=now) or pack.status != PackStatus.DRAFT:
        raise PermissionDenied
    form = PackForm(posted(request), pack=pack)
    if request.method == "POST" and form.is_valid():
        try:
            services.pack_change(pack_id=pack.pk, **form.content(), actor=user, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return redirect(pack)
    return render(request, "parties/pack_edit.html", {"pack": pack, "form": form})


@login_required
@require_safe
def pack_dry_run(request: HttpRequest, number: str) -> HttpResponse:
    """Which open cases are under way, and which deadlines would differ if they came under this pack."""
    now, user, pack = timezone.now(), signed_in(request), pack_of(request, number)
    if not policies.is_secretariat(user, pack.partnership, at=now):
        raise PermissionDenied
    rows = casework.dry_run(pack, at=now)
    context = {"pack": pack, "rows": rows, "touched": sum(row.differs for row in rows)}
    return render(request, "parties/pack_dry_run.html", context)


@login_required
@require_POST
def pack_propose(request: HttpRequest, number: str) -> HttpResponse:
    """Put a draft on the Joint Committee's agenda."""
    return _act(request, number, services.pack_propose, _("The rule pack is on the Joint Committee's agenda."))


@login_required
@require_POST
def pack_take_back(request: HttpRequest, number: str) -> HttpResponse:
    """Take a proposed pack off the agenda: it is a draft again."""
    return _act(request, number, services.pack_take_back, _("The rule pack is a draft again."))


@login_required
@require_POST
def pack_drop(request: HttpRequest, number: str) -> HttpResponse:
    """Throw a draft away."""
    pack = pack_of(request, number)
    to = selectors.packs_url(pack.partnership)
    return _act(request, number, services.pack_drop, _("The draft is deleted."), to=to)


def _act(request: HttpRequest, number: str, service: Callable[..., object], done: str, *, to: str = "") -> HttpResponse:
    now, user, pack = timezone.now(), signed_in(request), pack_of(request, number)
    return attempt(request, lambda: _call(service, pack, user, now), done=done, to=to or pack.get_absolute_url())


def _call(service: Callable[..., object], pack: RulePack, user: User, at: datetime) -> object:
    return service(pack_id=pack.pk, actor=user, at=at)
