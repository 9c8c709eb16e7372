"""Columns of few words in our words, in whatever script and spelling a file writes them."""

from __future__ import annotations

import difflib
import re
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

from creative_spatial.errors import DataQualityWarning
from creative_spatial.loaders.columns import any_of, list_rows, near
from creative_spatial.loaders.concepts import plain_words
from creative_spatial.loaders.ids import as_text
from creative_spatial.loaders.repair.cells import set_cells
from creative_spatial.loaders.repair.digits import plain_text
from creative_spatial.resources.inventory import inventory_facts
from creative_spatial.schema import STATUSES
from creative_spatial.taxonomy import LIFECYCLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd
    import pandas as pd

    from creative_spatial.loaders.build import Build
    from creative_spatial.loaders.features import LayerOptions
    from creative_spatial.taxonomy import Taxonomy

_TOLD = 5
_UNKNOWN = (
    "unknown"  # the class of what a list does not say; legends of what concepts say have none
)
# Vowel signs and the stretching stroke of Arabic script say nothing about a word; two of its
# letters have a Persian and an Arabic form.
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")
_ARABIC_LETTERS = str.maketrans("يىك", "ییک")


class _Vocabulary(NamedTuple):
    """
    The words of one `column`.

    `ids` are ours; `terms` are ours by everything they are called, made plain; what is
    `closed` has no other words; a cell of `several` lists them, parted by ";"; what is `asked`
    only a list can say.
    """

    column: str
    ids: tuple[str, ...]
    terms: Mapping[str, str]
    closed: bool = False
    several: bool = False
    asked: bool = True


def in_our_words(frame: gpd.GeoDataFrame, options: LayerOptions, build: Build) -> gpd.GeoDataFrame:
    """
    Write each word of a column of few words as the one word we have for it.

    A word is known by our id, by a label in any language or by what else it is called
    (``resources/taxonomy/legends.toml``, ``resources/inventory.toml``), whatever its letter
    case, accents, spaces and strokes, and by what ``city.toml`` says it means. Of columns whose
    classes a city may add to (community, lead), other words stay, one spelling each, and are told;
    a closed column (status, stage, form of heritage) with any of them is set aside with a
    warning, since it may mean another thing ("good", "phase 2").

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        Indexed by row number.
    options : LayerOptions
        Has the taxonomy, and the words that the city translates.
    build : Build
        Records each cell that changes. Where nothing is to be mended, only what the city
        translates does, and our own words of a closed column in other letters.

    Returns
    -------
    GeoDataFrame, n rows
        A cell that says nothing still says nothing.
    """
    vocabularies = _vocabularies(options.taxonomy)
    said = {
        column: _translated(words, column, vocabularies, frame, build)
        for column, words in options.words.items()
    }
    for column, known in vocabularies.items():
        if column in frame:
            frame = _in_words(frame, known, said.get(column, {}), options, build)
    return frame


def _vocabularies(taxonomy: Taxonomy | None) -> dict[str, _Vocabulary]:
    """The columns of few words."""
    facts = inventory_facts()
    legends = {} if taxonomy is None else taxonomy.legends
    named: dict[str, Mapping[str, Iterable[str]]] = {
        column: {key: (*c.labels.values(), *c.words) for key, c in classes.items()}
        for column, classes in legends.items()
    }
    several: dict[str, Mapping[str, Iterable[str]]] = {
        "heritage_status": {entry.word: entry.labels.values() for entry in facts.heritage},
        "denomination": {b.id: (*b.labels.values(), *b.words) for b in facts.denominations},
    }
    closed: dict[str, Mapping[str, Iterable[str]]] = {
        "status": {s: [p for p, means in LIFECYCLES.items() if means == s] for s in STATUSES},
        "stage": {key: word.labels.values() for key, word in facts.stages.items()},
        "heritage_form": {key: word.labels.values() for key, word in facts.forms.items()},
    }
    known = {
        column: _vocabulary(column, names, closed=column in closed, several=column in several)
        for column, names in (named | several | closed).items()
    }
    of_concepts = [column for column, names in named.items() if _UNKNOWN not in names]
    return known | {column: known[column]._replace(asked=False) for column in of_concepts}


def _vocabulary(
    column: str, names: Mapping[str, Iterable[str]], *, closed: bool, several: bool
) -> _Vocabulary:
    """Ids with everything they are called; what would name two of them names none."""
    terms = {_plain(key): key for key in names}
    meant: dict[str, set[str]] = {}
    for key, words in names.items():
        for word in words:
            meant.setdefault(_plain(word), set()).add(key)
    called = {word: keys.pop() for word, keys in meant.items() if len(keys) == 1}
    return _Vocabulary(column, tuple(names), {**called, **terms}, closed, several)


def _plain(text: str) -> str:
    """A word as it is compared: what is no letter, mark or digit parts words."""
    bare = _ARABIC_MARKS.sub("", plain_text(text)).translate(_ARABIC_LETTERS)
    return plain_words(bare)


def _key(text: str) -> str:
    """The same, and the text itself where nothing would be left of it."""
    return _plain(text) or text


