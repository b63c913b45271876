"""Every refusal of the API is an RFC 9457 problem document."""

from typing import Any

from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler
from rest_framework.views import set_rollback

from core.errors import DomainError

MEDIA_TYPE = "application/problem+json"


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
        code, title = "not-found", "Not found"
    else:
        code = str(getattr(exc, "default_code", "error")).replace("_", "-")
        title = str(getattr(exc, "default_detail", "Error"))
    detail, errors = _details(response.data)
    problem = _problem(code, title, detail or title, response.status_code, errors)
    for header in ("WWW-Authenticate", "Retry-After"):
        if header in response.headers:
            problem.headers[header] = response.headers[header]
    return problem


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
