"""The texts that one written name holds: beside its brackets, before a comma, in each script."""

from __future__ import annotations

import re
from itertools import groupby

from creative_spatial.preparation.conflation.sounds import ARABIC, THAI

LATIN, THAI_SCRIPT, ARABIC_SCRIPT, OTHER = "Latin", "Thai", "Arabic", "other"
_BRACKETS = re.compile(r"[(\[（]([^)\]）]*)[)\]）]?")
# What sets an addition off as a comma does; a hyphen within a word does not.
_COMMA = re.compile(r"[،,;]|\s[-\u2013\u2014:~\u2022]\s")
# Between two names of one place.
_SLASH = re.compile(r"\s[/|]\s|\|")
# The mark of a name cut short, as in กรุงเทพฯ.
CUT = "\u0e2f"
# The plural of a year, as in "since the 1920s".
_DECADE = re.compile(r"(?<=\d{3}0)s\b")
_LEAST_LETTERS = 2


def script_of(text: str) -> str:
    """
    Say which script a text is in: Thai or Arabic where it has any of their letters.

    Parameters
    ----------
    text : str
        A name, or part of one.

    Returns
    -------
    str
        "Latin", "Thai", "Arabic" or "other".

    Examples
    --------
    >>> script_of("Chùa Cầu"), script_of("วัดกลาง")
    ('Latin', 'Thai')
    """
    if THAI.search(text):
        return THAI_SCRIPT
    if ARABIC.search(text):
        return ARABIC_SCRIPT
    return LATIN if all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 for c in text) else OTHER


def texts_of(name: str) -> tuple[tuple[str, str], ...]:
    """
    Take apart what a name says outside and inside of brackets, before and after a comma.

    Parameters
    ----------
    name : str
        As displayed.

    Returns
    -------
    tuple of (text, rest)
        The fullest first; `rest` is what was left out.

    Examples
    --------
    >>> texts_of("Guan Yu Shrine, Nang Ngam")
    (('Guan Yu Shrine, Nang Ngam', ''), ('Guan Yu Shrine', 'Nang Ngam'))
    """
    name = _DECADE.sub("", name)
    inside = " ".join(_BRACKETS.findall(name)).strip()
    outside = _BRACKETS.sub(" ", name)
    head, *tail = _COMMA.split(outside, maxsplit=1)
    texts = [(outside, inside)]
    texts += [(part, "") for part in _SLASH.split(outside) if part != outside]
    if CUT in outside.rstrip(f" {CUT}"):
        short, _, more = outside.partition(CUT)
        texts.append((short + CUT, f"{more.strip()} {inside}".strip()))
    if tail and tail[0].strip():
        texts.append((head, f"{tail[0].strip()} {inside}".strip()))
    if inside:
        texts += [(inside, ""), (f"{outside} {inside}", "")]
    return tuple(texts)


def script_runs(name: str) -> tuple[str, ...]:
    """
    Split a name that is written in several scripts into its parts of one script.

    Parameters
    ----------
    name : str
        As displayed.

    Returns
    -------
    tuple of str
        In order; empty where all is one script. Digits stay with what they follow.

    Examples
    --------
    >>> script_runs("Jui Tui Shrine 水碓斗母宫")
    ('Jui Tui Shrine', '水碓斗母宫')
    """
    words: list[tuple[str, str]] = []
    for word in re.split(r"[\s/|()\[\]（）]+", name):
        script = script_of(word) if any(c.isalpha() for c in word) else (words or [("", "")])[-1][0]
        words.append((script, word))
    runs = [" ".join(word for _, word in part) for _, part in groupby(words, lambda pair: pair[0])]
    told = tuple(run.strip() for run in runs if sum(map(str.isalpha, run)) >= _LEAST_LETTERS)
    return told if len(told) > 1 else ()
