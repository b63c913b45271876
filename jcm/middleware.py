"""Answers to the machines that watch the site, before any other middleware."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from jcm import health as checks


def health(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer /healthz (the process lives) and /readyz (it can serve), whatever host name is asked for.

    First in the list: a load balancer speaks plain HTTP to an address, which the others would redirect or refuse.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return _plain(HttpResponse("ok\n", content_type="text/plain"))
        if request.path == "/readyz":
            found = checks.readiness()
            ready = all(found.values())
            words = {name: "ok" if good else "unavailable" for name, good in found.items()}
            return _plain(JsonResponse(words, status=200 if ready else 503))
        return get_response(request)

    return middleware


def _plain(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
