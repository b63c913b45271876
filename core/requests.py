"""Small helpers that every screen uses: who is signed in, and where a refusal is shown."""

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from core.errors import DomainError, NotPermitted
from core.models import User


def signed_in(request: HttpRequest) -> User:
    """Return the person behind the request. Raises PermissionDenied for nobody; views ask for sign-in before."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def form_refused(form: forms.Form, refusal: DomainError) -> None:
    """Show a refusal at the fields that it names, or above the form. Raises PermissionDenied for the wrong person."""
    if isinstance(refusal, NotPermitted):
        raise PermissionDenied(str(refusal)) from refusal
    for field, text in refusal.fields.items():
        form.add_error(field if field in form.fields else None, text)
    if not refusal.fields:
        form.add_error(None, str(refusal))


def client_address(request: HttpRequest) -> str:
    """Return the address of whoever asks, as the outermost of our own proxies saw it (settings.PROXIES of them).

    Whatever the visitor wrote into X-Forwarded-For stands further left and is not believed.
    """
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if settings.PROXIES and len(seen) >= settings.PROXIES:
        return seen[-settings.PROXIES]
    return str(request.META.get("REMOTE_ADDR", ""))
