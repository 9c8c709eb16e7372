"""When an event is: months of the year, first and last day, and how it comes back."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.config import LAST_YEAR
from creative_spatial.loaders.columns import list_rows
from creative_spatial.loaders.ids import as_text
from creative_spatial.loaders.repair.calendars import read_date
from creative_spatial.loaders.repair.digits import plain_text
from creative_spatial.resources.calendars import calendar_facts

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from creative_spatial.loaders.build import Build

MONTHS, STARTS, ENDS = "months", "starts", "ends"
_YEAR = 12
_LIST = re.compile(r"[;,/&+]|\s(?:and|et|และ|va|و)\s")
_RANGE = re.compile(r"\s*[-–—~]\s*|\s(?:to|until|à|au|ถึง|đến|تا)\s")
_REMEDY = {
    MONTHS: "write months as 'Oct-Nov', '10;11' or in full, and lunar dates in `recurrence`",
    STARTS: "write days as 2025-10-21; of years of the Buddhist era see `accept`",
    ENDS: "write days as 2025-10-23; of years of the Buddhist era see `accept`",
}


def read_months(text: str) -> str | None:
    """
    Read the months of the year in which something is held.

    Parameters
    ----------
    text : str
        Numbers or names (Thai, English, French, Persian as in ``resources/calendars.toml``),
        a list of them, ranges, which may run over the end of the year, or all of it.

    Returns
    -------
    str or None
        Numbers of months, in order, joined by ";"; None where any part is no month of the
        common calendar, such as a lunar one.

    Examples
    --------
    >>> read_months("Oct-Nov"), read_months("พ.ย. ถึง ม.ค."), read_months("3, août")
    ('10;11', '1;11;12', '3;8')
    >>> read_months("ขึ้น 9 ค่ำ เดือน 9") is None
    True
    """
    plain = " ".join(plain_text(text).split())
    if plain in _whole_year():
        return ";".join(map(str, range(1, _YEAR + 1)))
    found: set[int] = set()
    for part in _LIST.split(plain):
        ends = [_month(word) for word in _RANGE.split(part.strip())]
        if len(ends) > 2 or None in ends:
            return None
        first, last = ends[0], ends[-1]
        assert first is not None  # noqa: S101  (none is in the list)
        assert last is not None  # noqa: S101
        found |= {(first - 1 + step) % _YEAR + 1 for step in range((last - first) % _YEAR + 1)}
    return ";".join(map(str, sorted(found)))


def read_first_day(text: str) -> str | None:
    """
    Read the first day that a date may mean.

    Parameters
    ----------
    text : str
        A day, month or year of the common era, or with its era ("พ.ศ. 2568").

    Returns
    -------
    str or None
        ISO 8601; None where it is no date, or lies too far ahead to be of the common era.

    Examples
    --------
    >>> read_first_day("2025-10"), read_first_day("21 ต.ค. พ.ศ. 2568"), read_first_day("2568")
    ('2025-10-01', '2025-10-21', None)
    """
    found = read_date(text, "gregorian")
    return None if found is None or found.first.year > LAST_YEAR else found.first.isoformat()


def read_last_day(text: str) -> str | None:
    """
    Read the last day that a date may mean.

    Parameters
    ----------
    text : str
        As `read_first_day` takes it.

    Returns
    -------
    str or None
        ISO 8601; None where `read_first_day` has none.

    Examples
    --------
    >>> read_last_day("2025-10")
    '2025-10-31'
    """
    found = read_date(text, "gregorian")
    return None if found is None or found.first.year > LAST_YEAR else found.last.isoformat()


_READERS: dict[str, Callable[[str], str | None]] = {
    MONTHS: read_months, STARTS: read_first_day, ENDS: read_last_day,
}  # fmt: skip


def with_event_times(frame: gpd.GeoDataFrame, build: Build) -> gpd.GeoDataFrame:
    """
    Bring the times of events into one form.

    A cell that cannot be read is null, and said; the column as it was is kept as
    ``file:<name>``. A column of the same name that means something else, of which nothing can
    be read, is set aside likewise. Where no months are given and both days are, they are the
    months between them.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        Indexed by row number; with or without `months`, `starts`, `ends`.
    build : Build
        Is told of cells that cannot be read.

    Returns
    -------
    GeoDataFrame, n rows
        With those columns as text: "10;11", ISO days.
    """
    timed = frame
    for column, reader in _READERS.items():
        if column in timed:
            timed = _read_column(timed, build, column, reader)
    if STARTS in timed and ENDS in timed:
        timed = _in_order(timed, build)
        months = [
            _months_between(first, last)
            for first, last in zip(timed[STARTS], timed[ENDS], strict=True)
        ]
        between = pd.Series(months, index=timed.index, dtype="str")
        known = (
            timed[MONTHS] if MONTHS in timed else pd.Series(None, index=timed.index, dtype="str")
        )
        timed = timed.assign(**{MONTHS: known.where(known.notna(), between)})
    return timed


def _read_column(
    frame: gpd.GeoDataFrame, build: Build, column: str, reader: Callable[[str], str | None]
) -> gpd.GeoDataFrame:
    """One column as text of its own form."""
    cells = frame[column].dropna().map(as_text)
    read = {cell: reader(cell) for cell in cells.unique()}
    odd = cells.index[cells.map(lambda cell: read[cell] is None).to_numpy(dtype=bool)]
    if len(odd):
        first = build.quote(odd[0], cells[odd[0]])
        build.warn(
            f"{column} cannot be read in {list_rows(odd, build.word)} (first: {first}), and is not "
            f"known there; {_REMEDY[column]}. The column as it was is kept as `file:{column}`.",
            rows=odd,
        )
        frame = frame.assign(**{f"file:{column}": frame[column]})
    if len(cells) and len(odd) == len(cells):
        return frame.drop(columns=column)
    values = cells.map(read).reindex(frame.index)
    return frame.assign(**{column: values.astype("str").where(values.notna())})


def _in_order(frame: gpd.GeoDataFrame, build: Build) -> gpd.GeoDataFrame:
    """Events that end before they begin have no days."""
    backwards = (frame[STARTS] > frame[ENDS]).fillna(value=False).to_numpy(dtype=bool)
    if not backwards.any():
        return frame
    rows = frame.index[backwards]
    build.warn(f"ends before it starts in {list_rows(rows, build.word)}: both days are taken as not known.",
               rows=rows)  # fmt: skip
    return frame.assign(**{name: frame[name].mask(backwards) for name in (STARTS, ENDS)})


def _months_between(first: Any, last: Any) -> str | None:
    """Months from one ISO day to another; None where either is missing or a year lies between."""
    if not isinstance(first, str) or not isinstance(last, str):
        return None
    begin, end = (int(day[:4]) * _YEAR + int(day[5:7]) - 1 for day in (first, last))
    span = range(begin, end + 1)
    return ";".join(map(str, sorted({number % _YEAR + 1 for number in span})))


def _month(word: str) -> int | None:
    """Number of a month of the common calendar."""
    bare = word.removeprefix("เดือน").removeprefix("tháng").strip()
    if bare.isdecimal():
        return int(bare) if 1 <= int(bare) <= _YEAR and len(bare) <= 2 else None
    names = _names()
    return names.get(bare) or names.get(bare.strip("."))


@lru_cache(maxsize=1)
def _names() -> dict[str, int]:
    """Numbers of the months of the common calendar by every form of their names."""
    return {
        plain_text(form): number
        for entry in calendar_facts().months
        if "gregorian" in entry.calendars
        for number, forms in enumerate(entry.names, start=1)
        for form in forms
    }


@lru_cache(maxsize=1)
def _whole_year() -> frozenset[str]:
    return frozenset(plain_text(word) for word in calendar_facts().whole_year.words)
