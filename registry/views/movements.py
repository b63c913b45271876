"""Transfer, retire and cancel: the holder's form, the check of the answers, the proposal."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.answers import posted
from core.errors import DomainError
from core.requests import form_refused, signed_in
from registry import policies, services
from registry.forms.movements import FORMS, MovementForm
from registry.holdings import free_spans, take
from registry.models import Account
from registry.selectors import accounts, proposals
from registry.views.accounts import account_of


@login_required
@require_http_methods(["GET", "POST"])
def movement(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Ask for a transfer, retirement, cancellation or correction; the effect is shown before it is proposed."""
    now, user = timezone.now(), signed_in(request)
    found = account_of(request, number, at=now)
    if not policies.can(policies.proposing(kind), user, found, at=now):
        raise PermissionDenied
    form = FORMS[kind](posted(request), account=found)
    if request.method == "POST" and form.is_valid() and "change" not in request.POST:
        answer = _propose(request, form) if "submit" in request.POST else _check(request, form)
        if answer is not None:
            return answer
    context = {"account": found, "form": form, "kind": kind, "balance": accounts.balance(found)}
    return render(request, "registry/movement.html", context)


def _propose(request: HttpRequest, form: MovementForm) -> HttpResponse | None:
    try:
        proposal = services.proposal_create(
            kind=form.kind,
            from_account=form.account,
            asks=[form.ask()],
            key=str(form.cleaned_data["key"]),
            actor=signed_in(request),
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            decision_number=form.decision,
        )
    except DomainError as refusal:
        form_refused(form, refusal)
        return None
    return redirect(proposal)


def _check(request: HttpRequest, form: MovementForm) -> HttpResponse | None:
    account: Account = form.account
    spans = take(free_spans(account, form.wanted), form.cleaned_data["quantity"])
    if not form.accepts(spans):
        return None
    effect = proposals.preview(form.kind, account, form.target, spans, at=timezone.now())
    context = {"account": account, "form": form, "kind": form.kind, "preview": effect, "target": form.target}
    return render(request, "registry/movement_check.html", context)
