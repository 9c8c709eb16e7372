"""The town in a name, which one source adds and another leaves out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from creative_spatial.preparation.conflation.lexicon import fold
from creative_spatial.preparation.conflation.sounds import THAI

if TYPE_CHECKING:
    from collections.abc import Sequence

# What stands for the town, in any spelling, where a name says nothing else.
TOWN = "@"
_NOT_A_START = re.compile("[\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]")
_NOT_AN_END = re.compile("[\u0e40-\u0e44]$")
_LEAST_LEFT = 2
# A shorter town without its h may be another word.
_LONG = 6


@lru_cache(maxsize=64)
def fold_all(names: tuple[str, ...]) -> tuple[str, ...]:
    """
    Fold each of several names, the longest first.

    Parameters
    ----------
    names : tuple of str
        Names as displayed.

    Returns
    -------
    tuple of str
        Keys; empty ones left out.
    """
    return tuple(sorted({key for key in map(fold, names) if key}, key=len, reverse=True))


def mark_towns(words: Sequence[str], towns: tuple[str, ...]) -> list[str]:
    """
    Put `TOWN` in the place of the names of the town among the words of a name.

    Parameters
    ----------
    words : sequence of str
        Folded.
    towns : tuple of str
        Names of the town as `fold_all` has them; spaces in them do not count.

    Returns
    -------
    list of str
        The words; a Thai word that begins or ends with the town is cut in two.

    Examples
    --------
    >>> mark_towns(["kimyong", "hatyai"], ("hat yai",))
    ['kimyong', '@']
    """
    marked = list(words)
    for town in towns:
        longest = len(town.split()) + 1
        marked = [part for word in _joined(marked, town, longest) for part in _cut(word, town)]
    return marked


def _joined(words: list[str], town: str, longest: int) -> list[str]:
    """The words with `TOWN` for those that are the town when written together."""
    written = town.replace(" ", "")
    at, kept = 0, []
    while at < len(words):
        for size in range(min(longest, len(words) - at), 0, -1):
            if _is_same("".join(words[at : at + size]), written):
                kept.append(TOWN)
                at += size
                break
        else:
            kept.append(words[at])
            at += 1
    return kept


def _is_same(word: str, town: str) -> bool:
    """Whether a word is the town, in Latin letters with or without the h of an aspirate."""
    if word == town or len(town) < _LONG or not town.isascii():
        return word == town
    return word[0] == town[0] and word.replace("h", "") == town.replace("h", "")


def _cut(word: str, town: str) -> tuple[str, ...]:
    """A Thai word apart from the town it ends or begins with."""
    if not THAI.match(town):
        return (word,)
    if ends(word, town):
        return word[: -len(town)], TOWN
    return (TOWN, word[len(town) :]) if begins(word, town) else (word,)


def begins(word: str, prefix: str) -> bool:
    """
    Say whether a Thai word goes on after a prefix with the start of a syllable.

    Parameters
    ----------
    word, prefix : str
        Folded.

    Returns
    -------
    bool
        False where nothing is left.
    """
    left = word[len(prefix) :]
    return word.startswith(prefix) and bool(left) and not _NOT_A_START.match(left)


def ends(word: str, suffix: str) -> bool:
    """
    Say whether a Thai word ends with a suffix that begins with the start of a syllable.

    Parameters
    ----------
    word, suffix : str
        Folded.

    Returns
    -------
    bool
        False where too little is left.
    """
    left = word[: -len(suffix)]
    return word.endswith(suffix) and len(left) >= _LEAST_LEFT and not _NOT_AN_END.search(left)
