"""How a button answers: one service call, one sentence, one page."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from core.errors import DomainError, NotPermitted

Done = TypeVar("Done")


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: what was sent, even nothing; None before anything was sent."""
    return request.POST if request.method == "POST" else None


def attempt(
    request: HttpRequest, act: Callable[[], Done], *, done: str | Callable[[Done], str], to: str
) -> HttpResponse:
    """Call one service, say what came of it, and show the page `to`. Raises PermissionDenied for the wrong person."""
    try:
        outcome = act()
    except NotPermitted as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except DomainError as refusal:
        for text in dict.fromkeys([str(refusal), *refusal.fields.values()]):
            messages.error(request, text)
    else:
        messages.success(request, done if isinstance(done, str) else done(outcome))
    return redirect(to)
