"""What everybody sees of the registries: the list of credits, and the page of a serial number."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.lists import list_response
from registry import selectors, serials
from registry.filters import CreditFilter
from registry.selectors import authorizations
from registry.tables import CREDITS


@require_safe
def credit_list(request: HttpRequest) -> HttpResponseBase:
    """The credit blocks of every registry, with the tonnes of those that are listed."""
    credits_ = CreditFilter(request.GET, selectors.block_list())
    total = selectors.block_totals(credits_.qs)
    as_of = credits_.form.cleaned_data.get("as_of") if credits_.is_valid() else None
    return list_response(request, CREDITS, credits_, at=timezone.now(), tonnes=total, as_of=as_of)


@require_safe
def credit_detail(request: HttpRequest, serial: str) -> HttpResponse:
    """Where the credits with this serial number are, or a page that helps where there are none."""
    asked = serials.read(serial)
    if asked is None:
        return render(request, "registry/credit_unknown.html", {"text": serial}, status=404)
    if serial != str(asked):
        return redirect("registry:credit-detail", str(asked), permanent=True)
    lookup = selectors.serial_lookup(asked)
    context = {"asked": asked, "lookup": lookup, "text": serial}
    if lookup is None or not lookup.blocks:
        return render(request, "registry/credit_unknown.html", context, status=404)
    transfers = authorizations.first_transfers(lookup.blocks)
    return render(request, "registry/credit_detail.html", {**context, "first_transfers": transfers})
