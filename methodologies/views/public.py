"""What everybody sees of methodologies."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.lists import list_response
from methodologies.filters import MethodologyFilter
from methodologies.tables import METHODOLOGIES, methodology_rows


@require_safe
def methodology_list(request: HttpRequest) -> HttpResponseBase:
    """The methodologies, approved and proposed."""
    versions = MethodologyFilter(request.GET, methodology_rows())
    return list_response(request, METHODOLOGIES, versions, at=timezone.now())
