"""The statement of an account: what came and went in a period, with the balances before and after."""

from datetime import date, datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core import spreadsheets
from registry.filters import AsOfForm, PeriodForm
from registry.models import Account
from registry.papers.statement import statement_pdf, statement_rows
from registry.selectors.statements import Statement, statement
from registry.views.accounts import account_of

SHOWN = 200


@login_required
@require_safe
def account_statement(request: HttpRequest, number: str) -> HttpResponse:
    """The statement of a period, this year where none is asked for; ?format= gives it as a file."""
    now = timezone.now()
    account = account_of(request, number, at=now)
    asked = {"first_day": date(now.year, 1, 1), "last_day": now.date()} | request.GET.dict()
    form = PeriodForm(asked)
    if not form.is_valid():
        return render(request, "registry/statement.html", {"account": account, "form": form}, status=400)
    days = {name: form.cleaned_data[name] for name in ("first_day", "last_day")}
    made = statement(account, **days)
    if file_format := request.GET.get("format"):
        return _file(made, account, file_format, at=now)
    rows = list(made.movements[: SHOWN + 1])
    context = {"account": account, "form": form, "statement": made, "rows": rows[:SHOWN], "more": len(rows) > SHOWN}
    return render(request, "registry/statement.html", context | {"certify": AsOfForm()})


def _file(made: Statement, account: Account, file_format: str, *, at: datetime) -> HttpResponse:
    name = f"statement-{account.number}-{made.first_day}-{made.last_day}"
    if file_format == "csv":
        content = spreadsheets.csv_file(statement_rows(made))
    elif file_format == "xlsx":
        content = spreadsheets.xlsx_file(account.number, statement_rows(made), made=at)
    elif file_format == "pdf":
        content = statement_pdf(made, at=at)
    else:
        raise Http404(file_format)
    return spreadsheets.download(name, file_format, content, at=at)
