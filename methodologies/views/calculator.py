"""Anyone may try a methodology with numbers of their own; the address carries them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.spreadsheets import download
from methodologies import selectors
from methodologies.calculator import CalculatorForm
from methodologies.document import calculation_of
from methodologies.engine.definition import DefinitionError
from methodologies.engine.reading import read
from methodologies.workbook import workbook


@require_safe
def calculator(request: HttpRequest, pk: int) -> HttpResponse:
    """A form with a field for each number, and the result of one calendar year. Nothing is kept."""
    version = get_object_or_404(selectors.methodology_list(viewer=request.user, at=timezone.now()), pk=pk)
    try:
        definition = read(version.definition or {})
    except DefinitionError as problem:
        raise Http404 from problem
    form = CalculatorForm(definition, request.GET.dict())
    year = form.result() if form.is_valid() else None
    if year and request.GET.get("format") == "xlsx":
        now = timezone.now()
        return download(f"{version.label}-calculator", "xlsx", workbook(form.content(version.title), made=now), at=now)
    context = {
        "version": version,
        "form": form,
        "year": year,
        "calculation": calculation_of(version),
        "asked": request.GET.urlencode(),
    }
    return render(request, "methodologies/calculator.html", context)
