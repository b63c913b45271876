"""Certificates: the page where anybody checks one, its PDF, and the button that asks for one of a holding."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from core.requests import signed_in
from registry import selectors, services
from registry.filters import AsOfForm
from registry.models import Certificate
from registry.papers.certificate import certificate_pdf
from registry.papers.words import CERTIFICATE
from registry.views.accounts import account_of

SHOWN = 200


def _certificate(request: HttpRequest, number: str) -> Certificate:
    found = selectors.certificate_to_check(number, key=request.GET.get("key", ""))
    if found is None:
        raise Http404(number)
    return found


@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """What was certified, and whether the credits still are where the certificate says."""
    found = _certificate(request, number)
    lines = selectors.certificate_lines(found)
    context = {
        "certificate": found,
        "standing": selectors.certificate_standing(found),
        "in_the_log": selectors.in_the_log(found),
        "lines": lines[:SHOWN],
        "more": max(lines.count() - SHOWN, 0),
        "files": [(language, found.file_url(language)) for language in CERTIFICATE],
    }
    return render(request, "registry/certificate.html", context)


@require_safe
def certificate_file(request: HttpRequest, number: str, language: str) -> HttpResponse:
    """The certificate as PDF, in English or Japanese."""
    found = _certificate(request, number)
    if language not in CERTIFICATE:
        raise Http404(language)
    address = f"{settings.SITE_URL}{found.get_absolute_url()}"
    content = certificate_pdf(found, language=language, address=address)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}-{language}.pdf"'
    return response


@login_required
@require_POST
def certify_holding(request: HttpRequest, number: str) -> HttpResponse:
    """Certify what the account holds now, or held at the end of a day."""
    now = timezone.now()
    account, form = account_of(request, number, at=now), AsOfForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["as_of"][0]))
        return redirect("registry:statement", number)
    day = form.cleaned_data["as_of"]
    as_of = min(selectors.end_of(day), now) if day else now
    try:
        made = services.holding_certify(account=account, as_of=as_of, actor=signed_in(request), at=now)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("registry:statement", number)
    return redirect(made)
