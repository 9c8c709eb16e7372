"""What each row is: the file's word for it, in the taxonomy's words, or what was likely meant."""

from __future__ import annotations

import difflib
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from creative_spatial.errors import Fault
from creative_spatial.loaders.columns import SHOWN, any_of, count, list_rows, near, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from creative_spatial.taxonomy import Taxonomy

_LIKE = 0.6  # what difflib calls close
_RIVALS = 0.1  # how much worse than the best another suggestion may be
_MOST = 3
# A tag's value is a weaker name than an id or label: "temple" is also a shape of building.
_TAG_EXACT, _TAG_LIKE = 0.95, 0.85
_PART = 0.85  # "temple", of "Buddhist temple"
_SHARED = 0.95
# Values that say that something is so, not what it is.
_SAY_NOTHING = frozenset({"*", "yes", "no"})


class _Term(NamedTuple):
    text: str
    concept: str
    is_tag: bool


def concept_faults(
    rows: Mapping[str, pd.Index], taxonomy: Taxonomy | None, *, row: str | None
) -> list[Fault]:
    """
    Name the words that are no concept, with their rows and what was likely meant.

    Parameters
    ----------
    rows : mapping of str to Index
        Row numbers by the word that stands there.
    taxonomy : Taxonomy or None
        Known concepts; None knows no fault.
    row : str or None
        What a row is called; None where the word is given for all rows.

    Returns
    -------
    list of Fault
        None, or one that names every word, the first few with suggestions.
    """
    if taxonomy is None:
        return []
    unknown = [word for word in rows if word not in taxonomy.concepts]
    if not unknown:
        return []
    terms = list(_terms(taxonomy))
    parts = []
    for word in unknown[: 2 * SHOWN]:
        whence = "" if row is None else f" in {list_rows(rows[word], row)}"
        hint = _hint(word, terms) or near(word, taxonomy.concepts)
        parts.append(f"unknown concept {word!r}{whence}{hint}")
    more = len(unknown) - len(parts)
    parts += [f"and {count(more, 'more word')}"] if more else []
    listed = sentence("; ".join(parts))
    if row is None:
        return [Fault(listed, "concept")]
    message = f'{listed} Translate the file\'s words with `concepts = {{ "word" = "concept" }}`.'
    where = sorted(number for word in unknown for number in rows[word].tolist())
    return [Fault(message, "concept", tuple(where))]


def suggest_concepts(word: str, taxonomy: Taxonomy) -> list[str]:
    """
    Find the concepts that a word likely means, by id, label or OpenStreetMap value.

    Parameters
    ----------
    word : str
        What a file says, in any language that the taxonomy's labels have, or a tag
        ("religion=buddhist").
    taxonomy : Taxonomy
        Known concepts.

    Returns
    -------
    list of str
        At most three ids, likeliest first.

    Examples
    --------
    >>> from creative_spatial.taxonomy import Taxonomy
    >>> suggest_concepts("buddhist_temple", Taxonomy.load())
    ['wat']
    """
    return _likeliest(word, list(_terms(taxonomy)))


def _hint(word: str, terms: list[_Term]) -> str:
    found = _likeliest(word, terms)
    return f"; did you mean {any_of(found)}?" if found else ""


def _terms(taxonomy: Taxonomy) -> Iterator[_Term]:
    """Everything that concepts in use are called."""
    for concept in taxonomy.concepts.values():
        if concept.replaced_by:
            continue
        for name in (concept.id, *concept.labels.values()):
            yield _Term(plain_words(name), concept.id, is_tag=False)
        for rule in concept.osm:
            for key, values in rule.items():
                for value in values:
                    if value not in _SAY_NOTHING:
                        yield _Term(plain_words(value), concept.id, is_tag=True)
                        yield _Term(plain_words(f"{key}={value}"), concept.id, is_tag=True)


def plain_words(text: str) -> str:
    """
    Write words for comparing: in small letters, one space apart, Latin letters without accents.

    Parameters
    ----------
    text : str
        In any script.

    Returns
    -------
    str
        Without anything but letters, marks and digits; not for showing.

    Examples
    --------
    >>> plain_words("Café_Museum"), plain_words("พุทธ")
    ('cafe museum', 'พุทธ')
    """
    letters = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(c for c in letters if not "\u0300" <= c <= "\u036f")
    # Vowels and tones of Thai and its like are marks, and no gaps.
    apart = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in bare)
    return " ".join(apart.split())


def _likeliest(word: str, terms: list[_Term]) -> list[str]:
    """Ids of the concepts whose terms are most like a word."""
    asked = plain_words(word)
    scores: dict[str, float] = {}
    for term in terms:
        score = _likeness(asked, term)
        if score > scores.get(term.concept, 0.0):
            scores[term.concept] = score
    best = max(scores.values(), default=0.0)
    least = best if best == 1.0 else max(_LIKE, best - _RIVALS)
    close = [concept for concept, score in scores.items() if score >= least]
    return sorted(close, key=lambda concept: -scores[concept])[:_MOST]


def _likeness(asked: str, term: _Term) -> float:
    """Likeness from 0 to 1: the same, a part, by the words in common or by spelling."""
    if asked == term.text:
        return _TAG_EXACT if term.is_tag else 1.0
    mine, theirs = set(asked.split()), set(term.text.split())
    # Thai and its like have no gaps between words.
    starts = not asked.isascii() and term.text.startswith(asked)
    part = _PART if mine and not term.is_tag and (mine < theirs or starts) else 0.0
    shared = _SHARED * 2 * len(mine & theirs) / max(1, len(mine) + len(theirs))
    matcher = difflib.SequenceMatcher(None, asked, term.text, autojunk=False)
    spelt = matcher.ratio() if matcher.quick_ratio() >= _LIKE else 0.0
    return max(part, (_TAG_LIKE if term.is_tag else 1.0) * max(shared, spelt))
