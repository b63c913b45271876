"""How words find a methodology."""

from django.db.models import Q, QuerySet

from core.search import similar, words
from methodologies.models import MethodologyVersion
from parties.models import Partnership
from parties.search import country_like


def search(versions: QuerySet[MethodologyVersion], text: str) -> QuerySet[MethodologyVersion]:
    """Keep the versions in which each word is like one of the title, the number or the partner country.

    Each of the three is looked up through its own index.
    """
    for word in words(text):
        everything = MethodologyVersion.objects.order_by()
        titled = everything.filter(similar("title", word))
        numbered = everything.filter(
            Q(methodology__number__startswith=word.upper()) | Q(proposed_number__startswith=word.upper())
        )
        there = everything.filter(methodology__partnership__in=Partnership.objects.filter(country_like(word, "host__")))
        found = titled.values("pk").union(numbered.values("pk"), there.values("pk"))
        versions = versions.filter(pk__in=found)
    return versions
