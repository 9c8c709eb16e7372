"""How dates are written in the calendars that city halls keep."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from creative_spatial.resources import Facts, parse, read_toml, resource_path

Calendar = Literal["gregorian", "buddhist", "persian"]


class _Guess(Facts):
    least_share: float
    least_readable: float
    least_dates: int
    reference: str


class _Years(Facts):
    gregorian: tuple[int, int]
    buddhist: tuple[int, int]
    persian: tuple[int, int]
    reference: str


class _ThaiNewYear(Facts):
    first_exact_year: int
    reference: str


class _Eras(Facts):
    gregorian: tuple[str, ...]
    buddhist: tuple[str, ...]
    persian: tuple[str, ...]
    ignored: tuple[str, ...]
    before_month: tuple[str, ...]
    reference: str


class MonthNames(Facts):
    """The twelve months in one language, each in its forms."""

    calendars: tuple[Calendar, ...]
    names: tuple[tuple[str, ...], ...]
    reference: str


class _WholeYear(Facts):
    words: tuple[str, ...]
    reference: str


class _Made(Facts):
    since: tuple[str, ...]
    about: tuple[str, ...]
    reference: str


class CalendarFacts(Facts):
    """How dates are written, and which years are plausible."""

    guess: _Guess
    years: _Years
    thai_new_year: _ThaiNewYear
    eras: _Eras
    whole_year: _WholeYear
    made: _Made
    months: tuple[MonthNames, ...]


@lru_cache(maxsize=1)
def calendar_facts() -> CalendarFacts:
    """
    Read how dates are written.

    Returns
    -------
    CalendarFacts
        Frozen; read once.
    """
    path = resource_path("calendars.toml")
    return parse(CalendarFacts, read_toml(path), where=path.name)
