"""What names sound like, coarsely, so that two scripts can be compared."""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

from creative_spatial.resources.conflation import conflation_facts

THAI = re.compile("[\u0e00-\u0e7f]")
ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")
_CONSONANT = "[\u0e01-\u0e2e]"
_BEFORE = "[\u0e40-\u0e44]"
_TONES = re.compile("[\u0e47-\u0e4b\u0e4d\u0e4e]")
# A silenced consonant, with the vowel it may carry.
_SILENT = re.compile(f"{_CONSONANT}[\u0e34\u0e38]?\u0e4c")
_SILENT_PAIR = re.compile(f"(?<={_CONSONANT})[กคจดตท]ร\u0e4c")
# A vowel written before the consonants that it follows: one, or two that are read together.
_LEADING = re.compile(f"({_BEFORE})([กขคปพตผ][รลว](?={_CONSONANT}|[\u0e30-\u0e32])|{_CONSONANT})")
_SPELLED = (
    (re.compile(f"ญ(?=$|\\s|{_CONSONANT}|{_BEFORE})"), "น"),
    (re.compile(f"เ({_CONSONANT}{{1,2}})ือ"), r"\1ua"),
    (re.compile(f"เ({_CONSONANT}{{1,2}})ีย"), r"\1ia"),
    (re.compile(f"เ({_CONSONANT}{{1,2}})าะ"), r"\1o"),
    (re.compile(f"เ({_CONSONANT}{{1,2}})า"), r"\1aw"),
    (re.compile("\u0e31ว"), "ua"),
    (re.compile(f"(?<={_CONSONANT})ว(?={_CONSONANT}(?![\u0e30-\u0e3a]))"), "ua"),
    (re.compile("(?<=[\u0e01-\u0e23\u0e25-\u0e2e])รร"), "a"),
    (re.compile("(?<=[กตท])ร(?=$|\\s)"), ""),
    (re.compile("ทร(?=[\u0e30-\u0e3a])"), "ซ"),
    # The letter o ang is a vowel only after a consonant that has no other.
    (re.compile("(^|\\s)อ"), r"\1"),
    (re.compile("อ(?=[\u0e30-\u0e3a\u0e40-\u0e44])"), ""),
)
_VOWELS = re.compile("[aeiou ]")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=4096)
def sound(text: str) -> str:
    """
    Write a name as classes of sound: capitals for consonants, small letters for vowels.

    Initial and final consonants that Thai romanisation writes differently share a class
    (t, d, s, ch, j), and h is not heard. Too coarse for one script; enough, with place and
    concept, between two.

    Parameters
    ----------
    text : str
        A name, or part of one, as `match_key` leaves it.

    Returns
    -------
    str
        Without spaces; empty where nothing is heard.

    Examples
    --------
    >>> sound("กลาง"), sound("klang"), sound("نقش جهان"), sound("naqsh jahan")
    ('KNaG', 'KNaG', 'NKTN', 'NaKTaN')
    """
    plain = text if THAI.search(text) else anyascii(text).lower()
    heard = anyascii(_thai(_latin(plain)))
    if ARABIC.search(text):  # waw is as often a vowel, and ain is written by few
        heard = heard.replace("w", "")
    return _TWICE.sub(r"\1", re.sub(r"[^A-Za-z0-9]", "", heard).replace("w", "u"))


@lru_cache(maxsize=1 << 16)
def skeleton(heard: str) -> str:
    """
    Keep the consonants of a name as `sound` writes it.

    Parameters
    ----------
    heard : str
        What `sound` returns.

    Returns
    -------
    str
        Capitals and digits.

    Examples
    --------
    >>> skeleton(sound("ถนน")) == skeleton(sound("thanon"))
    True
    """
    return _TWICE.sub(r"\1", _VOWELS.sub("", heard))


def _thai(text: str) -> str:
    """Thai letters as they are read, in the order in which they are read; others as they are."""
    text = _SILENT_PAIR.sub("", text)
    text = _SILENT.sub("", text)
    text = _TONES.sub("", text)
    for pattern, replacement in _SPELLED:
        text = pattern.sub(replacement, text)
    text = _LEADING.sub(r"\2\1", text)
    table = {
        letter: value.lower() if value in "aeiou" else value
        for letters, value in conflation_facts().sounds.thai.items()
        for letter in letters
    }
    return "".join(table.get(letter, letter) for letter in text)


@lru_cache(maxsize=1)
def _latin_pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(written) for written, _ in _latin_pairs()))


@lru_cache(maxsize=1)
def _latin_pairs() -> tuple[tuple[str, str], ...]:
    return conflation_facts().sounds.latin


def _latin(text: str) -> str:
    """Latin letters as heard, the longest spelling first; capitals are heard already."""
    heard = dict(_latin_pairs())
    return _latin_pattern().sub(lambda found: heard[found.group()], text)
