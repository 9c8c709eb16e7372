"""When a place was made, as first and last year."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple, get_args

from creative_spatial.resources.calendars import Calendar, calendar_facts

_YEAR = r"(\d{3,4})(?:-\d{1,2})?(?:-\d{1,2})?"
_PLAIN = re.compile(_YEAR)
_DECADE = re.compile(r"(\d{3})0s")
_CENTURY = re.compile(r"(?:(early|mid|late)[ -])?(?:c(\d{1,2})|(\d{1,2})(?:st|nd|rd|th) century)")
_MONTH = re.compile(r"(?:\d{1,2}[/.])?\d{1,2}[/.](\d{4})")
_BEFORE = re.compile(rf"before {_YEAR}")
_AFTER = re.compile(rf"after {_YEAR}")
_BETWEEN = re.compile(r"\.\.|/|–|—| - | to |(?<=\d{4})-(?=\d{4}$)")
_CLOCK = re.compile(r"(?<=\d)[t ]\d{1,2}:\d{2}\S*$")
_PARTS = {"early": (0, 33), "mid": (33, 67), "late": (67, 100), None: (0, 100)}
LAST_YEAR = 2100
_BUDDHIST, _PERSIAN = 543, 621  # what a year of the common era differs by, where both begin


class _Text(NamedTuple):
    """A text without its era, and the calendar that the era is of."""

    plain: str
    calendar: Calendar


def period_of(text: str) -> str | None:
    """
    Read a date of building as OpenStreetMap's `start_date` or a register writes it.

    Parameters
    ----------
    text : str
        A year or date, "~1850", "1850s", "C18", "late 19th century", "before 1900",
        "1730..1740", "since 1950"; with its era where that is written out ("พ.ศ. 2385",
        "1842 CE", "۱۳۹۷ ه.ش"); in any script's digits.

    Returns
    -------
    str or None
        First and last year of the common era as the Extended Date/Time Format writes them
        (ISO 8601-2): "1842", "1850~" (about), "1701/1800", "../1900". None where it cannot be
        read, or lies in the future, as years of the Buddhist era without their era do: no
        calendar is guessed here. Thai years before 1941 began in April and Persian years begin
        in March, so that they are two years here.

    References
    ----------
    OSM wiki, Key:start_date, approximations; ISO 8601-2:2019. Words and eras are in
    ``resources/calendars.toml``.

    Examples
    --------
    >>> period_of("~1850"), period_of("C18"), period_of("late C19"), period_of("1730..1740")
    ('1850~', '1701/1800', '1868/1900', '1730/1740')
    >>> period_of("พ.ศ. 2385"), period_of("since 1950"), period_of("2385")
    ('1842/1843', '1950', None)
    """
    read = _without_era(text)
    if read is None:
        return None
    plain, calendar = read
    if plain.startswith("../") or plain.endswith("/.."):
        return _open_ended(plain.strip("./"), calendar, before=plain.startswith(".."))
    if found := _BEFORE.fullmatch(plain) or _AFTER.fullmatch(plain):
        return _open_ended(found[1], calendar, before=plain.startswith("before"))
    plain = _prefix("since").sub("", plain)
    parts = [found[1]] if (found := _MONTH.fullmatch(plain)) else _BETWEEN.split(plain)
    plain = parts[0]
    if len(parts) > 1:
        ends = [_span(part.strip()) for part in parts]
        first, last = (ends[0], ends[-1]) if len(ends) == 2 else (None, None)
        return _written(first[0], last[1], calendar) if first and last else None
    bare, n_about = _prefix("about").subn("", plain)
    span = _span(bare.removesuffix("~").strip())
    if span is None:
        return None
    written = _written(*span, calendar)
    about = n_about > 0 or plain.endswith("~")
    return written and (f"{written}~" if about and "/" not in written else written)


def names_era(text: str) -> bool:
    """
    Say whether a text names another era than the common one.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    bool
        Whatever else stands there.

    Examples
    --------
    >>> names_era("พ.ศ. 2385"), names_era("1842 CE")
    (True, False)
    """
    read = _without_era(text)
    return read is not None and read.calendar != "gregorian"


@lru_cache(maxsize=1 << 12)
def _without_era(text: str) -> _Text | None:
    """A text in plain digits, without eras and words that say nothing; None where eras disagree."""
    digits = (unicodedata.decimal(char, None) for char in text)
    plain = "".join(
        char if digit is None else str(digit) for char, digit in zip(text, digits, strict=True)
    )
    plain = _CLOCK.sub("", " ".join(plain.casefold().split()))
    found: set[Calendar] = set()
    for pattern, calendar in _eras():
        plain, n = pattern.subn(" ", plain)
        if n and calendar is not None:
            found.add(calendar)
    if len(found) > 1:
        return None
    return _Text(" ".join(plain.split()), found.pop() if found else "gregorian")


@lru_cache(maxsize=1)
def _eras() -> list[tuple[re.Pattern[str], Calendar | None]]:
    """Words around a year, the longest first, and the calendar that each names."""
    eras = calendar_facts().eras
    words: list[tuple[str, Calendar | None]] = [
        (word.casefold(), name) for name in get_args(Calendar) for word in getattr(eras, name)
    ]
    words += [(word.casefold(), None) for word in eras.ignored]
    words.sort(key=lambda entry: (-len(entry[0]), entry[0]))
    return [
        (re.compile(rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_]|[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])"), calendar)
        for word, calendar in words
    ]  # fmt: skip


@lru_cache(maxsize=2)
def _prefix(name: str) -> re.Pattern[str]:
    """Any of some words, at the beginning and before a gap or a number."""
    words = sorted(getattr(calendar_facts().made, name), key=len, reverse=True)
    return re.compile(
        rf"^(?:{'|'.join(re.escape(word.casefold()) for word in words)})(?:\s+|(?=\d|~))"
    )


def _span(text: str) -> tuple[int, int] | None:
    """First and last year of a year, decade or century."""
    if found := _PLAIN.fullmatch(text):
        return int(found[1]), int(found[1])
    if found := _DECADE.fullmatch(text):
        return int(found[1]) * 10, int(found[1]) * 10 + 9
    if found := _CENTURY.fullmatch(text):
        century = int(found[2] or found[3])
        first, last = ((century - 1) * 100 + share for share in _PARTS[found[1]])
        return (first + 1, last) if century else None
    return None


def _common(first: int, last: int, calendar: Calendar) -> tuple[int, int] | None:
    """Years of the common era that lie in the past, or nearly."""
    if calendar == "buddhist":
        exact = last >= calendar_facts().thai_new_year.first_exact_year
        first, last = first - _BUDDHIST, last - _BUDDHIST + (not exact)
    elif calendar == "persian":
        first, last = first + _PERSIAN, last + _PERSIAN + 1
    return (first, last) if 0 < first <= last <= LAST_YEAR else None


def _written(first: int, last: int, calendar: Calendar) -> str | None:
    """A span of the common era."""
    years = _common(first, last, calendar)
    if years is None:
        return None
    return f"{years[0]:04d}" if years[0] == years[1] else f"{years[0]:04d}/{years[1]:04d}"


def _open_ended(text: str, calendar: Calendar, *, before: bool) -> str | None:
    """A span of which one end is not known."""
    span = _span(text)
    years = None if span is None else _common(*span, calendar)
    if years is None:
        return None
    return f"../{years[1]:04d}" if before else f"{years[0]:04d}/.."
