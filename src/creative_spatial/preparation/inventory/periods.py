"""When a place was made, as first and last year."""

from __future__ import annotations

import re

_YEAR = r"(\d{3,4})(?:-\d{1,2})?(?:-\d{1,2})?"
_PLAIN = re.compile(_YEAR)
_DECADE = re.compile(r"(\d{3})0s")
_CENTURY = re.compile(r"(?:(early|mid|late)[ -])?(?:c(\d{1,2})|(\d{1,2})(?:st|nd|rd|th) century)")
_MONTH = re.compile(r"\d{1,2}[/.](\d{4})")
_BEFORE = re.compile(rf"before {_YEAR}")
_AFTER = re.compile(rf"after {_YEAR}")
_BETWEEN = re.compile(r"\.\.|/|–|—| - | to ")
_ABOUT = re.compile(r"~|circa |ca\. ?|about ")
_PARTS = {"early": (0, 33), "mid": (33, 67), "late": (67, 100), None: (0, 100)}
LAST_YEAR = 2100


def period_of(text: str) -> str | None:
    """
    Read a date of building as OpenStreetMap's `start_date` writes it.

    Parameters
    ----------
    text : str
        A year or date, "~1850", "1850s", "C18", "late 19th century", "before 1900",
        "1730..1740".

    Returns
    -------
    str or None
        First and last year as the Extended Date/Time Format writes them (ISO 8601-2):
        "1842", "1850~" (about), "1701/1800", "../1900". None where it cannot be read, or
        lies in the future, as years of the Buddhist era do: no calendar is guessed here.

    References
    ----------
    OSM wiki, Key:start_date, approximations; ISO 8601-2:2019.

    Examples
    --------
    >>> period_of("~1850"), period_of("C18"), period_of("late C19"), period_of("1730..1740")
    ('1850~', '1701/1800', '1868/1900', '1730/1740')
    >>> period_of("2385") is None
    True
    """
    plain = " ".join(text.casefold().split())
    if plain.startswith("../") or plain.endswith("/.."):
        return _open_ended(plain)
    if found := _BEFORE.fullmatch(plain):
        return _open_ended(f"../{found[1]}")
    if found := _AFTER.fullmatch(plain):
        return _open_ended(f"{found[1]}/..")
    parts = [found[1]] if (found := _MONTH.fullmatch(plain)) else _BETWEEN.split(plain)
    plain = parts[0]
    if len(parts) > 1:
        ends = [_span(part) for part in parts]
        first, last = (ends[0], ends[-1]) if len(ends) == 2 else (None, None)
        return _written(first[0], last[1]) if first and last else None
    about = bool(_ABOUT.match(plain)) or plain.endswith("~")
    span = _span(_ABOUT.sub("", plain).strip())
    if span is None:
        return None
    written = _written(*span)
    return written and (f"{written}~" if about and "/" not in written else written)


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


def _written(first: int, last: int) -> str | None:
    """A span that lies in the past, or nearly."""
    if not 0 < first <= last <= LAST_YEAR:
        return None
    return f"{first:04d}" if first == last else f"{first:04d}/{last:04d}"


def _open_ended(text: str) -> str | None:
    """A span of which one end is not known."""
    first, _, last = text.partition("/")
    year = last if first == ".." else first
    span = _span(year)
    return None if span is None or _written(*span) is None else text
