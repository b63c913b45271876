"""What each registry publishes: its account holders, credits by account type, and transactions by year."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core import spreadsheets
from registry.filters import AsOfForm
from registry.models import Account, Registry
from registry.selectors import history, reports
from registry.workflow import AccountState

Rows = Callable[[Registry, datetime | None], Sequence[Any]]
REPORTS: dict[str, tuple[type, Rows]] = {
    "account-holders": (reports.Holder, lambda registry, _as_of: reports.account_holders(registry)),
    "credits-by-account-type": (
        reports.KindAmount,
        lambda registry, as_of: reports.credits_by_kind(registry, as_of=as_of),
    ),
    "annual-transactions": (reports.Year, lambda registry, _as_of: reports.annual_transactions(registry)),
}


@require_safe
def registry_list(request: HttpRequest) -> HttpResponse:
    """The registries, each with the page of what it publishes."""
    return render(request, "registry/registries.html", {"registries": reports.registries()})


@require_safe
def registry_detail(request: HttpRequest, code: str) -> HttpResponse:
    """The three reports of one registry; ?as_of= asks for the credits by account type at the end of a day."""
    registry = get_object_or_404(reports.registries(), party__iso2=code.upper())
    if code != code.lower():
        return redirect("registry:registry", code.lower(), permanent=True)
    form = AsOfForm(request.GET)
    as_of = _moment(form)
    kinds = reports.credits_by_kind(registry, as_of=as_of)
    context = {
        "registry": registry,
        "code": code,
        "form": form,
        "as_of": as_of,
        "holders": [(row, AccountState(row.state).label) for row in reports.account_holders(registry)],
        "kinds": [(Account.Kind(row.account_type).label, row.quantity_tco2e) for row in kinds],
        "sum": sum(row.quantity_tco2e for row in kinds),
        "years": reports.annual_transactions(registry),
    }
    return render(request, "registry/registry.html", context, status=200 if form.is_valid() else 400)


def _moment(form: AsOfForm) -> datetime | None:
    day = form.cleaned_data["as_of"] if form.is_valid() else None
    return history.end_of(day) if day else None


@require_safe
def report(request: HttpRequest, code: str, name: str, file_format: str) -> HttpResponse:
    """One report as a file, CSV or JSON."""
    registry = get_object_or_404(reports.registries(), party__iso2=code.upper())
    form = AsOfForm(request.GET)
    if name not in REPORTS or not form.is_valid():
        raise Http404(name)
    kind, rows_of = REPORTS[name]
    now = timezone.now()
    rows = [asdict(row) for row in rows_of(registry, _moment(form))]
    made = {"csv": _csv, "json": _json}.get(file_format)
    if made is None:
        raise Http404(file_format)
    content = made(rows, [field.name for field in fields(kind)], {"registry": registry.party.iso2, "report": name})
    return spreadsheets.download(f"{code.lower()}-{name}", file_format, content, at=min(_moment(form) or now, now))


def _csv(rows: list[dict[str, object]], columns: list[str], _about: dict[str, str]) -> bytes:
    return spreadsheets.csv_file([columns, *(list(row.values()) for row in rows)])


def _json(rows: list[dict[str, object]], _columns: list[str], about: dict[str, str]) -> bytes:
    return json.dumps({**about, "results": rows}, ensure_ascii=False, indent=1).encode()
