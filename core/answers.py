"""How a button answers: one service call, one sentence, one page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.errors import DomainError


def attempt(request: HttpRequest, act: Callable[[], object], *, done: str, to: str) -> HttpResponse:
    """Call one service, say what came of it, and show the page `to`."""
    try:
        act()
    except DomainError as refusal:
        for text in dict.fromkeys([str(refusal), *refusal.fields.values()]):
            messages.error(request, text)
    else:
        messages.success(request, done)
    return redirect(to)
