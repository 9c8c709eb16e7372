"""When a place was made and when it is open, as a list states it: mended where safe, else told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creative_spatial.loaders.columns import list_rows
from creative_spatial.loaders.ids import as_text
from creative_spatial.loaders.repair.cells import set_cells
from creative_spatial.loaders.repair.hours import plain_hours
from creative_spatial.periods import names_era, period_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd

    from creative_spatial.loaders.build import Build

HOURS = "opening_hours"
PERIODS = ("period", "start_date")
_PERIOD_REMEDY = (
    "write a year (1842), first and last year (1824/1851), 1850~ for about, C19 for a century, or a year "
    'with its era ("พ.ศ. 2385"); a reign or an age as its first and last year; of years of another era '
    "that do not say so see `accept`"
)
_HOURS_REMEDY = 'write them as OpenStreetMap does, e.g. "Mo-Fr 08:00-17:00; Sa 09:00-12:00", with 24/7 for always'


def mend_stated_times(frame: gpd.GeoDataFrame, build: Build) -> gpd.GeoDataFrame:
    """
    Bring years with another era written out to the common era, and hours to one way of writing.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        Indexed by row number; with `period`, `start_date` or `opening_hours`, or none of them.
    build : Build
        Records each cell that changes.

    Returns
    -------
    GeoDataFrame, n rows
        What cannot be read stays as it was.
    """
    if not build.repair:
        return frame
    mended = frame.copy()
    for column in PERIODS:
        _mend(
            mended, build, "eras", column, lambda text: period_of(text) if names_era(text) else None
        )
    _mend(mended, build, "hours", HOURS, _better_hours)
    return mended


def tell_unread_times(frame: gpd.GeoDataFrame, build: Build) -> None:
    """
    Warn of the rows whose hours or period cannot be read.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        As `mend_stated_times` returns it.
    build : Build
        Is told; quotes no row that is not public.
    """
    for column in PERIODS:
        _tell(frame, build, column, lambda text: period_of(text) is not None, _PERIOD_REMEDY)
    _tell(frame, build, HOURS, _are_hours, _HOURS_REMEDY)


def _mend(
    frame: pd.DataFrame, build: Build, kind: str, column: str, better: Callable[[str], str | None]
) -> None:
    """Set the cells of a column for which there is a better text."""
    cells = _cells(frame, column)
    texts = {cell: text for cell in cells.unique() if (text := better(cell)) is not None}
    if texts:
        set_cells(frame, build, kind, column, cells[cells.isin(list(texts))].map(texts).to_dict())


def _tell(
    frame: pd.DataFrame, build: Build, column: str, reads: Callable[[str], bool], remedy: str
) -> None:
    """Warn of the cells of a column that cannot be read."""
    cells = _cells(frame, column)
    unread = [cell for cell in cells.unique() if not reads(cell)]
    odd = cells[cells.isin(unread)]
    if len(odd):
        build.warn(
            f"{column} cannot be read in {list_rows(odd.index, build.word)} (first: "
            f"{build.quote(odd.index[0], odd.iloc[0])}), and is not known there; {remedy}.",
            rows=odd.index,
        )


def _cells(frame: pd.DataFrame, column: str) -> pd.Series[Any]:
    """What a column says, as text; nothing where there is no such column."""
    return (frame[column] if column in frame else frame.iloc[:0, 0]).dropna().map(as_text)


def _are_hours(text: str) -> bool:
    from opening_hours import validate

    return bool(validate(text))


def _better_hours(text: str) -> str | None:
    """Hours that the library reads, of some that it does not."""
    if _are_hours(text):
        return None
    plain = plain_hours(text)
    return plain if plain is not None and _are_hours(plain) else None
