"""A column's dates: of another calendar in whole or in part, beyond any, or without a century."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from creative_spatial.loaders.columns import is_text, list_rows
from creative_spatial.loaders.repair.calendars import (
    as_text,
    calendar_of,
    dated,
    guess_calendar,
)
from creative_spatial.loaders.repair.cells import NUMBER, set_cells
from creative_spatial.loaders.repair.date_parts import (
    WrittenDate,
    date_parts,
    has_short_year,
)
from creative_spatial.loaders.repair.digits import plain_text
from creative_spatial.resources.calendars import calendar_facts
from creative_spatial.resources.repairs import repair_facts

if TYPE_CHECKING:
    import geopandas as gpd

    from creative_spatial.loaders.build import Build
    from creative_spatial.loaders.repair.date_parts import Order
    from creative_spatial.resources.calendars import Calendar

_CALENDARS: tuple[tuple[Calendar, str, str], ...] = (
    ("buddhist", "buddhist_dates", "of the Buddhist era"),
    ("persian", "persian_dates", "of the Persian calendar"),
)
_WORDS = re.compile(r"[\s_\-/.:()]+")
_ENOUGH = 300  # cells that tell what a column holds


class _Dates(NamedTuple):
    """
    A column's cells, what each date among them says, and which have years of two digits.

    Where some can only be read day before month, and none the other way round, the others are
    read so too.
    """

    name: str
    cells: pd.Series[Any]
    written: dict[Any, WrittenDate]
    short: set[Any]
    guess: Calendar | None
    order: Order | None

    def in_calendar(self, calendar: Calendar) -> pd.Series[Any]:
        """
        Cells whose year, or what they say beside it, is of a calendar.

        A bare year of the Persian calendar may as well be an old one of the common era.
        """
        own = {
            cell
            for cell, date in self.written.items()
            if calendar_of(date) == calendar
            and (
                calendar != "persian"
                or self.guess == calendar
                or date.month is not None
                or len(date.calendars) == 1
            )
        }
        return self.cells[self.cells.isin(own)]


def mend_dates(frame: gpd.GeoDataFrame, build: Build, name: str) -> None:
    """
    Propose, or on request make, one column's dates of the common era; warn of what cannot be told.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        Indexed by row number; changed where the layer accepts it.
    build : Build
        Is told, and says what the layer accepts.
    name : str
        The column.
    """
    cells = frame[name].dropna()
    if not len(cells) or not _may_be_dates(name, some := _some(cells)):
        return
    if not _are_dates(some):
        return
    texts = {cell: as_text(cell) for cell in cells.unique()}
    written = {cell: date for cell, text in texts.items() if (date := date_parts(text)) is not None}
    orders = {date.order for date in written.values() if date.order is not None}
    order = orders.pop() if len(orders) == 1 else None
    dates = _Dates(
        name,
        cells,
        {cell: _in_order(date, order) for cell, date in written.items()},
        {cell for cell, text in texts.items() if has_short_year(text)},
        guess_calendar(some.tolist()),
        order,
    )
    if dates.guess is not None or _are_of_calendars(dates):
        for calendar, kind, words in _CALENDARS:
            _mend_calendar(frame, build, dates, (calendar, kind, words))
        _warn_of_far_years(build, dates)
        _warn_of_no_day(build, dates)
    _warn_of_short_years(build, dates)


def _mend_calendar(
    frame: gpd.GeoDataFrame, build: Build, dates: _Dates, which: tuple[Calendar, str, str]
) -> None:
    """The dates of one other calendar, which may be all of a column or a part."""
    calendar, kind, words = which
    own = dates.in_calendar(calendar)
    if not len(own):
        return
    column = frame[dates.name]
    numeric = pd.api.types.is_numeric_dtype(column.dtype)
    days = {cell: _common(dates.written[cell], calendar, numeric=numeric) for cell in own.unique()}
    after = {row: days[cell] for row, cell in own.items() if days[cell] is not None}
    whole = dates.guess == calendar
    said = f"the dates in column {dates.name!r} are" if whole else f"column {dates.name!r} is mixed"
    said += f" {words}" if whole else f": a part of its dates is {words}"
    if after and build.accepts(kind):
        set_cells(frame, build, kind, dates.name, after)
    elif after:
        first = next(iter(after))
        as_others = f", {dates.order} as in other rows" if dates.order is not None else ""
        build.propose(
            kind,
            after,
            f"{said}, as their years say, in {list_rows(after, build.word)} (first: "
            f"{build.quote(first, own[first])} would be {build.quote(first, after[first])}{as_others})",
        )
    untold = own[own.map(lambda cell: not dates.written[cell].certain).to_numpy(dtype=bool)]
    if len(untold):
        build.warn(
            f"{said}, as their years say, and day and month cannot be told apart in "
            f"{list_rows(untold.index, build.word)}, which stay as they are; write them year first, as "
            "2024-03-04",
            rows=untold.index,
        )


def _warn_of_far_years(build: Build, dates: _Dates) -> None:
    """Years that lie further on than any calendar's dates do."""
    last = calendar_facts().years.gregorian[1]
    far = {
        cell
        for cell, date in dates.written.items()
        if date.year > last and calendar_of(date) is None
    }
    rows = dates.cells[dates.cells.isin(far)]
    if not len(rows):
        return
    build.warn(
        f"column {dates.name!r} has years in the far future that are of no calendar known here, in "
        f"{list_rows(rows.index, build.word)} (first: "
        f"{build.quote(rows.index[0], as_text(rows.iloc[0]))}); correct them",
        rows=rows.index,
    )


