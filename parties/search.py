"""How a word finds a country or an organisation."""

from django.db.models import Q

from core.search import similar


def country_like(word: str, path: str = "") -> Q:
    """Return the condition that a country's code is this word, or its name is like it; `path` leads to the country.

    Whole words are compared, so that India does not find Indonesia.
    """
    code = Q(**{f"{path}iso2__iexact": word}) | Q(**{f"{path}iso3__iexact": word})
    english = Q(**{f"{path}name_en__trigram_strict_word_similar": word})
    return code | english | Q(**{f"{path}name_ja__contains": word})


def organisation_like(word: str, path: str = "name") -> Q:
    """Return the condition that an organisation's name holds a word like this one; `path` leads to the name."""
    return similar(path, word)