def _translated(
    words: Mapping[str, str],
    column: str,
    vocabularies: Mapping[str, _Vocabulary],
    frame: pd.DataFrame,
    build: Build,
) -> dict[str, str]:
    """What the city says that its words mean, by the word made plain."""
    if column not in vocabularies:
        build.fault(
            f"words: {column!r} is no column of few words{near(column, vocabularies)}.",
            kind="schema",
        )
        return {}
    if column not in frame:
        build.fault(
            f"words: no column {column!r}; name the file's with `columns = {{ {column} = ... }}`.",
            kind="schema",
        )
    known = vocabularies[column].ids
    for theirs, ours in words.items():
        if ours not in known:
            build.fault(
                f"words: {theirs!r} is to be {ours!r}, which no {column} is called{near(ours, known)}.",
                kind="schema",
            )
    return {_key(theirs): ours for theirs, ours in words.items() if ours in known}


def _in_words(
    frame: gpd.GeoDataFrame,
    known: _Vocabulary,
    said: Mapping[str, str],
    options: LayerOptions,
    build: Build,
) -> gpd.GeoDataFrame:
    """One such column, or the frame with it set aside."""
    column = known.column
    cells = frame[column].dropna().map(as_text).str.strip()
    by_id = {_plain(key): key for key in known.ids} if known.closed else {}
    terms = {**(known.terms if build.repair else by_id), **said}
    parts = {cell: _parts(cell, known) for cell in cells.unique()}
    odd = {
        word: cells.index[cells.map(lambda cell, word=word: word in parts[cell])]
        for word in dict.fromkeys(part for cell in parts.values() for part in cell)
        if _key(word) not in terms and word not in known.ids
    }
    if odd.keys() == {part for cell in parts.values() for part in cell} and not known.asked:
        return frame  # "kind" and "group" are other things in most lists, and concepts say ours
    if odd and known.closed:
        return _set_aside(frame, known, odd, options, build)
    kept = _one_spelling({word: len(rows) for word, rows in odd.items()}) if build.repair else {}
    if odd:
        _tell(known, odd, build)
    ours = {
        cell: ";".join(dict.fromkeys(terms.get(_key(p), kept.get(p, p)) for p in words))
        for cell, words in parts.items()
    }
    frame = frame.copy()
    set_cells(frame, build, "words", column, cells.map(ours).to_dict())
    return frame


def _parts(cell: str, known: _Vocabulary) -> tuple[str, ...]:
    """The words of a cell."""
    if not known.several:
        return (cell,)
    return tuple(dict.fromkeys(part for raw in cell.split(";") if (part := raw.strip())))


def _one_spelling(odd: Mapping[str, int]) -> dict[str, str]:
    """Of the spellings of a word the most frequent, in small letters."""
    spellings: dict[str, list[str]] = {}
    for word in odd:
        spellings.setdefault(_key(word), []).append(word)
    return {
        word: " ".join(min(same, key=lambda it: (-odd[it], it)).casefold().split())
        for same in spellings.values()
        for word in same
    }


def _tell(known: _Vocabulary, odd: Mapping[str, pd.Index[Any]], build: Build) -> None:
    """Warn of words that are no class here, with the nearest and all that there are."""
    column = known.column
    same: dict[str, list[str]] = {}
    for word in odd:
        same.setdefault(_key(word), []).append(word)
    told = []
    for key, words in list(same.items())[:_TOLD]:
        rows = sorted(int(row) for word in words for row in odd[word])
        shown = next((row for row in rows if build.is_public(row)), rows[0])
        quoted = build.quote(shown, next(word for word in words if shown in odd[word]))
        hint = _nearest(key, known) if build.is_public(shown) else ""
        told.append(f"{quoted} in {list_rows(rows, build.word)}{hint}")
    more = f"; and {len(same) - _TOLD} more" if len(same) > _TOLD else ""
    build.warn(
        f"{column} has words that name no class here: {'; '.join(told)}{more}. Each stays a class of its "
        f"own; there are {', '.join(known.ids)}. If one is meant, write it, or translate it on the layer: "
        f'`words = {{ {column} = {{ "word" = "{known.ids[0]}" }} }}`.',
        rows=sorted({int(row) for rows in odd.values() for row in rows}),
        severity="note"
        if known.several
        else "warning",  # lists of branches and registers are never whole
    )


def _nearest(key: str, known: _Vocabulary) -> str:
    """Hint at the classes whose names are most like a word."""
    found = difflib.get_close_matches(key, list(known.terms), n=3)
    ids = dict.fromkeys(known.terms[term] for term in found)
    return f" (did you mean {any_of(ids)}?)" if ids else ""


def _set_aside(
    frame: gpd.GeoDataFrame,
    known: _Vocabulary,
    odd: Mapping[str, pd.Index[Any]],
    options: LayerOptions,
    build: Build,
) -> gpd.GeoDataFrame:
    """The frame without a closed column that has other words; a fault where the city names it so."""
    column = known.column
    rows = sorted({int(row) for found in odd.values() for row in found})
    words = ", ".join(
        dict.fromkeys(build.quote(odd[word][0], word.casefold()) for word in list(odd)[:3])
    )
    said = (
        f"{column} is one of {', '.join(known.ids)}; found {words} in {list_rows(rows, build.word)}"
    )
    if column in options.columns:
        build.fault(f"{said}.", kind="schema", rows=rows)
        return frame
    warnings.warn(
        f"{build.file}: {said}: the column was kept as `file:{column}` and is not used, and every row "
        f"counts; if it means this, use these words and `columns = {{ {column} = ... }}`.",
        DataQualityWarning,
        stacklevel=6,
    )
    return frame.rename(columns={column: f"file:{column}"})