def _warn_of_no_day(build: Build, dates: _Dates) -> None:
    """Days that the calendar of their year lacks, either way round: 29 February 2566, a 13th month."""
    lacking = set()
    for cell, date in dates.written.items():
        calendar = calendar_of(date)
        ways = (date,) if date.certain else (date, date.with_month_first())
        if calendar is not None and not any(dated(way, calendar) for way in ways):
            lacking.add(cell)
    rows = dates.cells[dates.cells.isin(lacking)]
    if not len(rows):
        return
    build.warn(
        f"column {dates.name!r} has days that their calendar does not have, in "
        f"{list_rows(rows.index, build.word)} (first: "
        f"{build.quote(rows.index[0], as_text(rows.iloc[0]))}); they stay as they are: correct them",
        rows=rows.index,
    )


def _warn_of_short_years(build: Build, dates: _Dates) -> None:
    """Years of two digits: neither century nor calendar is known."""
    rows = dates.cells[dates.cells.isin(dates.short)]
    if not len(rows):
        return
    build.warn(
        f"column {dates.name!r} has dates with years of two digits, whose century and calendar are not "
        f"known, in {list_rows(rows.index, build.word)} (first: "
        f"{build.quote(rows.index[0], as_text(rows.iloc[0]))}); write the years in full",
        rows=rows.index,
    )


def _some(cells: pd.Series[Any]) -> pd.Series[Any]:
    """Cells from the whole length of a column, enough to tell what it holds."""
    return cells if len(cells) <= _ENOUGH else cells.iloc[:: len(cells) // _ENOUGH]


def _are_dates(cells: pd.Series[Any]) -> bool:
    """Whether enough of the cells are dates, though the years of some have two digits."""
    rule = calendar_facts().guess
    given = [text for cell in cells if (text := as_text(cell))]
    dates = sum(date_parts(text) is not None or has_short_year(text) for text in given)
    return dates >= rule.least_dates and dates >= rule.least_readable * len(given)


def _are_of_calendars(dates: _Dates) -> bool:
    """Whether nearly all years are of some calendar, so that the column is no other number's."""
    known = [calendar_of(date) is not None for date in dates.written.values()]
    return bool(known) and sum(known) >= calendar_facts().guess.least_readable * len(known)


def _may_be_dates(name: str, cells: pd.Series[Any]) -> bool:
    """Whether a column's name says so, or most of its cells are more than a number."""
    small = name.casefold()
    words = repair_facts().dates.words
    if set(_WORDS.split(small)) & set(words):
        return True
    if any(word in small for word in words if not word.isascii()):
        return True
    if not is_text(cells):
        return False
    bare = [bool(NUMBER.fullmatch(plain_text(str(cell)))) for cell in cells.unique()]
    return sum(bare) < len(bare) / 2


def _in_order(date: WrittenDate, order: Order | None) -> WrittenDate:
    """A date with its day and month as the rest of the column has them."""
    if date.certain or order is None:
        return date
    right = date if order == "day first" else date.with_month_first()
    return right._replace(certain=True)


def _common(written: WrittenDate, calendar: Calendar, *, numeric: bool) -> Any:
    """A date in the common era; of a column of years a number, the year in which it begins."""
    read = dated(written, calendar) if written.certain else None
    if read is None:
        return None
    return read.first.year if numeric else read.isoformat()
