"""The transparency log for people and programs: what it is, checkpoints, keys, entries."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry.log import export
from registry.log.checkpoint import signer
from registry.models import Registry
from registry.selectors import log

PAGE = 1_000
LARGEST = 2**62


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What the log is, and the latest checkpoint of each registry."""
    return render(request, "registry/log.html", {"checkpoints": log.log_latest()})


@require_safe
def checkpoint(_request: HttpRequest, code: str, size: int | None = None) -> HttpResponse:
    """The signed text of the latest checkpoint, or of the first one at a size."""
    found = log.log_checkpoint(_registry(code), size)
    if found is None:
        raise Http404
    return HttpResponse(found.text, content_type="text/plain; charset=utf-8")


@require_safe
def key(_request: HttpRequest, code: str) -> HttpResponse:
    """The public key of the log."""
    signs = signer(_registry(code).party.iso2, settings.LOG_SIGNING_KEY)
    return HttpResponse(f"{signs.verifier_key}\n", content_type="text/plain; charset=utf-8")


@require_safe
def entries(request: HttpRequest, code: str) -> HttpResponse:
    """The entries whose index is above `after`, one JSON object per line; the header Link leads to the next page."""
    registry = _registry(code)
    found = list(log.log_entries(registry, after=_after(request))[:PAGE])
    response = HttpResponse(map(export.line, found), content_type="application/x-ndjson")
    if len(found) == PAGE:
        following = reverse("registry:log-entries", args=[code], query={"after": found[-1].index})
        response["Link"] = f'<{following}>; rel="next"'
    return response


def _after(request: HttpRequest) -> int:
    text = request.GET.get("after", "-1")
    if not text.removeprefix("-").isdecimal() or len(text) > len(str(LARGEST)) or not text.isascii():
        raise Http404
    return int(text)


def _registry(code: str) -> Registry:
    registry = log.log_registry(code)
    if registry is None:
        raise Http404
    return registry
