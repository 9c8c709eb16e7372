"""What a visit asks, in the words of a language."""

from __future__ import annotations

from functools import lru_cache

from creative_spatial.resources import Facts, parse, read_toml, resource_path

FALLBACK = "en"


class VisitWords(Facts):
    """
    Questions in one language.

    Parameters
    ----------
    only : str
        Of a place that one `{source}` alone has.
    other : str
        Added where another `{name}` of a `{source}` may be it.
    twice, same : str
        Of a place that one source has twice; of what it may be the same as.
    away : str
        How far away the other is.
    """

    only: str
    other: str
    twice: str
    same: str
    away: str


@lru_cache
def visit_words(language: str) -> VisitWords:
    """
    Read the questions of a language.

    Parameters
    ----------
    language : str
        ISO 639-1 code.

    Returns
    -------
    VisitWords
        English ones where there are none.

    Examples
    --------
    >>> visit_words("xx").twice
    'Listed twice?'
    """
    path = resource_path("visits.toml")
    tables = read_toml(path)
    key = language if language in tables else FALLBACK
    return parse(VisitWords, tables[key], where=f"{path.name} [{key}]")
