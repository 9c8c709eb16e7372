"""Dates of the common, the Thai Buddhist and the Persian calendar, no finer than they were written."""

from __future__ import annotations

import calendar as months_of_the_common_era
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from creative_spatial.config import BUDDHIST_ERA
from creative_spatial.loaders.repair.date_parts import (
    WrittenDate,
    date_parts,
)
from creative_spatial.resources.calendars import Calendar, calendar_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Precision = Literal["year", "month", "day"]


class ReadDate(NamedTuple):
    """First and last day that a date may mean, in the common era, and what it was given to."""

    first: date
    last: date
    precision: Precision

    def isoformat(self) -> str:
        """
        Write the date as ISO 8601 does, as coarse as it was read.

        Returns
        -------
        str
            A day, month or year where it is just that of the common era, else an interval:
            a Persian year begins in March.

        Examples
        --------
        >>> ReadDate(date(2024, 1, 1), date(2024, 12, 31), "year").isoformat()
        '2024'
        >>> ReadDate(date(2023, 3, 21), date(2024, 3, 19), "year").isoformat()
        '2023-03-21/2024-03-19'
        """
        whole = {
            _year_of(self.first.year): f"{self.first.year:04d}",
            _month_of(self.first.year, self.first.month): self.first.isoformat()[:7],
            (self.first, self.first): self.first.isoformat(),
        }
        span = (self.first, self.last)
        return whole.get(span, f"{self.first.isoformat()}/{self.last.isoformat()}")


def read_date(text: str, calendar: Calendar) -> ReadDate | None:
    """
    Read a date that was written in a calendar.

    Parameters
    ----------
    text : str
        ISO (year first), day/month/year, with the month's name, a month and a year, or a
        year alone; in any script's digits. A time of day after it is passed over.
    calendar : {"gregorian", "buddhist", "persian"}
        The calendar of its year. Where the text names its own era ("ค.ศ. 2024"), that wins.

    Returns
    -------
    ReadDate or None
        None where it is no date, a day that the calendar lacks, a year of two digits, or
        where day and month may be either way round ("3/4/2567").

        Buddhist years before 1941 are read to the year only: they began in April, and
        January to March may have been counted to either.

    Examples
    --------
    >>> read_date("15 ม.ค. 2567", "buddhist").isoformat()
    '2024-01-15'
    >>> read_date("۱۴۰۳/۰۱/۰۱", "persian").isoformat(), read_date("1402", "persian").isoformat()
    ('2024-03-20', '2023-03-21/2024-03-19')
    >>> read_date("3/4/2567", "buddhist") is None
    True
    """
    written = date_parts(text)
    return None if written is None or not written.certain else dated(written, calendar)


def dated(written: WrittenDate, calendar: Calendar) -> ReadDate | None:
    """
    Give the parts of a date their meaning.

    Parameters
    ----------
    written : WrittenDate
        What `date_parts` returns; its day and month are taken as they are.
    calendar : {"gregorian", "buddhist", "persian"}
        As in `read_date`.

    Returns
    -------
    ReadDate or None
        None for a day that the calendar lacks.

    Examples
    --------
    >>> dated(date_parts("3/4/2567"), "buddhist").isoformat()
    '2024-04-03'
    """
    if not written.calendars:
        return None
    own = tuple(written.calendars)
    if calendar not in own and len(own) > 1:
        return None
    try:
        return _DATED[own[0] if len(own) == 1 else calendar](written)
    except (ValueError, OverflowError):
        return None


