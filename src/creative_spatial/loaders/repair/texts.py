"""Cells of a layer that may hold wrongly decoded text, dates of another calendar, other digits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.loaders.columns import is_text, list_rows
from creative_spatial.loaders.repair.calendars import guess_calendar, read_date
from creative_spatial.loaders.repair.digits import plain_text
from creative_spatial.loaders.repair.ledger import GEOMETRY
from creative_spatial.loaders.repair.mojibake import find_mojibake
from creative_spatial.resources.repairs import repair_facts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import geopandas as gpd

    from creative_spatial.loaders.build import Build
    from creative_spatial.loaders.repair.date_parts import Calendar

_CALENDARS: tuple[tuple[Calendar, str, str], ...] = (
    ("buddhist", "buddhist_dates", "of the Buddhist era"),
    ("persian", "persian_dates", "of the Persian calendar"),
)
_WORDS = re.compile(r"[\s_\-/.:()]+")
_ENOUGH = 300  # cells that tell what a column holds
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")


def mend_digits(table: pd.DataFrame, build: Build, *, keep: Collection[str]) -> pd.DataFrame:
    """
    Write the numbers of other scripts in columns of numbers as 0 to 9.

    Parameters
    ----------
    table : DataFrame, n rows
        Cells as text, indexed by row number.
    build : Build
        Records each cell.
    keep : collection of str
        Columns that stay as they are: names, ids.

    Returns
    -------
    DataFrame, n rows
        A column of which any cell is no number stays as it is.
    """
    if not build.repair:
        return table
    mended = table.copy()
    for name in map(str, table.columns):
        if name in keep or name == GEOMETRY or not is_text(table[name]):
            continue
        cells = table[name].dropna().astype("str")
        other = cells[cells.str.contains(_OTHER_DIGIT)]
        if not len(other) or not _are_numbers(cells):
            continue
        plain = other.map(plain_text)
        _set(mended, build, "digits", name, plain.to_dict())
    return mended


def _are_numbers(cells: pd.Series[Any]) -> bool:
    """Whether every cell is a number in some script's digits."""
    return all(_NUMBER.fullmatch(plain_text(cell)) for cell in cells.unique())


def mend_texts(frame: gpd.GeoDataFrame, build: Build) -> gpd.GeoDataFrame:
    """
    Propose, or on request make, the repairs of text that may be wrong.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        Indexed by row number.
    build : Build
        Is told, and says what the layer accepts.

    Returns
    -------
    GeoDataFrame, n rows
        As it was, but for kinds of repair that the layer accepts.
    """
    if not build.repair or not len(frame):
        return frame
    mended = frame.copy()
    for name in map(str, frame.columns):
        if name == GEOMETRY or pd.api.types.is_bool_dtype(frame[name].dtype):
            continue
        if is_text(frame[name]):
            _mend_mojibake(mended, build, name)
        _mend_dates(mended, build, name)
    return mended


def _mend_mojibake(frame: gpd.GeoDataFrame, build: Build, name: str) -> None:
    """One column's text that was stored after a wrong decoding."""
    column = frame[name]
    found = find_mojibake(column.tolist())
    if found is None:
        return
    rows = column.index.tolist()
    after = {rows[at]: repaired.text for at, repaired in found.repairs.items()}
    if build.accepts("mojibake"):
        _set(frame, build, "mojibake", name, after)
        return
    first = next(iter(after))
    build.propose(
        "mojibake",
        after,
        f"column {name!r} looks decoded as {found.codec_wrong} where it was {found.codec_right}, in "
        f"{list_rows(after, build.word)} (first: {build.quote(first, column[first])} would be "
        f"{build.quote(first, after[first])})",
    )


def _mend_dates(frame: gpd.GeoDataFrame, build: Build, name: str) -> None:
    """One column's dates of another calendar."""
    column = frame[name]
    cells = column.dropna()
    if not len(cells) or not _may_be_dates(name, some := _some(cells)):
        return
    guess = guess_calendar(some.tolist())
    for calendar, kind, words in _CALENDARS:
        if guess != calendar:
            continue
        numeric = pd.api.types.is_numeric_dtype(column.dtype)
        days = {cell: _common(cell, calendar, numeric=numeric) for cell in cells.unique()}
        after = {row: days[cell] for row, cell in cells.items() if days[cell] is not None}
        unread = len(cells) - len(after)
        if not after:
            return
        if build.accepts(kind):
            _set(frame, build, kind, name, after)
            return
        first = next(iter(after))
        rest = f"; {unread} more cannot be told and would stay" if unread else ""
        build.propose(
            kind,
            after,
            f"the dates in column {name!r} are {words}, as their years say, in "
            f"{list_rows(after, build.word)} (first: {build.quote(first, cells[first])} would be "
            f"{build.quote(first, after[first])}{rest})",
        )


def _some(cells: pd.Series[Any]) -> pd.Series[Any]:
    """Cells from the whole length of a column, enough to tell what it holds."""
    return cells if len(cells) <= _ENOUGH else cells.iloc[:: len(cells) // _ENOUGH]


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
    bare = [bool(_NUMBER.fullmatch(plain_text(str(cell)))) for cell in cells.unique()]
    return sum(bare) < len(bare) / 2


def _common(cell: Any, calendar: Calendar, *, numeric: bool) -> Any:
    """A cell in the common era; of a column of years a number, the year in which it begins."""
    whole = isinstance(cell, float) and cell.is_integer()
    read = read_date(f"{cell:.0f}" if whole else str(cell), calendar)
    if read is None:
        return None
    return read.first.year if numeric else read.isoformat()


def _set(frame: pd.DataFrame, build: Build, kind: str, name: str, after: Mapping[Any, Any]) -> None:
    """Set cells of a column, and record each that changes."""
    column = frame[name].astype("object")
    for row, value in after.items():
        before = column.at[row]
        if before != value:
            build.mend(kind, int(row), name, _plain(before), value)
            column.at[row] = value
    frame[name] = column.infer_objects() if not is_text(frame[name]) else column.astype("str")


def _plain(value: Any) -> Any:
    """A cell as Python has it."""
    return value.item() if hasattr(value, "item") else value
