"""What the list of methodologies can be asked."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.filters import RecordFilter, day_filter, source_filter
from methodologies.models import MethodologyVersion
from methodologies.search import search
from methodologies.workflow import Status
from parties.filters import country_filter, scope_filter

PUBLIC_STATES = [choice for choice in Status.choices if choice[0] not in (Status.DRAFT, Status.RETURNED)]


class MethodologyFilter(RecordFilter):
    """Methodology versions, by words, country, scope, status and day of approval."""

    q = filters.CharFilter(label=_("Title or number"), method="search")
    country = country_filter("methodology__partnership__host")
    number = filters.CharFilter(label=_("Methodology"), field_name="methodology__number", lookup_expr="iexact")
    scope = scope_filter("sectoral_scope")
    status = filters.ChoiceFilter(label=_("Status"), choices=PUBLIC_STATES, empty_label=_("All"))
    approved_from = day_filter(_("Approved from"), "approved_on", "gte")
    approved_until = day_filter(_("Approved until"), "approved_on", "lte")
    source = source_filter()

    class Meta:
        model = MethodologyVersion
        fields: list[str] = []

    def search(self, versions: QuerySet[MethodologyVersion], _name: str, text: str) -> QuerySet[MethodologyVersion]:
        """Keep the versions in which each word is found."""
        return search(versions, text)
