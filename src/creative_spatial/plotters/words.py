"""The words and number formats on a sheet, by language, from ``resources/text.toml``."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import bidirectional

from creative_spatial.errors import ConfigError, DataQualityWarning
from creative_spatial.plotters.text import ZERO_WIDTH_SPACE
from creative_spatial.resources import read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FALLBACK = "en"
METRES_IN_KM, LONG_MIN = 1000, 120
# What may follow the colon of a placeholder in a template.
UNITS = ("length", "time")
FORMATS = "|".join((r"\.[0-6]f", *UNITS))
_RIGHT_TO_LEFT = ("R", "AL")


def word(key: str, language: str, **values: str) -> str:
    """
    Look a word up.

    Parameters
    ----------
    key : str
        Its table in ``text.toml``.
    language : str
        ISO 639-1 code; English stands in for one that is missing.
    **values : str
        What goes into the word's braces.

    Returns
    -------
    str
        May hold zero-width spaces, where a line may break.

    Examples
    --------
    >>> word("land_area", "en", value="9.27")
    '9.27 km² of land'
    """
    texts = _words()
    if key not in texts:
        raise ConfigError(f"text.toml has no table [{key}].")
    text = in_language(texts[key], language)
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", ordered(value, language))
    return text


def ordered(text: str, language: str) -> str:
    r"""
    Keep a text that is written from left to right in its order among words that are not.

    Parameters
    ----------
    text : str
        A number, a date, a name, a sentence.
    language : str
        ISO 639-1 code of the words around it.

    Returns
    -------
    str
        Between isolating marks, which are not drawn, where the language is written from right
        to left and the text is not: a date would be read backwards.

    Examples
    --------
    >>> ordered("2026-09-11", "en"), ordered("2026-09-11", "fa")
    ('2026-09-11', '\u20662026-09-11\u2069')
    """
    if language not in _right_to_left() or any(bidirectional(c) in _RIGHT_TO_LEFT for c in text):
        return text
    return f"\u2066{text}\u2069"


def in_language(texts: Mapping[str, str], language: str) -> str:
    """
    Pick a text in a language, in English or in any other.

    Parameters
    ----------
    texts : mapping of str to str
        By language; not empty.
    language : str
        What is wanted.

    Returns
    -------
    str
        With "|" as a zero-width space.

    Examples
    --------
    >>> in_language({"en": "Park", "th": "สวน"}, "fr")
    'Park'
    """
    return texts.get(language_of(texts, language), "").replace("|", ZERO_WIDTH_SPACE)


def language_of(texts: Mapping[str, str], language: str) -> str:
    """
    Say in which language a text is that is wanted in one it may lack.

    Parameters
    ----------
    texts : mapping of str to str
        By language.
    language : str
        What is wanted.

    Returns
    -------
    str
        That, English, or any other.

    Examples
    --------
    >>> language_of({"en": "Park", "th": "สวน"}, "fr")
    'en'
    """
    known = [code for code in (language, FALLBACK, *texts) if texts.get(code)]
    return known[0] if known else language


def format_number(value: float, decimals: int, language: str) -> str:
    r"""
    Write a number as a language does.

    Parameters
    ----------
    value : float
        Finite.
    decimals : int
        Digits after the point.
    language : str
        ISO 639-1 code.

    Returns
    -------
    str
        With separators of thousands.

    Examples
    --------
    >>> format_number(1234.56, 1, "en"), format_number(1234.56, 1, "fr")
    ('1,234.6', '1\u202f234,6')
    """
    marks = {",": word("thousands", language), ".": word("decimal", language)}
    # "-0.0" would read as a finding.
    number = round(value, decimals) + 0.0
    return "".join(marks.get(c, c) for c in f"{number:,.{decimals}f}")


def format_length(metres: float, language: str) -> str:
    """
    Write a length as one says it: whole metres, from a kilometre on kilometres to the tenth.

    Parameters
    ----------
    metres : float
        Finite, not negative.
    language : str
        ISO 639-1 code.

    Returns
    -------
    str
        With its unit.

    Examples
    --------
    >>> format_length(992.4, "en"), format_length(39_547, "fr")
    ('992 m', '39,5 km')
    """
    if round(metres) < METRES_IN_KM:
        return word("metres", language, value=format_number(metres, 0, language))
    return word("kilometres", language, value=format_number(metres / METRES_IN_KM, 1, language))


def format_time(minutes: float, language: str) -> str:
    """
    Write a time as one says it: minutes, from two hours on hours and tens of minutes.

    Parameters
    ----------
    minutes : float
        Finite, not negative.
    language : str
        ISO 639-1 code.

    Returns
    -------
    str
        With its units.

    Examples
    --------
    >>> format_time(42.4, "en"), format_time(494.3, "en"), format_time(120, "en")
    ('42 min', '8 h 10 min', '2 h')
    """
    if round(minutes) < LONG_MIN:
        return word("minutes", language, value=format_number(minutes, 0, language))
    hours, tens = divmod(int(minutes / 10 + 0.5), 6)
    if not tens:
        return word("hours", language, hours=format_number(hours, 0, language))
    return word(
        "hours_minutes", language, hours=format_number(hours, 0, language), value=str(10 * tens)
    )


def format_value(value: float, how: str | None, language: str) -> str:
    """
    Write a number as a template asks for it.

    Parameters
    ----------
    value : float
        Finite.
    how : str or None
        ".0f" to ".6f", "length" for metres, "time" for minutes; a whole number otherwise.
    language : str
        ISO 639-1 code.

    Returns
    -------
    str
        With a unit where it is a length or a time.

    Examples
    --------
    >>> format_value(1316.7, "length", "en"), format_value(1316.7, ".1f", "en")
    ('1.3 km', '1,316.7')
    """
    if how == "length":
        return format_length(value, language)
    if how == "time":
        return format_time(value, language)
    return format_number(value, int(how[1]) if how else 0, language)


def languages() -> dict[str, str]:
    """
    Languages that the sheets speak, by code; features keep their names in any other.

    Returns
    -------
    dict of str to str
        Each language's name for itself.

    Examples
    --------
    >>> languages()["th"]
    'ไทย'
    """
    return dict(_words()["language"])


def check_languages(wanted: Iterable[str]) -> None:
    """
    Refuse what is no language, and say which ones the sheets lack words in.

    Parameters
    ----------
    wanted : iterable of str
        Codes of ISO 639-1, or of three letters where 639-1 has none, as in ``name:mfa``.

    Raises
    ------
    ConfigError
        If a code is no language's; it names those that the sheets speak.

    Warns
    -----
    DataQualityWarning
        Once for each language that the sheets lack words in.

    Examples
    --------
    >>> check_languages(["th", "en"])
    """
    known = list(wanted)
    refuse_unknown(known)
    for code in known:
        _warn_of_gaps(code)


def refuse_unknown(wanted: Iterable[str]) -> None:
    """
    Refuse what is no language.

    Parameters
    ----------
    wanted : iterable of str
        Codes, as `check_languages` takes them.

    Raises
    ------
    ConfigError
        If a code is no language's; it names those that the sheets speak.
    """
    for code in wanted:
        longer = len(code) == 3 and code.isascii() and code.isalpha() and code.islower()
        if code not in {*languages(), *_codes()} and not longer:
            raise ConfigError(
                f"Unknown language {code!r}; the sheets speak {', '.join(languages())}, and take names "
                "in any other language of ISO 639-1."
            )


@lru_cache(maxsize=256)
def _warn_of_gaps(code: str) -> None:
    """Say how many words a language lacks, if any; the cache keeps it to once a language."""
    words = _words()
    there = sum(code in texts for texts in words.values())
    if there == len(words):
        return
    known = f"{there} of {len(words)} words" if there else "no words"
    warnings.warn(
        f"The sheets have {known} in {code!r} yet; English words are used for what is missing, names "
        f"in {code!r} where there are any.",
        DataQualityWarning,
        stacklevel=4,
    )


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    """Codes of ISO 639-1."""
    return frozenset(read_toml(resource_path("text.toml"))["iso_639_1"].split())


@lru_cache(maxsize=1)
def _right_to_left() -> frozenset[str]:
    """Codes of languages that are written from right to left."""
    return frozenset(read_toml(resource_path("text.toml"))["right_to_left"].split())


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    """All words by key and language."""
    texts = read_toml(resource_path("text.toml"))
    return {key: table for key, table in texts.items() if isinstance(table, dict)}
