"""How natural a text is as it stands, in any of the scripts and languages that cities write."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from creative_spatial.loaders.plausibility import plausibility
from creative_spatial.resources import Facts, parse, read_toml, resource_path

_WORD = re.compile(r"[^\W\d_]+")
# Tone marks of Vietnamese: grave, acute, tilde, hook above, dot below. A syllable has one at most.
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_VIETNAMESE_MARKS = _TONES | frozenset("\u0302\u0306\u031b")
_VIETNAMESE_BASES = frozenset("aeiouyđ")


class _Settings(Facts):
    least_score: float
    least_rise: float
    least_letters: int
    least_followers: int
    certain_followers: int
    longest_bare_word: int
    reference: str


class CodecPair(Facts):
    """Text in one encoding that was read as another."""

    wrong: str
    right: str
    reference: str


class _Alphabets(Facts):
    letters: dict[str, str]
    reference: str


class MojibakeFacts(Facts):
    """Pairs of encodings, thresholds, and the letters of languages."""

    settings: _Settings
    pairs: tuple[CodecPair, ...]
    alphabets: _Alphabets


@lru_cache(maxsize=1)
def mojibake_facts() -> MojibakeFacts:
    """
    Read what is known of wrongly decoded text.

    Returns
    -------
    MojibakeFacts
        Frozen; read once.
    """
    path = resource_path("mojibake.toml")
    return parse(MojibakeFacts, read_toml(path), where=path.name)


def naturalness(text: str) -> float:
    """
    Share of a text's non-ASCII characters that a person would have written there.

    Parameters
    ----------
    text : str
        A name or a sentence, of one script beside ASCII.

    Returns
    -------
    float, in [0, 1]
        The best of the scripts known: Thai, Arabic and Persian, Latin (each word within one
        language's letters, Vietnamese with one tone a syllable). 1 for ASCII.

    Examples
    --------
    >>> naturalness("Größe"), naturalness("สงขลา"), naturalness("Ê§¢ÅÒ") < 0.5
    (1.0, 1.0, True)
    """
    composed = unicodedata.normalize("NFC", text)
    return max(plausibility(composed, "thai"), plausibility(composed, "arabic"), _latin(composed))


def _latin(text: str) -> float:
    """Share of non-ASCII characters at home in words of the Latin script."""
    verdicts: list[bool] = []
    at_home = [False] * len(text)
    for word in _WORD.finditer(text):
        fits = _is_latin_word(word[0])
        at_home[word.start() : word.end()] = [fits] * len(word[0])
    for i, char in enumerate(text):
        if char.isascii():
            continue
        if unicodedata.category(char) in {"Ll", "Lu", "Lo", "Lm"}:
            verdicts.append(at_home[i])
        elif not _is_typographic(char) or _unlike_text(text, i):
            verdicts.append(_is_sign(char) and not _unlike_text(text, i))
    return sum(verdicts) / len(verdicts) if verdicts else 1.0


def _is_latin_word(word: str) -> bool:
    """Whether a word keeps to the letters of one language, with capitals where they may be."""
    small = word.lower()
    accented = [char for char in small if not char.isascii()]
    if not accented:
        return True
    if any(b.isupper() and a.islower() for a, b in pairwise(word)):
        return False
    if len(accented) == len(small) > mojibake_facts().settings.longest_bare_word:
        return False
    alphabets = mojibake_facts().alphabets.letters.values()
    return any(set(accented) <= set(letters) for letters in alphabets) or _is_vietnamese(small)


def _is_vietnamese(syllable: str) -> bool:
    """Whether every mark is one of Vietnamese, with one tone at most."""
    parts = unicodedata.normalize("NFD", syllable)
    marks = [char for char in parts if unicodedata.combining(char)]
    letters = [char for char in parts if not char.isascii() and not unicodedata.combining(char)]
    return (
        set(marks) <= _VIETNAMESE_MARKS
        and sum(mark in _TONES for mark in marks) <= 1
        and set(letters) <= _VIETNAMESE_BASES
        and not unicodedata.combining(parts[0])
    )


def _is_typographic(char: str) -> bool:
    """Quotes, dashes, ellipses and spaces."""
    return unicodedata.category(char) in {"Pi", "Pf", "Pd", "Ps", "Pe", "Zs", "Cf"} or char in "…•·"


def _is_sign(char: str) -> bool:
    """Signs that stand in names and notes: 7°, 10 m², © 2024, ¿Dónde?, 5 €."""
    return char in "°ºª©®™²³¹€£¥¿¡×±§½¼¾µ№†‡฿đ₫"


def _unlike_text(text: str, i: int) -> bool:
    """Whether a sign touches an accented letter or another, as in text decoded wrongly."""
    beside = text[max(i - 1, 0) : i] + text[i + 1 : i + 2]
    return any(not char.isascii() and not char.isspace() for char in beside)
