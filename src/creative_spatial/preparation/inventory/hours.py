"""Opening hours, read by the library `opening_hours`: whether they are an evening's, a weekend's."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from creative_spatial.resources.inventory import inventory_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creative_spatial.resources.inventory import Hours

_COMMENT = re.compile(r'"[^"]*"')
_OPEN_END = re.compile(r"\d\+")
_ONE_DAY, _ONE_HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
_WEEK = 7 * _ONE_DAY
_SATURDAY = 5


class Supply(NamedTuple):
    """
    When a place is open; None where its hours do not tell.

    Parameters
    ----------
    evening : bool or None
        On most evenings of the week.
    weekend : bool or None
        On Saturday or Sunday.
    """

    evening: bool | None
    weekend: bool | None


UNREAD = Supply(None, None)


class _Opening(NamedTuple):
    begins: dt.datetime
    ends: dt.datetime
    sure: bool


@lru_cache(maxsize=1 << 15)
def supply_of(text: str) -> Supply:
    """
    Say whether opening hours are those of an evening, of a weekend.

    Open in the evening is what is open after 18:00 until 20:00 or longer on at least four days
    of an ordinary week; open at the weekend what is open for an hour on Saturday or Sunday
    (``resources/inventory.toml``, with the reasons). Public holidays are passed over.

    Parameters
    ----------
    text : str
        As OpenStreetMap's `opening_hours` writes them.

    Returns
    -------
    Supply
        Nulls where the text cannot be read, has no opening in an ordinary week ("off", "PH
        off", a comment alone), and where what it leaves open would decide ("18:00+",
        "unknown").

    References
    ----------
    OSM wiki, Key:opening_hours, specification; read by opening-hours-rs (MIT or Apache-2.0).

    Examples
    --------
    >>> supply_of("Mo-Fr 10:00-18:00"), supply_of("Tu-Su 17:00-23:00")
    (Supply(evening=False, weekend=False), Supply(evening=True, weekend=True))
    >>> supply_of("ask the abbot")
    Supply(evening=None, weekend=None)
    """
    rules = inventory_facts().hours
    if not _COMMENT.sub("", text).strip():
        return UNREAD
    weeks = _weeks(text, rules)
    if weeks is None or not any(weeks):
        return UNREAD
    least = rules.least_share_of_weeks.value * len(weeks)
    mondays = [dt.datetime.combine(day, dt.time()) for day in rules.weeks.value]
    open_ended = bool(_OPEN_END.search(_COMMENT.sub("", text)))

    def holds(*, sure: bool, evening: bool) -> bool:
        """Whether it is so in enough weeks, of what is sure or of what may be too."""
        count = 0
        for monday, week in zip(mondays, weeks, strict=True):
            openings = [opening for opening in week if opening.sure or not sure]
            met = (
                _evenings(openings, monday, rules) if evening else _weekend(openings, monday, rules)
            )
            count += met
        return count >= least

    def verdict(*, evening: bool) -> bool | None:
        sure, possible = holds(sure=True, evening=evening), holds(sure=False, evening=evening)
        if sure != possible or (sure and evening and open_ended):
            return None
        return sure

    return Supply(verdict(evening=True), verdict(evening=False))


def are_hours(text: str) -> bool:
    """
    Say whether a text is opening hours, whatever they tell.

    Parameters
    ----------
    text : str
        A tag or cell.

    Returns
    -------
    bool
        By OpenStreetMap's specification.

    Examples
    --------
    >>> are_hours("Mo-Fr 08:00-17:00"), are_hours("ask the abbot")
    (True, False)
    """
    from opening_hours import validate

    return len(text) <= inventory_facts().hours.longest_text.value and bool(validate(text))


def _weeks(text: str, rules: Hours) -> list[list[_Opening]] | None:
    """Openings in each of the weeks; None where the text cannot be read."""
    from opening_hours import OpeningHours, State

    if not are_hours(text):
        return None
    hours = OpeningHours(text)
    weeks = []
    for day in rules.weeks.value:
        monday = dt.datetime.combine(day, dt.time())
        weeks.append(
            [
                _Opening(begins, ends, state == State.OPEN)
                for begins, ends, state, *_ in hours.intervals(monday, monday + _WEEK)
                if state != State.CLOSED
            ]
        )
    return weeks


def _evenings(openings: Iterable[_Opening], monday: dt.datetime, rules: Hours) -> bool:
    """Whether enough evenings of a week have an opening that reaches far enough."""
    begins, reaches = (
        hour.value * _ONE_HOUR for hour in (rules.evening_begins, rules.evening_reaches)
    )
    evenings = {
        day
        for opening in openings
        for day in range(7)
        if opening.begins < monday + (day + 1) * _ONE_DAY
        and opening.ends >= monday + day * _ONE_DAY + reaches
        and opening.ends > monday + day * _ONE_DAY + begins
    }
    return len(evenings) >= rules.evening_days.value


def _weekend(openings: Iterable[_Opening], monday: dt.datetime, rules: Hours) -> bool:
    """Whether Saturday and Sunday have an opening that is long enough."""
    least = rules.weekend_hours.value * _ONE_HOUR
    first = monday + _SATURDAY * _ONE_DAY + rules.day_begins.value * _ONE_HOUR
    last = monday + _WEEK
    return any(min(o.ends, last) - max(o.begins, first) >= least for o in openings)
