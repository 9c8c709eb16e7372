"""A name taken apart: what kind of thing it says it is, which one, and where."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

from creative_spatial.preparation.conflation.lexicon import fold, lexicon
from creative_spatial.preparation.conflation.sounds import skeleton, sound
from creative_spatial.preparation.conflation.texts import (
    CUT,
    LATIN,
    OTHER,
    script_of,
    script_runs,
    texts_of,
)
from creative_spatial.preparation.conflation.towns import TOWN, fold_all, mark_towns
from creative_spatial.preparation.conflation.words import (
    NUMBER,
    Parts,
    Way,
    is_year,
    read_words,
    split_address,
    split_chain,
    starts_address,
)

_SHORT_WORD = _TWO = 2


@dataclass(frozen=True, eq=False)
class Reading:
    """
    One way to read a name.

    `core` is what is left when the words with a meaning of their own are taken out;
    `rest` is what stood in brackets, after a comma or in an address; `cut` is a name that
    ends where the full one goes on.
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
    sound: bool
    cut: bool
    script: str

    @cached_property
    def joined(self) -> str:
        """The core without spaces, which Thai does not write and joiners replace."""
        return "".join(self.core)

    @cached_property
    def squeezed(self) -> str:
        """The whole text without spaces."""
        return self.text.replace(" ", "")

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the core."""
        return frozenset(self.core)

    @property
    def has_meaning(self) -> bool:
        """Whether any word was taken off the core for what it means."""
        return self.joined != self.squeezed

    @cached_property
    def turned(self) -> str:
        """The core as it is where its words stand in another order."""
        return "".join(sorted(self.core))

    @cached_property
    def initials(self) -> frozenset[str]:
        """First letters of all words, and of those that are not short."""
        words = self.text.split()
        long = [word for word in words if len(word) > _SHORT_WORD]
        return frozenset("".join(word[0] for word in part) for part in (words, long))

    @cached_property
    def heard(self) -> tuple[str, ...]:
        """
        How the core may sound: short a is spelled u as in "hub" by many, and si also sri.

        Two words may stand the other way round in another language.
        """
        said = self.joined
        turned = "".join(self.core[::-1]) if len(self.core) == _TWO else said
        short, plain = said.replace("\u0e31", "\u0e38"), said.replace("ศรี", "สี")
        return tuple(dict.fromkeys(map(sound, dict.fromkeys((said, short, plain, turned)))))

    @cached_property
    def skeletons(self) -> tuple[str, ...]:
        """The consonants of each way in which the core is heard."""
        return tuple(map(skeleton, self.heard))

    @cached_property
    def is_marked(self) -> bool:
        """Whether the name carries marks on Latin letters."""
        return any(key != word for key, word in self.marked)

    @cached_property
    def says_more(self) -> bool:
        """Whether there is more than a core, a kind, qualifiers and numbers."""
        return bool(self.translated or self.rest or self.is_marked)

    @cached_property
    def years(self) -> frozenset[str]:
        """Those of the numbers that can be a year."""
        return frozenset(filter(is_year, self.numbers))

    @cached_property
    def is_branch(self) -> bool:
        """Whether what was left out names a branch, or a number that is not a year."""
        words = self.rest.split()
        if words and all(word.isdecimal() for word in words):
            return not is_year(words[0])
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
    towns = fold_all(place_names)
    texts = texts_of(name)
    runs = script_runs(texts[0][0])
    chinese = any(script_of(run) == OTHER for run in runs)
    if all(_is_name(_take_apart(run, "", towns), chinese=chinese) for run in runs):
        texts += tuple((run, "") for run in runs)
    full = [
        _take_apart(text, rest, towns, short=number > 0)
        for number, (text, rest) in enumerate(texts)
    ]
    seen: dict[tuple[str, str, tuple[str, ...]], Reading] = {}
    for way in Way:
        for first, (text, rest) in zip(full, texts, strict=True):
            if first is None or (way is not Way.ALL and not first.has_meaning):
                continue
            reading = first
            if way is not Way.ALL:
                reading = _take_apart(text, rest, towns, short=first.short, way=way) or first
            seen.setdefault((reading.text, reading.rest, reading.core), reading)
    return tuple(seen.values())


def _is_name(reading: Reading | None, *, chinese: bool) -> bool:
    """
    Whether a part of a name is a name by itself, not a kind, a dish, a branch or the town.

    What stands beside Chinese, or another script without words of its own here, needs less.
    """
    if reading is None or reading.chain:
        return False
    if reading.core in ((), (TOWN,)) and not (chinese and reading.translated):
        return False
    lex = lexicon()
    first = reading.text.split()[0]
    return not starts_address(first, lex) and not first.startswith(tuple(lex.branch))


def _take_apart(
    text: str,
    rest: str,
    towns: tuple[str, ...],
    *,
    short: bool = True,
    way: Way = Way.ALL,
) -> Reading | None:
    lex = lexicon()
    key, where, chain, words, marked = _split(text, towns)
    parts = Parts(way, core=list(words) if chain else [])
    if not chain:
        read_words(text, words, parts, towns)
    romanised = not chain and all(key == word for key, word in marked)
    while romanised and way is not Way.LESS and len(parts.core) > 1 and parts.core[-1] in lex.last:
        word = parts.core.pop()
        parts.add(word, lex.last[word])
    named = mark_towns(parts.core, towns)
    core = tuple(word for word in named if word != TOWN) or tuple(named[:1])
    if core and set(core) <= {TOWN, *parts.lone} and way is not Way.SOUND:
        # The Grand Bazaar, of this town or not: what tells neighbours apart is all there is.
        parts.translated |= {parts.lone[word] for word in core if word != TOWN} | parts.qualifiers
        parts.qualifiers.clear()
        core = core if core == (TOWN,) else ()
    if core == (TOWN,) and (parts.translated or not all(map(is_year, parts.numbers))):
        core = ()
    if not (key or chain):
        return None
    said = key if core in ((), (TOWN,)) else " ".join(core)
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
        whole=way is not Way.ALL,
        sound=way is Way.SOUND,
        cut=CUT in text,
        script=script_of(said),
    )


@lru_cache(maxsize=64)  # each text is read in several ways
def _split(
    text: str, towns: tuple[str, ...]
) -> tuple[str, list[str], str, tuple[str, ...], frozenset[tuple[str, str]]]:
    """A text's key, address, chain, other words, and marked words."""
    lex = lexicon()
    key = _spaced(text.replace(CUT, " "))
    words, where = split_address(key.split(), lex)
    chain, words = split_chain(words, lex)
    marked = words if chain else mark_towns(words, towns)
    return key, where, chain, tuple(marked), _marked(text)


def _spaced(text: str) -> str:
    """The key of a text, numbers apart from words."""
    return " ".join(NUMBER.sub(r" \1 ", fold(text)).split())


def _marked(text: str) -> frozenset[tuple[str, str]]:
    """Words that carry marks on Latin letters, by their key."""
    if text.isascii():
        return frozenset((word, word) for word in re.findall(r"\w+", text.casefold()))
    words = re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold())
    return frozenset((fold(word), word) for word in words if script_of(word) == LATIN)
