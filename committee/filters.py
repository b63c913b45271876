"""What the register of decisions can be asked."""

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from committee.models import Decision, DecisionItem
from core.filters import RecordFilter, day_filter, source_filter
from core.search import similar, words
from parties.filters import country_filter


class DecisionFilter(RecordFilter):
    """Decisions, by words, country, matter, mode and day of adoption."""

    q = filters.CharFilter(label=_("Number or subject"), method="search")
    country = country_filter()
    kind = filters.ChoiceFilter(
        label=_("Matter"), choices=DecisionItem.Kind.choices, empty_label=_("All"), method="by_kind"
    )
    mode = filters.ChoiceFilter(label=_("Mode"), choices=Decision.Mode.choices, empty_label=_("All"))
    adopted_from = day_filter(_("Adopted from"), "adopted_on", "gte")
    adopted_until = day_filter(_("Adopted until"), "adopted_on", "lte")
    source = source_filter()

    class Meta:
        model = Decision
        fields: list[str] = []

    def search(self, decisions: QuerySet[Decision], _name: str, text: str) -> QuerySet[Decision]:
        """Keep the decisions in whose number or items each word is found."""
        for word in words(text):
            named = DecisionItem.objects.filter(similar("subject", word)).values("decision_id")
            decisions = decisions.filter(Q(number__startswith=word.upper()) | Q(pk__in=named))
        return decisions

    def by_kind(self, decisions: QuerySet[Decision], _name: str, kind: str) -> QuerySet[Decision]:
        """Keep the decisions that bundle an item of this kind."""
        return decisions.filter(Exists(DecisionItem.objects.filter(decision=OuterRef("pk"), kind=kind)))
