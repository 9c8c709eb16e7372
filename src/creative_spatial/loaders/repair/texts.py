"""Cells of a layer that may hold wrongly decoded text, dates of another calendar, other digits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.loaders.columns import is_text, list_rows
from creative_spatial.loaders.repair.cells import NUMBER, set_cells
from creative_spatial.loaders.repair.date_columns import mend_dates
from creative_spatial.loaders.repair.digits import plain_text
from creative_spatial.loaders.repair.ledger import GEOMETRY
from creative_spatial.loaders.repair.mojibake import find_mojibake

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd

    from creative_spatial.loaders.build import Build

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
        set_cells(mended, build, "digits", name, plain.to_dict())
    return mended


def _are_numbers(cells: pd.Series[Any]) -> bool:
    """Whether every cell is a number in some script's digits."""
    return all(NUMBER.fullmatch(plain_text(cell)) for cell in cells.unique())


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
        mend_dates(mended, build, name)
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
        set_cells(frame, build, "mojibake", name, after)
        return
    first = next(iter(after))
    build.propose(
        "mojibake",
        after,
        f"column {name!r} looks decoded as {found.codec_wrong} where it was {found.codec_right}, in "
        f"{list_rows(after, build.word)} (first: {build.quote(first, column[first])} would be "
        f"{build.quote(first, after[first])})",
    )
