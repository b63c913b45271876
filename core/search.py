"""Search that forgives a slip of the keyboard: words are compared by their trigrams (pg_trgm), through an index."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Q

MOST_WORDS = 8
# pg_trgm asks for 0.6 of a word's trigrams (0.5 for whole words); a second try is content with less.
FORGIVING = 0.4


def words(text: str) -> list[str]:
    """Split what a reader typed into the words to look for."""
    return [word for word in text.replace("\0", " ").split() if any(c.isalnum() for c in word)][:MOST_WORDS]


def similar(field: str, word: str) -> Q:
    """Return the condition that `field` holds a word like this one; served by a gin_trgm_ops index on the field."""
    return Q(**{f"{field}__trigram_word_similar": word})


def closeness(field: str, text: str) -> TrigramWordSimilarity:
    """Return how near the text is to the nearest part of `field`, from 0 to 1, for the order of results."""
    return TrigramWordSimilarity(text, field)


@contextmanager
def forgiving() -> Iterator[None]:
    """Be content with words that are less alike, for queries that run inside."""
    with transaction.atomic(), connection.cursor() as cursor:
        for setting in ("word_similarity_threshold", "strict_word_similarity_threshold"):
            cursor.execute("SELECT set_config(%s, %s, true)", [f"pg_trgm.{setting}", str(FORGIVING)])
        yield
