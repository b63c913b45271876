"""Search that forgives a slip of the keyboard: words are compared by their trigrams (pg_trgm), through an index."""

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q

MOST_WORDS = 8


def words(text: str) -> list[str]:
    """Split what a reader typed into the words to look for."""
    return [word for word in text.replace("\0", " ").split() if any(c.isalnum() for c in word)][:MOST_WORDS]


def similar(field: str, word: str) -> Q:
    """Return the condition that `field` holds a word like this one; served by a gin_trgm_ops index on the field."""
    return Q(**{f"{field}__trigram_word_similar": word})


def closeness(field: str, text: str) -> TrigramWordSimilarity:
    """Return how near the text is to the nearest part of `field`, from 0 to 1, for the order of results."""
    return TrigramWordSimilarity(text, field)
