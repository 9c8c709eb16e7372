"""What has closed, or has not opened yet, by the dates that its tags state."""

from __future__ import annotations

import calendar
import datetime as dt
import json
import re
from typing import TYPE_CHECKING, NamedTuple

from creative_spatial.periods import period_of
from creative_spatial.taxonomy import OPEN

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_ENDED, _TO_COME = "disused", "proposed"
_ENDS = ("end_date",)
_BEGINS = ("opening_date", "start_date")
_KEYS = (*_ENDS, *_BEGINS)


class _Days(NamedTuple):
    first: dt.date
    last: dt.date


def status_on(status: str, tags: str, day: dt.date | None) -> str:
    """
    Say what state an object is in on the day of its data.

    Parameters
    ----------
    status : str
        What its life-cycle tags say.
    tags : str
        All its tags, as a JSON object.
    day : date or None
        Of the data, not of today; None where it is not known, and nothing follows from dates.

    Returns
    -------
    str
        "disused" where `end_date` lies wholly before that day, "proposed" where `opening_date`
        or `start_date` lies wholly after it, and else `status`; only what is open changes. A date
        that cannot be read says nothing.

    References
    ----------
    OSM wiki, Key:end_date, Key:opening_date, Key:start_date.

    Examples
    --------
    >>> day = dt.date(2025, 6, 1)
    >>> status_on("open", '{"end_date": "2010"}', day), status_on("open", '{"end_date": "2025"}', day)
    ('disused', 'open')
    >>> status_on("open", '{"opening_date": "2030-01-01"}', day)
    'proposed'
    """
    if day is None or status != OPEN or not any(f'"{key}"' in tags for key in _KEYS):
        return status
    stated: Mapping[str, str] = json.loads(tags)
    if any((days := _days(stated.get(key))) and days.last < day for key in _ENDS):
        return _ENDED
    if any((days := _days(stated.get(key))) and days.first > day for key in _BEGINS):
        return _TO_COME
    return status


def day_of(date: str | None) -> dt.date | None:
    """
    Read the date of a source as its last day.

    Parameters
    ----------
    date : str or None
        ISO 8601, to the year, month, day or second.

    Returns
    -------
    date or None
        None where it is not known.

    Examples
    --------
    >>> day_of("2025-02"), day_of("2025-02-03T10:00:00Z"), day_of(None)
    (datetime.date(2025, 2, 28), datetime.date(2025, 2, 3), None)
    """
    days = _days(date[:10] if date else None)
    return None if days is None else days.last


def _days(text: str | None) -> _Days | None:
    """First and last day that a date may mean."""
    if not text:
        return None
    if period_of(text) is None:
        return None
    if found := _DAY.fullmatch(text.strip()):
        year, month, day = (None if part is None else int(part) for part in found.groups())
        try:
            return _whole(year or 0, month, day)
        except (ValueError, calendar.IllegalMonthError):
            return None
    first, _, last = (period_of(text) or "").rstrip("~").partition("/")
    begins = dt.date.min if first == ".." else dt.date(int(first), 1, 1)
    ends = dt.date.max if last == ".." else dt.date(int(last or first), 12, 31)
    return _Days(begins, ends)


def _whole(year: int, month: int | None, day: int | None) -> _Days:
    """A day, or all days of a month or year."""
    if month is None:
        return _Days(dt.date(year, 1, 1), dt.date(year, 12, 31))
    if day is None:
        return _Days(
            dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
        )
    return _Days(dt.date(year, month, day), dt.date(year, month, day))
