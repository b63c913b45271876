"""Public lists of countries and third-party entities. Their own pages show what every app knows: see jcm/views.py."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.lists import list_response
from parties import selectors
from parties.filters import CountryFilter, DesignationFilter
from parties.tables import COUNTRIES, DESIGNATIONS


@require_safe
def country_list(request: HttpRequest) -> HttpResponseBase:
    """The partner countries."""
    countries = CountryFilter(request.GET, selectors.country_list())
    return list_response(request, COUNTRIES, countries, at=timezone.now())


@require_safe
def designation_list(request: HttpRequest) -> HttpResponseBase:
    """The third-party entities that Joint Committees designated."""
    now = timezone.now()
    designations = DesignationFilter(request.GET, selectors.designation_list())
    return list_response(request, DESIGNATIONS, designations, at=now, today=now.date())
