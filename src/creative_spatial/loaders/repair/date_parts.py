"""The parts of a date as it was written, before a calendar gives them a meaning."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from creative_spatial.loaders.repair.digits import plain_text
from creative_spatial.resources.calendars import Calendar, calendar_facts

Order = Literal["day first", "month first"]
_ALL: frozenset[Calendar] = frozenset(get_args(Calendar))


class WrittenDate(NamedTuple):
    """Year, month and day as written, and the calendars that the words beside them allow."""

    year: int
    month: int | None
    day: int | None
    certain: bool  # False where day and month may be either way round
    calendars: frozenset[Calendar]  # those that the words in it allow
    order: Order | None = None  # where one of two numbers before the year can only be a day

    def with_month_first(self) -> WrittenDate:
        """
        Exchange day and month.

        Returns
        -------
        WrittenDate
            The other reading of a date that is not certain.
        """
        return self._replace(month=self.day, day=self.month)


_TIME = re.compile(r"(?<=\d)[t ]\s*\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(z|[+-]\d{2}:?\d{2})?$")
_PART = re.compile(r"[^\d\s,/\-]+=\d+|\d+|[^\d\s,/\-]+")
_MOST = 80  # no date is longer


@lru_cache(maxsize=1)
def _months() -> dict[str, tuple[int, frozenset[Calendar]]]:
    """Number of a month, and the calendars it may stand in, by its name."""
    named = {
        plain_text(form): (number, frozenset(entry.calendars))
        for entry in calendar_facts().months
        for number, forms in enumerate(entry.names, start=1)
        for form in forms
    }
    numbered = {
        f"{plain_text(word)}={number}": (number, _ALL)
        for word in calendar_facts().eras.before_month
        for number in range(1, 13)
    }
    return named | numbered


@lru_cache(maxsize=1)
def _numbered_month() -> re.Pattern[str]:
    """A word that says that the number after it is the month's."""
    words = "|".join(re.escape(plain_text(word)) for word in calendar_facts().eras.before_month)
    return re.compile(rf"({words})\s*0?(\d{{1,2}})(?!\d)")


@lru_cache(maxsize=1)
def _era_words() -> list[tuple[re.Pattern[str], frozenset[Calendar]]]:
    """Words around a date, the longest first, and the calendars that they leave."""
    eras = calendar_facts().eras
    words = [
        (plain_text(word), _ALL if name == "ignored" else frozenset({name}))
        for name in (*get_args(Calendar), "ignored")
        for word in getattr(eras, name)
    ]
    words.sort(key=lambda entry: (-len(entry[0]), entry[0]))
    letter = r"[^\W\d_]"
    return [
        (
            re.compile(
                rf"(?<!{letter}){re.escape(word)}(?!{letter}|[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])"
            ),
            left,
        )
        for word, left in words
    ]


def date_parts(text: str) -> WrittenDate | None:
    """
    Take a date apart, in whichever calendar it is.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    WrittenDate or None
        None where the text is no date. Day and month are not checked against a calendar.

    Examples
    --------
    >>> date_parts("15 ม.ค. 2567")[:3], date_parts("Wat Klang") is None
    ((2567, 1, 15), True)
    """
    taken = _take_apart(text)
    if taken is None:
        return None
    numbers, names, allowed = taken
    if names:
        month, calendars = names[0]
        return _with_name(numbers, month, allowed & calendars)
    return _of_numbers(numbers, allowed)


def has_short_year(text: str) -> bool:
    """
    Say whether a text is a date whose year has two digits.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    bool
        True where two of its parts can be a day and a month, and the third is at an end.

    Examples
    --------
    >>> [has_short_year(text) for text in ("04/03/67", "15 ม.ค. 67", "04/03/2567", "40/50/60")]
    [True, True, False, False]
    """
    taken = _take_apart(text)
    if taken is None or any(len(number) > 2 for number in taken[0]):
        return False
    numbers, names, _ = taken
    values = [int(number) for number in numbers]
    if names:
        return len(values) == 2 and len(numbers[-1]) == 2 and 1 <= values[0] <= 31
    if len(values) != 3:
        return False
    return any(
        len(year) == 2 and 1 <= min(rest) <= 12 and max(rest) <= 31
        for year, rest in ((numbers[0], values[1:]), (numbers[2], values[:2]))
    )


def _take_apart(
    text: str,
) -> tuple[list[str], list[tuple[int, frozenset[Calendar]]], frozenset[Calendar]] | None:
    """Numbers and names of months, and the calendars left; None where there is more, or no number."""
    if len(text) > _MOST:
        return None
    plain = _TIME.sub("", plain_text(text))
    allowed = _ALL
    for pattern, left in _era_words():
        plain, found = pattern.subn(" ", plain)
        allowed = allowed & left if found else allowed
    plain = _numbered_month().sub(r" \1=\2 ", plain)
    parts = [part for part in _PART.findall(plain) if part != "."]
    numbers = [part for part in parts if part.isdecimal()]
    names = [name for part in parts if (name := _month(part))]
    if len(names) > 1 or not numbers or len(names) + len(numbers) != len(parts):
        return None
    return numbers, names, allowed


def _month(word: str) -> tuple[int, frozenset[Calendar]] | None:
    """Number and calendars of a month's name."""
    return _months().get(word) or _months().get(word.strip("."))


def _is_year(number: str) -> bool:
    return len(number) == 4 and int(number) > 0


def _with_name(
    numbers: list[str], month: int, calendars: frozenset[Calendar]
) -> WrittenDate | None:
    """Year, and a day if there is one, beside the name of a month."""
    years = [number for number in numbers if _is_year(number)]
    days = [number for number in numbers if len(number) <= 2]
    if len(years) != 1 or len(days) > 1 or len(years) + len(days) != len(numbers):
        return None
    day = int(days[0]) if days else None
    return WrittenDate(int(years[0]), month, day, certain=True, calendars=calendars)


def _of_numbers(numbers: list[str], calendars: frozenset[Calendar]) -> WrittenDate | None:
    """Year; year and month; or all three, the year at either end."""
    if [number for number in numbers[1:-1] if len(number) > 2] or len(numbers) > 3:
        return None
    if len(numbers) == 1:
        whole = _is_year(numbers[0])
        return WrittenDate(int(numbers[0]), None, None, True, calendars) if whole else None  # noqa: FBT003
    first_is_year, last_is_year = _is_year(numbers[0]), _is_year(numbers[-1])
    if first_is_year == last_is_year or len(numbers[-1 if first_is_year else 0]) > 2:
        return None
    year, *rest = numbers if first_is_year else numbers[::-1]
    month, day = int(rest[0]), int(rest[1]) if len(rest) > 1 else None
    certain = True
    order: Order | None = None
    if not first_is_year and day is not None:
        certain = month == day or max(month, day) > 12
        if max(month, day) > 12 and min(month, day) <= 12:
            order = "month first" if month > 12 else "day first"
        if month > 12:
            month, day = day, month
    return WrittenDate(int(year), month, day, certain, calendars, order)
