"""From the application to the closing of an account: the holder's form, the administrators' page and buttons."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import attempt, posted
from core.errors import DomainError
from core.models import Rendition, User
from core.requests import form_refused, signed_in
from core.services import content_path
from parties.models import Role
from parties.policies import organisations_of
from registry import policies, services
from registry.forms.accounts import ApplicationForm, ReasonForm, RepresentativeForm
from registry.models import Account, AccountApplication
from registry.views.accounts import account_of


class AccountService(Protocol):
    """A service that moves an account."""

    def __call__(self, *, account_id: int, actor: User, at: datetime) -> Account: ...


@login_required
@require_http_methods(["GET", "POST"])
def account_apply(request: HttpRequest) -> HttpResponse:
    """Apply for an account of my organisation."""
    now, user = timezone.now(), signed_in(request)
    mine = organisations_of(user, Role.PARTICIPANT, at=now)
    if not mine:
        raise PermissionDenied
    form = ApplicationForm(posted(request), request.FILES or None, organisations=mine)
    if request.method == "POST" and form.is_valid():
        try:
            account = services.account_apply(**form.asked, actor=user, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("Received. Two administrators of the registry check the application."))
            return redirect(account)
    return render(request, "registry/account_apply.html", {"form": form})


def _kept(request: HttpRequest, number: str) -> Account:
    """Return the account that the person administers. Raises Http404, and PermissionDenied for its holder."""
    now = timezone.now()
    found = account_of(request, number, at=now)
    if not policies.can(policies.check_can_keep, signed_in(request), found, at=now):
        raise PermissionDenied
    return found


def manage_page(
    request: HttpRequest, found: Account, *, person: RepresentativeForm | None = None, status: int = 200
) -> HttpResponse:
    """Show the administrators' page of an account."""
    now, user = timezone.now(), signed_in(request)
    context = {
        "account": found,
        "application": AccountApplication.objects.filter(account=found).first(),
        "actions": policies.account_actions(user, found, at=now),
        "reason_form": ReasonForm(),
        "person_form": person or RepresentativeForm(),
        "representatives": found.representatives.filter(policies.in_force(now.date())).select_related("user"),
    }
    return render(request, "registry/account_manage.html", context, status=status)


@login_required
@require_safe
def account_manage(request: HttpRequest, number: str) -> HttpResponse:
    """What an administrator can do with an account: its application, its state, its representatives."""
    return manage_page(request, _kept(request, number))


@login_required
@require_safe
def account_document(request: HttpRequest, number: str, pk: int) -> FileResponse:
    """One document of an application; for the administrators and for who applied."""
    found = account_of(request, number, at=timezone.now())
    application = get_object_or_404(AccountApplication, account=found)
    user = signed_in(request)
    keeps = policies.can(policies.check_can_keep, user, found, at=timezone.now())
    if not keeps and application.applied_by_id != user.pk:
        raise Http404
    rendition = get_object_or_404(Rendition, document__in=application.documents.all(), pk=pk)
    content = storages["documents"].open(content_path(rendition.sha256))
    return FileResponse(content, as_attachment=True, filename=rendition.file_name, content_type=rendition.media_type)


def _act(request: HttpRequest, number: str, service: AccountService, done: str) -> HttpResponse:
    found, user, now = _kept(request, number), signed_in(request), timezone.now()
    to = f"{found.get_absolute_url()}manage/"
    return attempt(request, lambda: service(account_id=found.pk, actor=user, at=now), done=done, to=to)


@login_required
@require_POST
def account_check(request: HttpRequest, number: str) -> HttpResponse:
    """Find an application complete."""
    return _act(request, number, services.account_check, _("Checked. A colleague must open the account."))


@reauthentication_required  # type: ignore[untyped-decorator]  # credits may be held from here on: two people, sure of themselves
@require_POST
def account_approve(request: HttpRequest, number: str) -> HttpResponse:
    """Open an account that a colleague checked."""
    return _act(request, number, services.account_approve, _("The account is open. Name its representatives."))


def _with_reason(request: HttpRequest, number: str, service: Callable[..., Account], done: str) -> HttpResponse:
    reason = request.POST.get("reason", "")[:2000]

    def act(*, account_id: int, actor: User, at: datetime) -> Account:
        return service(account_id=account_id, reason=reason, actor=actor, at=at)

    return _act(request, number, act, done)


@login_required
@require_POST
def account_refuse(request: HttpRequest, number: str) -> HttpResponse:
    """Refuse an application."""
    return _with_reason(request, number, services.account_refuse, _("The application is refused."))


@login_required
@require_POST
def account_suspend(request: HttpRequest, number: str) -> HttpResponse:
    """Stop an account from giving and taking."""
    return _with_reason(request, number, services.account_suspend, _("The account is suspended."))


@login_required
@require_POST
def account_resume(request: HttpRequest, number: str) -> HttpResponse:
    """Let a suspended account give and take again."""
    return _with_reason(request, number, services.account_resume, _("The account is open again."))


@login_required
@require_POST
def account_close(request: HttpRequest, number: str) -> HttpResponse:
    """Close an empty account."""
    return _with_reason(request, number, services.account_close, _("The account is closed."))
