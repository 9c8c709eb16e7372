"""Whose data a map shows, and whether any of it is invented: text for sheets and Axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import bidirectional

from creative_spatial.plotters.ground import ground_rows
from creative_spatial.plotters.legend_items import worded
from creative_spatial.plotters.text import plain
from creative_spatial.plotters.words import word
from creative_spatial.provenance import OPENSTREETMAP, credits_line
from creative_spatial.schema import source_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from creative_spatial.plotters.content import Content
    from creative_spatial.plotters.specs import MapSpec
    from creative_spatial.provenance import Source
    from creative_spatial.result import Result

LEFT_TO_RIGHT = "\u200e"


def credits_of(result: Result, spec: MapSpec, languages: Sequence[str]) -> str:
    """
    Credits owed by everything on a map.

    Parameters
    ----------
    result : Result
        With its sources.
    spec : MapSpec
        Which layers.
    languages : sequence of str
        Of the word before them.

    Returns
    -------
    str
        One line, to be broken; empty where nothing states a source.
    """
    tables: list[Any] = [result.layers[it.layer] for it in spec.layers if it.layer in result.layers]
    ids = set(source_ids(*tables, *ground_rows(result.layers, result.area)))
    return credits_sentence(credits_list(ids, result.sources), languages)


def credits_list(ids: Iterable[str], sources: Mapping[str, Source]) -> list[str]:
    """
    Word the credits owed to sources, fit to draw.

    Parameters
    ----------
    ids : iterable of str
        Of the sources.
    sources : mapping of str to Source
        Those that are known; OpenStreetMap always is.

    Returns
    -------
    list of str
        Each once; an id that is not known stands for itself.

    Examples
    --------
    >>> credits_list(["osm"], {})
    ['© OpenStreetMap contributors (ODbL-1.0)']
    """
    known = {OPENSTREETMAP.id: OPENSTREETMAP, **sources}
    return [plain(line) for line in credits_line(ids, known)]


def credits_sentence(lines: Sequence[str], languages: Sequence[str]) -> str:
    """
    Put credits into one sentence.

    Parameters
    ----------
    lines : sequence of str
        From `credits_list`.
    languages : sequence of str
        Of the word before them.

    Returns
    -------
    str
        Empty without credits.

    Examples
    --------
    >>> credits_sentence(["City hall (CC-BY-4.0)"], ["en"])
    'Sources: City hall (CC-BY-4.0).'
    """
    said = " / ".join(dict.fromkeys(word("sources", language) for language in languages))
    # A left-to-right mark, which is not drawn: what begins in Persian goes on in Latin letters.
    first = LEFT_TO_RIGHT if bidirectional(said[:1]) in {"R", "AL"} else ""
    return f"{first}{said}: {'; '.join(lines)}." if lines else ""


def illustrative_mark(result: Result, content: Content) -> Mapping[str, str] | None:
    """
    Word the warning, where anything shown is invented.

    Parameters
    ----------
    result : Result
        With its sources.
    content : Content
        What was drawn.

    Returns
    -------
    mapping of str to str or None
        By language; None where nothing is.
    """
    if content.illustrative:
        key = "illustrative_and_others" if content.others_illustrative else "illustrative"
        return worded(key, value=str(content.illustrative), total=str(content.n))
    if content.others_illustrative:
        return worded("illustrative_some")
    if any(any_illustrative(it, result.sources) for it in ground_rows(result.layers, result.area)):
        return worded("illustrative_background")
    return None


def any_illustrative(table: pd.DataFrame, sources: Mapping[str, Source]) -> bool:
    """
    Say whether a row or its source states that it is illustrative.

    Parameters
    ----------
    table : DataFrame
        With or without `accuracy` and `source_id`.
    sources : mapping of str to Source
        Those that are known.

    Returns
    -------
    bool
        True where one row is.
    """
    if "accuracy" in table and (table["accuracy"] == "illustrative").any():
        return True
    given = (sources.get(key) for key in set(source_ids(table)))
    return any(source is not None and source.accuracy == "illustrative" for source in given)
