"""The table of words, indexed for looking them up in a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from anyascii import anyascii
from rapidfuzz.distance import OSA

from creative_spatial.preparation.conflation.sounds import ARABIC, THAI
from creative_spatial.preparation.names import match_key
from creative_spatial.resources.conflation import conflation_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creative_spatial.resources.conflation import Meaning

KIND, QUALIFIER, TRANSLATION, WEAK = "kind", "qualifier", "translation", "weak"
# A linking vowel that Persian writes as a letter of its own, or over one, or not at all.
_EZAFE = re.compile("\u200c[\u06cc\u064a](?!\\w)")
_POINTS = re.compile("[\u064b-\u065f\u0670]")
Sense = tuple[str, str]
# Shorter Thai words are abbreviations, and stand alone or not at all.
_SHORTEST = 2
_SHORTEST_PREFIX = 3
_SHORTEST_TRANSLATION = 4
# Words so long are known with one letter wrong or left out (libary), shorter ones with two letters
# turned (musuem): what else is one letter away may be a name.
_SHORTEST_MISSPELT = 7
_SHORTEST_TURNED = 6


@dataclass(frozen=True)
class Lexicon:
    """Words by their key or as `marked`; Thai ones also by where they stand in an unspaced name."""

    senses: dict[str, tuple[Sense, ...]]
    last: dict[str, tuple[Sense, ...]]
    marked: dict[str, tuple[Sense, ...]]
    longest: int
    first_words: frozenset[str]
    prefixes: frozenset[str]
    prefix_sizes: tuple[int, ...]
    suffixes: frozenset[str]
    suffix_sizes: tuple[int, ...]
    address: frozenset[str]
    village: frozenset[str]
    branch: frozenset[str]
    numbered: frozenset[str]
    chains: tuple[tuple[tuple[str, ...], str], ...]


def fold(text: str) -> str:
    """
    Fold a name as `match_key` does, and Latin letters that have no accent to take off.

    Parameters
    ----------
    text : str
        A name as displayed.

    Returns
    -------
    str
        Its key.

    Examples
    --------
    >>> fold("Đình Cẩm Phô")
    'dinh cam pho'
    """
    key = match_key(_EZAFE.sub(" ", text))
    return "".join(
        anyascii(letter).lower() if "\u0080" <= letter <= "\u024f" else letter
        for letter in _POINTS.sub("", key).replace("\u064a", "\u06cc")
    )


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """
    Index the words of ``resources/conflation.toml``.

    Returns
    -------
    Lexicon
        Frozen; made once.
    """
    facts = conflation_facts()
    senses: dict[str, tuple[Sense, ...]] = {}

    def add(entries: Iterable[Meaning], category: str) -> None:
        for entry in entries:
            # A joiner is written for the space between Persian words, and is no letter of a key.
            joined = [word.replace(" ", "") for word in entry.words if ARABIC.search(word)]
            for key in dict.fromkeys(map(fold, (*entry.words, *joined))):
                senses[key] = (*senses.get(key, ()), (category, entry.id))

    add(facts.kinds, KIND)
    add(facts.qualifiers, QUALIFIER)
    add(facts.translations, TRANSLATION)
    for word in (*facts.weak.words, *facts.ranks.words):
        senses.setdefault(fold(word), ((WEAK, ""),))
    ranks = set(map(fold, facts.ranks.words))
    thai = [key for key in senses if THAI.search(key)]
    prefixes = frozenset(
        key
        for key in thai
        if (senses[key][0][0] in (KIND, WEAK) and len(key) >= _SHORTEST_PREFIX)
        or (senses[key][0][0] == TRANSLATION and len(key) >= _SHORTEST_TRANSLATION)
    )
    suffixes = frozenset(
        key
        for key in thai
        if key in ranks
        or (len(key) >= _SHORTEST and senses[key][0][0] in (QUALIFIER, TRANSLATION))
        or (len(key) >= _SHORTEST_TRANSLATION and senses[key][0][0] == KIND)
    )
    return Lexicon(
        senses=senses,
        last={
            fold(word): ((QUALIFIER, entry.id),)
            for entry in facts.qualifiers
            for word in entry.last
        },
        marked={
            word: ((category, entry.id),)
            for entries, category in ((facts.kinds, KIND), (facts.translations, TRANSLATION))
            for entry in entries
            for word in entry.marked
        },
        longest=max(len(key.split()) for key in senses),
        first_words=frozenset(key.split()[0] for key in senses),
        prefixes=prefixes,
        prefix_sizes=_sizes(prefixes),
        suffixes=suffixes,
        suffix_sizes=_sizes(suffixes),
        address=frozenset(map(fold, facts.address.words)),
        village=frozenset(map(fold, facts.address.village)),
        branch=frozenset(map(fold, facts.address.branch)),
        numbered=frozenset(map(fold, facts.address.numbered)),
        chains=tuple(
            sorted(
                (
                    (tuple(fold(name).split()), spellings[0])
                    for spellings in facts.chains.names
                    for name in spellings
                ),
                key=lambda chain: -len(chain[0]),
            )
        ),
    )


def _sizes(words: frozenset[str]) -> tuple[int, ...]:
    """Lengths that occur, the longest first."""
    return tuple(sorted(set(map(len, words)), reverse=True))


@lru_cache(maxsize=1 << 16)
def misspelt_kind(word: str) -> tuple[Sense, ...]:
    """
    Find the kind of place that a word means which is one letter away from it.

    Parameters
    ----------
    word : str
        Folded, and no known word itself.

    Returns
    -------
    tuple of Sense
        Empty where there is none.

    Examples
    --------
    >>> misspelt_kind("libary")
    (('kind', 'library'),)
    """
    if len(word) < _SHORTEST_TURNED or not (word.isascii() and word.isalpha()):
        return ()
    for known, senses in lexicon().senses.items():
        if senses[0][0] != KIND or len(known) < _SHORTEST_TURNED or known[0] != word[0]:
            continue
        long = len(known) >= _SHORTEST_MISSPELT or sorted(known) == sorted(word)
        if long and OSA.distance(word, known, score_cutoff=1) <= 1:
            return senses
    return ()
