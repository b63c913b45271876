"""Public holidays of a Party: everybody reads them, the secretariat of its side writes them."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.answers import posted
from core.requests import signed_in
from parties import policies, services
from parties.forms.holidays import HolidaysForm
from parties.models import Country


@require_safe
def holiday_list(request: HttpRequest, iso2: str) -> HttpResponse:
    """The holidays of a Party."""
    country = get_object_or_404(Country, iso2=iso2)
    may_change = policies.can_keep_holidays(request.user, country, at=timezone.now())
    context = {"country": country, "holidays": country.holidays.all(), "may_change": may_change}
    return render(request, "parties/holidays.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def holidays_edit(request: HttpRequest, iso2: str) -> HttpResponse:
    """Replace the holidays of a Party."""
    now, user, country = timezone.now(), signed_in(request), get_object_or_404(Country, iso2=iso2)
    if not policies.can_keep_holidays(user, country, at=now):
        raise PermissionDenied
    form = HolidaysForm(posted(request), initial={"holidays": HolidaysForm.text_of(country.holidays.all())})
    if request.method == "POST" and form.is_valid():
        services.holidays_replace(country=country, days=form.cleaned_data["holidays"], actor=user, at=now)
        return redirect("parties:holidays", iso2)
    return render(request, "parties/holidays_edit.html", {"country": country, "form": form})
