"""The words of a name: what each means, by itself and by where it stands."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import Enum

from creative_spatial.preparation.conflation.lexicon import (
    KIND,
    QUALIFIER,
    TRANSLATION,
    WEAK,
    Lexicon,
    Sense,
    fold,
    lexicon,
    misspelt_kind,
)
from creative_spatial.preparation.conflation.sounds import THAI
from creative_spatial.preparation.conflation.towns import begins, ends, mark_towns

# A number, with the one letter that may belong to it (5b).
NUMBER = re.compile(r"(\d+(?:[a-z](?![^\W\d_]))?)")
_YEARS = range(1000, 2700)
# Years of the Buddhist calendar, and what they are ahead of the common one.
_BUDDHIST, _AHEAD = range(2400, 2700), 543
_SHORTEST_MARK = 3
# The sense of a word that has none of its own.
_NAME: tuple[Sense, ...] = (("name", ""),)


class Way(Enum):
    """
    How much is taken off a name.

    A part of an unspaced or foreign name may look like a word with a meaning, and a kind
    between its other words ("Wat Hua Pom Nai") be a part of it; and what one source translates
    another writes as it sounds.
    """

    ALL = "all"
    LESS = "less"
    EDGES = "edges"
    SOUND = "sound"


@dataclass
class Parts:
    """What has been found in a name so far."""

    way: Way
    core: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    qualifiers: set[str] = field(default_factory=set)
    translated: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    lone: dict[str, str] = field(default_factory=dict)

    def add(self, word: str, senses: tuple[Sense, ...]) -> None:
        """
        Note what a known word means; a qualifier of nothing is itself the name.

        Parameters
        ----------
        word : str
            Folded.
        senses : tuple of Sense
            What it means.
        """
        for category, meaning in senses:
            if category == KIND:
                self.kinds.add(meaning)
            elif category == TRANSLATION and self.way is not Way.SOUND:
                self.translated.add(meaning)
            elif category == QUALIFIER and (self.core or self.translated):
                self.qualifiers.add(meaning)
            elif category != WEAK:
                self.core.append(word)
                if category == QUALIFIER and self.way is not Way.SOUND:
                    self.lone[word] = meaning


def is_year(number: str) -> bool:
    """
    Say whether a number in a name can be a year.

    Parameters
    ----------
    number : str
        As it stands in the name.

    Returns
    -------
    bool
        True from 1000 to 2699, so that years of the Buddhist calendar are.
    """
    return number.isdecimal() and int(number) in _YEARS


def read_words(text: str, words: tuple[str, ...], parts: Parts, towns: tuple[str, ...]) -> None:
    """
    Note what the words of a name mean.

    Parameters
    ----------
    text : str
        The name as displayed, whose marks may tell what its first word is.
    words : tuple of str
        Folded, without an address, the town marked.
    parts : Parts
        Learns of them.
    towns : tuple of str
        Names of the town, which a Thai word may hold.
    """
    lex, way = lexicon(), parts.way
    first = _marked_kind(text, words[0], lex) if words and way is Way.ALL else ()
    at = 0
    while at < len(words):
        longest = lex.longest if words[at] in lex.first_words else 1
        for size in range(min(longest, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + size])
            senses = lex.senses.get(phrase, ())
            if at == 0 and size == 1:
                senses = first or senses
            if senses:
                between = way is Way.EDGES and bool(parts.core) and at + size < len(words)
                parts.add(phrase, _NAME if between and senses[0][0] == KIND else senses)
                break
        else:
            size = 1
            if senses := misspelt_kind(words[at]):
                parts.add(words[at], senses)
            else:
                _read_word(words[at], parts, lex, towns)
        at += size


def _marked_kind(text: str, first: str, lex: Lexicon) -> tuple[Sense, ...]:
    """What a name begins with, where only the marks on its letters say so (lăng, a tomb)."""
    spelled = unicodedata.normalize("NFC", text).casefold().split()[0]
    return lex.marked.get(spelled, ()) if fold(spelled) == first else ()


def split_address(words: list[str], lex: Lexicon) -> tuple[list[str], list[str]]:
    """
    Split the words of a name from those of an address that follows it.

    Parameters
    ----------
    words : list of str
        Folded.
    lex : Lexicon
        The table of words.

    Returns
    -------
    tuple of two lists of str
        The name and the address.
    """
    kept: list[str] = []
    for at, word in enumerate(words):
        numbered = at + 1 < len(words) and words[at + 1].isdecimal()
        if word in lex.numbered and numbered:
            continue
        follows = at + 1 < len(words) or word not in lex.address
        village = word in lex.village and numbered
        if kept and follows and (village or starts_address(word, lex)):
            return kept, words[at:]
        kept.append(word)
    return kept, []


def starts_address(word: str, lex: Lexicon) -> bool:
    """
    Say whether an address begins with a word.

    Parameters
    ----------
    word : str
        Folded.
    lex : Lexicon
        The table of words.

    Returns
    -------
    bool
        True also where more is written without a space.
    """
    if word in lex.address:
        return True
    mark = next((m for m in lex.address if len(m) >= _SHORTEST_MARK and word.startswith(m)), "")
    if not mark or THAI.match(word) is None:
        return False
    # A walking street is a market, not an address.
    return not any(len(mark) < size and word[:size] in lex.prefixes for size in lex.prefix_sizes)


def split_chain(words: list[str], lex: Lexicon) -> tuple[str, list[str]]:
    """
    Split the name of a chain from what a name says beside it.

    Parameters
    ----------
    words : list of str
        Folded.
    lex : Lexicon
        The table of words.

    Returns
    -------
    tuple of str and list of str
        The chain, "" where there is none, and the other words.
    """
    for spelled, chain in lex.chains:
        if tuple(words[: len(spelled)]) == spelled:
            return chain, words[len(spelled) :]
    return "", words


def _read_word(word: str, parts: Parts, lex: Lexicon, towns: tuple[str, ...]) -> None:
    """A word that is not known as a whole: a number, a Thai compound, or a name."""
    if NUMBER.fullmatch(word):
        number = word.lstrip("0") or "0"
        buddhist = number.isdecimal() and int(number) in _BUDDHIST
        parts.numbers.add(str(int(number) - _AHEAD) if buddhist else number)
        return
    if not THAI.search(word):
        parts.core.append(word)
        return
    while word not in lex.senses:
        sizes = (size for size in lex.prefix_sizes if word[:size] in lex.prefixes)
        prefix = next((word[:size] for size in sizes if begins(word, word[:size])), "")
        if not prefix:
            break
        parts.add(prefix, lex.senses[prefix])
        word = word[len(prefix) :]
        if parts.way is Way.LESS:
            break
    for piece in mark_towns([word], towns):
        _read_compound(piece, parts, lex)


def _read_compound(word: str, parts: Parts, lex: Lexicon) -> None:
    """What is left of a Thai compound: a known word, or a name and what it ends with."""
    if word in lex.senses:
        parts.add(word, lex.senses[word])
        return
    last: list[str] = []
    while True:
        sizes = (size for size in lex.suffix_sizes if word[-size:] in lex.suffixes)
        suffix = next((word[-size:] for size in sizes if ends(word, word[-size:])), "")
        if not suffix:
            break
        last.append(suffix)
        word = word[: -len(suffix)]
    parts.core.append(word)
    for suffix in last:
        parts.add(suffix, lex.senses[suffix])
