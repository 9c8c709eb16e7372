"""A name taken apart: what kind of thing it says it is, which one, and where."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property, lru_cache

from creative_spatial.preparation.conflation.lexicon import (
    KIND,
    QUALIFIER,
    TRANSLATION,
    WEAK,
    Lexicon,
    Sense,
    fold,
    lexicon,
)
from creative_spatial.preparation.conflation.sounds import ARABIC, THAI, sound

_BRACKETS = re.compile(r"[(\[（]([^)\]）]*)[)\]）]?")
_DIGITS = re.compile(r"(\d+)")
_YEAR = range(1000, 2700)  # Buddhist years included
_NOT_A_START = re.compile("[\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]")
_NOT_AN_END = re.compile("[\u0e40-\u0e44]$")
_LEAST_LEFT = 2
_SHORTEST_MARK = 3
# The sense of a word that has none of its own.
_NAME: tuple[Sense, ...] = (("name", ""),)
_LATIN, _THAI, _ARABIC, _OTHER = "Latin", "Thai", "Arabic", "other"


class _Way(Enum):
    """
    How much is taken off a name.

    A part of an unspaced or foreign name may look like a word with a meaning, and a kind
    between its other words ("Wat Hua Pom Nai") be a part of it.
    """

    ALL = "all"
    LESS = "less"
    EDGES = "edges"


@dataclass(frozen=True, eq=False)
class Reading:
    """
    One way to read a name.

    `core` is what is left when the words with a meaning of their own are taken out;
    `rest` is what stood in brackets, after a comma or in an address.
    """

    text: str
    core: tuple[str, ...]
    kinds: frozenset[str]
    qualifiers: frozenset[str]
    translated: frozenset[str]
    numbers: frozenset[str]
    rest: str
    marked: frozenset[tuple[str, str]]
    chain: str
    short: bool
    whole: bool
    script: str
    heard: tuple[str, ...] = field(repr=False)

    @cached_property
    def joined(self) -> str:
        """The core without spaces, which Thai does not write and joiners replace."""
        return "".join(self.core)

    @cached_property
    def is_marked(self) -> bool:
        """Whether the name carries marks on Latin letters."""
        return any(key != word for key, word in self.marked)

    @cached_property
    def is_branch(self) -> bool:
        """Whether what was left out names a branch, or a number that is not a year."""
        words = self.rest.split()
        if words and all(word.isdecimal() for word in words):
            return int(words[0]) not in _YEAR
        return bool(lexicon().branch & set(words))


@lru_cache(maxsize=65536)
def read_name(name: str, place_names: tuple[str, ...] = ()) -> tuple[Reading, ...]:
    """
    Read a name as a whole, and without what it adds in brackets or after a comma.

    Parameters
    ----------
    name : str
        As displayed, in any script.
    place_names : tuple of str
        Names of the town, which a name may add or leave out.

    Returns
    -------
    tuple of Reading
        The fullest first; empty where the name has no letter or digit.

    Examples
    --------
    >>> read_name("Wat Matchimawat (Wat Klang)")[0].core
    ('matchimawat',)
    >>> sorted(read_name("โรงเรียนวัดกลาง")[0].kinds)
    ['school', 'temple']
    """
    inside = " ".join(_BRACKETS.findall(name)).strip()
    outside = _BRACKETS.sub(" ", name)
    head, _, tail = re.sub("[،,]", ",", outside).partition(",")
    texts = [(outside, inside)]
    if tail.strip():
        texts.append((head, f"{tail} {inside}"))
    if inside:
        texts += [(inside, ""), (f"{outside} {inside}", "")]
    seen: dict[tuple[str, str, tuple[str, ...]], Reading] = {}
    for way in _Way:
        for number, (text, rest) in enumerate(texts):
            reading = _take_apart(text, rest, fold_all(place_names), short=number > 0, way=way)
            if reading is not None:
                seen.setdefault((reading.text, reading.rest, reading.core), reading)
    return tuple(seen.values())


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


@dataclass
class _Parts:
    """What has been found in a name so far."""

    core: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    qualifiers: set[str] = field(default_factory=set)
    translated: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)

    def add(self, word: str, senses: tuple[Sense, ...]) -> None:
        """Note what a known word means; a qualifier of nothing is itself the name."""
        for category, meaning in senses:
            if category == KIND:
                self.kinds.add(meaning)
            elif category == TRANSLATION:
                self.translated.add(meaning)
            elif category == QUALIFIER and (self.core or self.translated):
                self.qualifiers.add(meaning)
            elif category != WEAK:
                self.core.append(word)


def _take_apart(
    text: str, rest: str, places: tuple[str, ...], *, short: bool, way: _Way
) -> Reading | None:
    lex = lexicon()
    key = _spaced(text)
    words, where = _split_address(key.split(), lex)
    chain, words = _split_chain(words, lex)
    parts = _Parts(core=words if chain else [])
    at = len(words) if chain else 0
    while at < len(words):
        for size in range(min(lex.longest, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + size])
            if phrase in lex.senses:
                between = way is _Way.EDGES and bool(parts.core) and at + size < len(words)
                kind = lex.senses[phrase][0][0] == KIND
                parts.add(phrase, _NAME if between and kind else lex.senses[phrase])
                break
        else:
            size = 1
            _read_word(words[at], parts, lex, whole=way is _Way.LESS)
        at += size
    marked = _marked(text)
    romanised = not chain and all(key == word for key, word in marked)
    while romanised and way is not _Way.LESS and len(parts.core) > 1 and parts.core[-1] in lex.last:
        word = parts.core.pop()
        parts.add(word, lex.last[word])
    core = _without_places(parts, places)
    if not (key or chain):
        return None
    said = " ".join(core) or key
    return Reading(
        text=key,
        core=core,
        kinds=frozenset(parts.kinds),
        qualifiers=frozenset(parts.qualifiers),
        translated=frozenset(parts.translated),
        numbers=frozenset(parts.numbers),
        rest=" ".join([_spaced(rest), *where]).strip(),
        marked=marked,
        chain=chain,
        short=short,
        whole=way is not _Way.ALL,
        script=_script(said),
        heard=_heard("".join(core)),
    )


def _spaced(text: str) -> str:
    """The key of a text, digits apart from letters."""
    return " ".join(_DIGITS.sub(r" \1 ", fold(text)).split())


def _split_address(words: list[str], lex: Lexicon) -> tuple[list[str], list[str]]:
    """Words of the name, and those of an address that follows it."""
    kept: list[str] = []
    for at, word in enumerate(words):
        numbered = at + 1 < len(words) and words[at + 1].isdecimal()
        if word in lex.numbered and numbered:
            continue
        follows = at + 1 < len(words) or word not in lex.address
        village = word in lex.village and numbered
        if kept and follows and (village or _starts_address(word, lex)):
            return kept, words[at:]
        kept.append(word)
    return kept, []


def _starts_address(word: str, lex: Lexicon) -> bool:
    if word in lex.address:
        return True
    mark = next((m for m in lex.address if len(m) >= _SHORTEST_MARK and word.startswith(m)), "")
    # A walking street is a market, not an address.
    longer = any(word.startswith(prefix) and len(prefix) > len(mark) for prefix in lex.prefixes)
    return bool(mark) and THAI.match(word) is not None and not longer


def _split_chain(words: list[str], lex: Lexicon) -> tuple[str, list[str]]:
    """The chain that a name begins with, and what it says beside."""
    for spelled, chain in lex.chains:
        if tuple(words[: len(spelled)]) == spelled:
            return chain, words[len(spelled) :]
    return "", words


def _read_word(word: str, parts: _Parts, lex: Lexicon, *, whole: bool) -> None:
    """A word that is not known as a whole: a number, a Thai compound, or a name."""
    if word.isdecimal():
        parts.numbers.add(word.lstrip("0") or "0")
        return
    if not THAI.search(word):
        parts.core.append(word)
        return
    while word not in lex.senses:
        prefix = next((p for p in lex.prefixes if _begins(word, p)), None)
        if prefix is None:
            break
        parts.add(prefix, lex.senses[prefix])
        word = word[len(prefix) :]
        if whole:
            break
    if word in lex.senses:
        parts.add(word, lex.senses[word])
        return
    ends: list[str] = []
    while suffix := next((s for s in lex.suffixes if _ends(word, s)), None):
        ends.append(suffix)
        word = word[: -len(suffix)]
    parts.core.append(word)
    for suffix in ends:
        parts.add(suffix, lex.senses[suffix])


def _begins(word: str, prefix: str) -> bool:
    """Whether a Thai word goes on after a prefix with the start of a syllable."""
    left = word[len(prefix) :]
    return word.startswith(prefix) and bool(left) and not _NOT_A_START.match(left)


def _ends(word: str, suffix: str) -> bool:
    left = word[: -len(suffix)]
    return word.endswith(suffix) and len(left) >= _LEAST_LEFT and not _NOT_AN_END.search(left)


def _without_places(parts: _Parts, places: tuple[str, ...]) -> tuple[str, ...]:
    """The core without the town's name, unless that is all there is."""
    core = parts.core
    for place in places:
        left = f" {' '.join(core)} ".replace(f" {place} ", " ").split()
        left = [_without(word, place) for word in left]
        if left or parts.translated or parts.numbers:
            core = left
    return tuple(core)


def _without(word: str, place: str) -> str:
    """A Thai word without the place it ends or begins with."""
    if not THAI.match(place):
        return word
    if _ends(word, place):
        return word[: -len(place)]
    return word[len(place) :] if _begins(word, place) else word


def _marked(text: str) -> frozenset[tuple[str, str]]:
    """Words that carry marks on Latin letters, by their key."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold())
    return frozenset((fold(word), word) for word in words if _script(word) == _LATIN)


def _script(text: str) -> str:
    if THAI.search(text):
        return _THAI
    if ARABIC.search(text):
        return _ARABIC
    return _LATIN if all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 for c in text) else _OTHER


def _heard(core: str) -> tuple[str, ...]:
    """How a core may sound: short a is spelled u as in "hub" by many, and si also sri."""
    short, plain = core.replace("\u0e31", "\u0e38"), core.replace("ศรี", "สี")
    return tuple(dict.fromkeys(map(sound, (core, short, plain))))
