"""The table of words, indexed for looking them up in a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from anyascii import anyascii

from creative_spatial.preparation.conflation.sounds import THAI
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


@dataclass(frozen=True)
class Lexicon:
    """Words by their key; Thai ones also by where they stand in an unspaced name."""

    senses: dict[str, tuple[Sense, ...]]
    last: dict[str, tuple[Sense, ...]]
    longest: int
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
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
            for word in entry.words:
                key = fold(word)
                senses[key] = (*senses.get(key, ()), (category, entry.id))

    add(facts.kinds, KIND)
    add(facts.qualifiers, QUALIFIER)
    add(facts.translations, TRANSLATION)
    for word in (*facts.weak.words, *facts.ranks.words):
        senses.setdefault(fold(word), ((WEAK, ""),))
    ranks = set(map(fold, facts.ranks.words))
    thai = sorted((key for key in senses if THAI.search(key)), key=len, reverse=True)
    return Lexicon(
        senses=senses,
        last={
            fold(word): ((QUALIFIER, entry.id),)
            for entry in facts.qualifiers
            for word in entry.last
        },
        longest=max(len(key.split()) for key in senses),
        prefixes=tuple(
            key
            for key in thai
            if (senses[key][0][0] in (KIND, WEAK) and len(key) >= _SHORTEST_PREFIX)
            or (senses[key][0][0] == TRANSLATION and len(key) >= _SHORTEST_TRANSLATION)
        ),
        suffixes=tuple(
            key
            for key in thai
            if key in ranks
            or (len(key) >= _SHORTEST and senses[key][0][0] in (QUALIFIER, TRANSLATION))
        ),
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
