"""Who acts for an account, and which destinations it trusts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.answers import attempt, posted
from core.errors import DomainError
from core.requests import form_refused, signed_in
from registry import policies, services
from registry.forms.accounts import RepresentativeForm, TrustForm
from registry.views.accounts import account_of
from registry.views.applications import manage_page


@login_required
@require_POST
def representative_add(request: HttpRequest, number: str) -> HttpResponse:
    """Let a person act for the account."""
    now, user = timezone.now(), signed_in(request)
    found = account_of(request, number, at=now)
    if not policies.can(policies.check_can_keep, user, found, at=now):
        raise PermissionDenied
    form = RepresentativeForm(request.POST)
    if form.is_valid():
        try:
            services.representative_add(account_id=found.pk, **form.asked, actor=user, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("The person may act for the account from today on."))
            return redirect("registry:account-manage", number)
    return manage_page(request, found, person=form)


@login_required
@require_POST
def representative_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a person's right away."""
    now, user = timezone.now(), signed_in(request)
    found = account_of(request, number, at=now)
    row = get_object_or_404(found.representatives, pk=pk)
    return attempt(
        request,
        lambda: services.representative_remove(representative_id=row.pk, actor=user, at=now),
        done=_("The person does not act for the account any more."),
        to=f"{found.get_absolute_url()}manage/",
    )


@login_required
@require_http_methods(["GET", "POST"])
def trusted(request: HttpRequest, number: str) -> HttpResponse:
    """The destinations that the account trusts; a new one counts after some working days."""
    now, user = timezone.now(), signed_in(request)
    found = account_of(request, number, at=now)
    if not policies.can(policies.check_can_trust, user, found, at=now):
        raise PermissionDenied
    form = TrustForm(posted(request))
    if request.method == "POST" and form.is_valid() and form.destination is not None:
        try:
            services.trust_add(account_id=found.pk, destination=form.destination, actor=user, at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            messages.success(request, _("Added. The list says from when on it counts."))
            return redirect("registry:trusted", number)
    trusts = found.trusts.filter(removed_at=None).select_related(
        "destination__holder", "destination__registry__party", "added_by"
    )
    return render(request, "registry/trusted.html", {"account": found, "form": form, "trusts": trusts})


@login_required
@require_POST
def trust_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Stop trusting a destination."""
    now, user = timezone.now(), signed_in(request)
    found = account_of(request, number, at=now)
    row = get_object_or_404(found.trusts, pk=pk)
    return attempt(
        request,
        lambda: services.trust_remove(trust_id=row.pk, actor=user, at=now),
        done=_("The account is not trusted any more."),
        to=f"{found.get_absolute_url()}trusted/",
    )