def guess_calendar(values: Iterable[Any]) -> Calendar | None:
    """
    Say which calendar a column of dates is in, from its years.

    Parameters
    ----------
    values : iterable
        Texts, numbers (years) or dates; missing ones are passed over.

    Returns
    -------
    {"gregorian", "buddhist", "persian"} or None
        The calendar in whose span nearly all years lie (`calendars.toml`; the spans do not
        overlap), or that nearly all values name themselves. None where there are few
        dates, most values are none, or they are mixed.

    Examples
    --------
    >>> guess_calendar(["15/01/2567", "2566", "ก.พ. 2565"]), guess_calendar(["2567", "2024"])
    ('buddhist', None)
    """
    rule = calendar_facts().guess
    given = [text for value in values if (text := as_text(value))]
    dates = [written for text in given if (written := date_parts(text)) is not None]
    if len(dates) < rule.least_dates or len(dates) < rule.least_readable * len(given):
        return None
    found = [calendar_of(written) for written in dates]
    calendar: Calendar
    for calendar in get_args(Calendar):
        if found.count(calendar) >= rule.least_share * len(dates):
            return calendar
    return None


def calendar_of(written: WrittenDate) -> Calendar | None:
    """
    Say which calendar a date is in, from its year or from what it says itself.

    Parameters
    ----------
    written : WrittenDate
        What `date_parts` returns.

    Returns
    -------
    {"gregorian", "buddhist", "persian"} or None
        None where the year lies in no calendar's span (`calendars.toml`).

    Examples
    --------
    >>> calendar_of(date_parts("2567-03-04")), calendar_of(date_parts("2999-03-04"))
    ('buddhist', None)
    """
    calendar: Calendar
    for calendar in get_args(Calendar):
        first, last = getattr(calendar_facts().years, calendar)
        named = len(written.calendars) == 1
        if calendar in written.calendars and (named or first <= written.year <= last):
            return calendar
    return None


def as_text(value: Any) -> str:
    """
    Write a cell as text; a year that pandas made a float is whole again.

    Parameters
    ----------
    value : object
        A cell.

    Returns
    -------
    str
        Empty for a missing one.
    """
    if value is None or value != value:  # noqa: PLR0124  # NaN and NaT
        return ""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value).strip()


def _year_of(year: int) -> tuple[date, date]:
    """First and last day of a year of the common era."""
    return date(year, 1, 1), date(year, 12, 31)


def _month_of(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month of the common era."""
    return date(year, month, 1), date(
        year, month, months_of_the_common_era.monthrange(year, month)[1]
    )


def _of_the_common_era(written: WrittenDate) -> ReadDate:
    """A date of the common era."""
    year, month, day = written.year, written.month, written.day
    if month is None:
        return ReadDate(*_year_of(year), "year")
    if day is None:
        first, last = date(year, month, 1), _month_of(year, month)[1]
        return ReadDate(first, last, "month")
    whole = date(year, month, day)
    return ReadDate(whole, whole, "day")


def _of_the_buddhist_era(written: WrittenDate) -> ReadDate:
    """A Thai date; those before the reform of the new year lie within 15 months."""
    exact = _of_the_common_era(written._replace(year=written.year - BUDDHIST_ERA))
    if written.year >= calendar_facts().thai_new_year.first_exact_year:
        return exact
    year = written.year - BUDDHIST_ERA
    return ReadDate(date(year, 1, 1), date(year + 1, 3, 31), "year")


def _of_the_persian_calendar(written: WrittenDate) -> ReadDate:
    """A Persian date; its months and years are spans of the common era."""
    from persiantools.jdatetime import JalaliDate

    year, month, day = written.year, written.month, written.day
    first = JalaliDate(year, month or 1, day or 1)  # type: ignore[no-untyped-call]
    if day is not None:
        return ReadDate(first.to_gregorian(), first.to_gregorian(), "day")
    last_month = month or 12
    last = JalaliDate(  # type: ignore[no-untyped-call]
        year, last_month, JalaliDate.days_in_month(last_month, year)
    )
    precision: Precision = "month" if month else "year"
    return ReadDate(first.to_gregorian(), last.to_gregorian(), precision)


_DATED: dict[Calendar, Callable[[WrittenDate], ReadDate]] = {
    "gregorian": _of_the_common_era,
    "buddhist": _of_the_buddhist_era,
    "persian": _of_the_persian_calendar,
}
