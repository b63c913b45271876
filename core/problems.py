"""Every refusal of the API is an RFC 9457 problem document."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler
from rest_framework.views import set_rollback

from core.errors import DomainError

MEDIA_TYPE = "application/problem+json"
SERVER_ERROR = _("Something went wrong on our side. Nothing was changed. Try again in a minute.")
# What the framework refuses: code → HTTP status and what it means.
FRAMEWORK: dict[str, tuple[int, Promise]] = {
    "invalid": (400, _("The request holds something that cannot be read.")),
    "parse-error": (400, _("The body of the request cannot be read.")),
    "not-authenticated": (401, _("Sign in first.")),
    "authentication-failed": (401, _("The sign-in was not accepted.")),
    "permission-denied": (403, _("You may not do this.")),
    "not-found": (404, _("There is nothing at this address that you may see.")),
    "method-not-allowed": (405, _("This cannot be done at this address.")),
    "not-acceptable": (406, _("The answer is not available in the form that was asked for.")),
    "unsupported-media-type": (415, _("The body of the request has a form that is not understood.")),
    "throttled": (429, _("There were too many requests. Wait a little.")),
    "server-error": (500, SERVER_ERROR),
}


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal of the domain or of the framework into a problem document."""
    if isinstance(exc, DomainError):
        set_rollback()
        errors = [{"pointer": f"/{field}", "detail": text} for field, text in exc.fields.items()]
        return _problem(exc.code, str(exc.title), str(exc), exc.status, errors)
    response = drf_handler(exc, context)
    if response is None:
        return None
    if isinstance(exc, Http404 | exceptions.NotFound):
        code = "not-found"
    else:
        code = str(getattr(exc, "default_code", "error")).replace("_", "-")
    title = str(FRAMEWORK.get(code, (response.status_code, SERVER_ERROR))[1])
    detail, errors = _details(response.data)
    problem = _problem(code, title, detail or title, response.status_code, errors)
    for header in ("WWW-Authenticate", "Retry-After"):
        if header in response.headers:
            problem.headers[header] = response.headers[header]
    return problem


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: the code by which programs know it, its HTTP status, and what it means."""

    code: str
    status: int
    meaning: str


def kinds() -> list[Kind]:
    """Return every kind of problem that the interface can answer with, by code."""
    found = {code: Kind(code, http_status, str(meaning)) for code, (http_status, meaning) in FRAMEWORK.items()}
    waiting = [DomainError]
    while waiting:
        refusal = waiting.pop()
        waiting += refusal.__subclasses__()
        found.setdefault(refusal.code, Kind(refusal.code, refusal.status, str(refusal.title)))
    return sorted(found.values(), key=lambda kind: kind.code)


def _details(data: Any) -> tuple[str, list[dict[str, str]]]:
    if isinstance(data, dict) and set(data) == {"detail"}:
        return str(data["detail"]), []
    if isinstance(data, dict):
        return "", [{"pointer": f"/{field}", "detail": str(text)} for field, value in data.items() for text in value]
    return " ".join(str(item) for item in data), []


def _problem(code: str, title: str, detail: str, http_status: int, errors: list[dict[str, str]]) -> Response:
    body: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": title,
        "status": http_status or status.HTTP_400_BAD_REQUEST,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = errors
    return Response(body, status=http_status, content_type=MEDIA_TYPE)
