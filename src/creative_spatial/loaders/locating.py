"""Where a table's rows are: by coordinates in two columns, in one, or as WKT."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.crs import WGS84, reproject
from creative_spatial.errors import LoadError
from creative_spatial.loaders.columns import list_rows
from creative_spatial.loaders.coordinates import (
    PLAIN_NUMBER,
    in_range,
    parse_number,
    read_coordinate,
)
from creative_spatial.loaders.placeless import no_shapes
from creative_spatial.loaders.repair.dms import parse_pair
from creative_spatial.resources.repairs import repair_facts

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    from creative_spatial.loaders.build import Build

# Names under which coordinates are found without being mapped, in order; of x and y both
# must be there, for either alone may be anything.
LONGITUDE_NAMES = ("lon", "longitude", "lng", "long", "decimallongitude")
LATITUDE_NAMES = ("lat", "latitude", "decimallatitude")
PLANE_NAMES = ("x", "y")
WKT, POSITION = "wkt", "position"
_PLAIN_PAIR = re.compile(r"\s*([+-]?[0-9.]+)\s*[,;\s]\s*([+-]?[0-9.]+)\s*")


class Pairs(NamedTuple):
    """
    The columns that say where a row is.

    Parameters
    ----------
    first : tuple of str
        Longitude and latitude (x and y), or the one with both or of WKT; none where no row has a
        place.
    beside : tuple of str
        Longitude and latitude of rows where `first` is blank; none without.
    """

    first: tuple[str, ...]
    beside: tuple[str, ...] = ()


def coordinate_columns(table: pd.DataFrame, file: str, homeless: NDArray[np.bool_]) -> Pairs:
    """
    Find the columns that say where a row is.

    Parameters
    ----------
    table : DataFrame of str, n rows
        Under our column names, indexed by row number.
    file : str
        What messages call the file.
    homeless : array of bool, shape (n,)
        Rows that may do without a place.

    Returns
    -------
    Pairs
        None where no row needs any.

    Raises
    ------
    LoadError
        If there are none; the message names the columns that there are.
    """
    small = {str(name).strip().casefold(): str(name) for name in reversed(table.columns)}
    found = [
        next((small[name] for name in names if name in small), None)
        for names in (LONGITUDE_NAMES, LATITUDE_NAMES)
    ]
    half = [name for name in found if name is not None]
    pair: tuple[str, ...] = tuple(half) if len(half) == len(found) else ()
    plane = () if half else tuple(small[name] for name in PLANE_NAMES if name in small)
    if len(plane) == len(PLANE_NAMES):
        pair = plane
    for one in (WKT, POSITION):
        if one in table:
            # x and y may be anything where every row says otherwise where it is.
            beside = pair if pair != plane or table[one].isna().any() else ()
            return Pairs((one,), tuple(name for name in beside if name != one))
    if pair:
        return Pairs(pair)
    if not half and homeless.size and homeless.all():
        return Pairs(())
    listed = [str(name) for name in table.columns if str(name).strip()]
    have = f"only {half[0]!r} is there" if half else f"it has {listed}"
    if homeless.any():
        have += (
            f"; events and practices may do without, {list_rows(table.index[~homeless])} may not"
        )
    raise LoadError(
        f"{file}: no coordinates: {have}; name them, e.g. "
        '`columns = { lon = "longitude", lat = "latitude" }`, `columns = { wkt = "geometry" }`, or '
        '`columns = { position = "gps" }` for one with both, as "7.2, 100.6".'
    )


def locate_by_either(
    table: pd.DataFrame,
    pairs: Pairs,
    crs: CRS,
    build: Build,
    *,
    may_lack: NDArray[np.bool_],
    metres: Any,
) -> gpd.GeoDataFrame:
    """
    Make geometry of what each row has: its WKT, or else the coordinates beside it.

    Parameters
    ----------
    table : DataFrame of str, n rows
        Indexed by row number.
    pairs : Pairs
        The columns.
    crs : CRS
        What they are in. Beside WKT in metres, coordinates that are degrees are those of WGS 84.
    build : Build
        Collects what is mended and set aside; is told where WKT and coordinates are further
        apart than one record is known to. The WKT counts.
    may_lack : array of bool, shape (n,)
        Rows that stay where their cells are blank, without a geometry.
    metres : CRS-like
        What distances are measured in.

    Returns
    -------
    GeoDataFrame, at most n rows
        In `crs`, in the order of the table, without those columns.
    """
    first, beside = pairs
    if not beside:
        return locate_rows(table, first, crs, build, may_lack=may_lack)
    rest = table.drop(columns=[*first, *beside])
    told = table[list(first)].notna().all(axis=1).to_numpy(dtype=bool)
    values = np.column_stack([_plain_values(table[name], crs) for name in beside])
    own = WGS84 if not crs.is_geographic and _are_degrees(values) else crs
    shaped, pointed = (
        locate_rows(rest.join(table[list(pair)])[rows], pair, of, build, may_lack=may_lack[rows])
        for pair, of, rows in ((first, crs, told), (beside, own, ~told))
    )
    apart = _apart(shaped, values[table.index.isin(shaped.index)], own, metres)
    if len(apart):
        said = first[0].upper() if first[0] == WKT else first[0]
        build.warn(
            f"{said} and {' and '.join(beside)} are over {_known_to_m():g} m apart in "
            f"{list_rows(apart, build.word)}: the {said} was taken; empty what is wrong.",
            rows=apart,
        )
    pointed = pointed if own == crs else reproject(pointed, crs)
    frame = pd.concat([part for part in (shaped, pointed) if len(part)] or [shaped])
    return frame.loc[table.index[table.index.isin(frame.index)]]


def _plain_values(column: pd.Series[str], crs: CRS) -> NDArray[np.float64]:
    """Coordinates of one column as they are typed; not-a-number where there is none."""
    degrees = bool(crs.is_geographic)
    read = [None if pd.isna(it) else parse_number(str(it), degrees=degrees) for it in column]
    return np.array([np.nan if it is None else it for it in read], dtype=float)


def _are_degrees(values: NDArray[np.float64]) -> bool:
    """Whether all coordinates can be of a globe; no city has them as metres."""
    known = values[np.isfinite(values).all(axis=1)]
    return bool(len(known) and in_range(known, WGS84).all())


def _apart(
    shaped: gpd.GeoDataFrame, values: NDArray[np.float64], own: CRS, metres: Any
) -> pd.Index[Any]:
    """Rows whose coordinates are not where their shape is; 0, 0 is no place."""
    known = in_range(values, own) & values.any(axis=1) & shaped.geometry.notna().to_numpy()
    if not known.any():
        return shaped.index[:0]
    shapes = shaped[known]
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(*values[known].T), index=shapes.index, crs=own
    )
    there, here = (reproject(layer, metres).geometry for layer in (shapes, points))
    return shapes.index[there.distance(here).to_numpy() > _known_to_m()]


def _known_to_m() -> float:
    """How well the place of one good record is known."""
    return repair_facts().settings.near_duplicate_m


def locate_rows(
    table: pd.DataFrame,
    pair: tuple[str, ...],
    crs: CRS,
    build: Build,
    *,
    may_lack: NDArray[np.bool_] | None = None,
) -> gpd.GeoDataFrame:
    """
    Make geometry of coordinates; rows without are set aside.

    Parameters
    ----------
    table : DataFrame of str, n rows
        Indexed by row number.
    pair : tuple of str
        The columns of longitude and latitude (x and y), or the one with both or of WKT; none
        where no row has a place.
    crs : CRS
        What they are in.
    build : Build
        Collects what is mended and set aside.
    may_lack : array of bool, shape (n,), optional
        Rows that stay where their cells are blank, without a geometry.

    Returns
    -------
    GeoDataFrame, at most n rows
        In `crs`, without the columns of `pair`.
    """
    may_lack = np.zeros(len(table), dtype=bool) if may_lack is None else may_lack
    if not pair:
        return gpd.GeoDataFrame(table, geometry=no_shapes(len(table)), crs=crs)
    if pair == (POSITION,):
        table = _parted(table, build)
        pair = (f"{POSITION}:lon", f"{POSITION}:lat")
    if len(pair) == 1:
        shapes = _shapes(table[pair[0]].fillna("").to_numpy(str))
        frame = gpd.GeoDataFrame(table.drop(columns=list(pair)), geometry=shapes, crs=crs)
        bare = table[pair[0]].isna().to_numpy(dtype=bool) & may_lack
        return build.keep(frame, np.asarray(~shapely.is_missing(shapes)) | bare, "unreadable_wkt")
    points = np.column_stack(
        [_numbers(table[name], build, degrees=bool(crs.is_geographic)) for name in pair]
    )
    blank = np.asarray(table[list(pair)].isna().any(axis=1), dtype=bool)
    unread = np.asarray(np.isnan(points).any(axis=1) & ~blank)
    # What programs write for "not set"; nobody's city lies there.
    unset = np.asarray((points == 0).all(axis=1))
    shapes = np.asarray(shapely.points(np.where(np.isnan(points), 0, points)))
    shapes[blank] = None
    frame = gpd.GeoDataFrame(table.drop(columns=list(pair)), geometry=shapes, crs=crs)
    stays = ~blank | may_lack
    kept = build.keep(frame, stays, "no_coordinates")
    example = ""
    if unread.any():
        first = table.index[unread][0]
        example = f"first: {build.quote(first, table.loc[first, list(pair)].tolist())}"
    read = build.keep(kept, ~unread[stays], "unreadable_coordinates", example=example)
    return build.keep(read, ~unset[stays & ~unread], "zero_coordinates")


def _shapes(texts: NDArray[np.str_]) -> NDArray[np.object_]:
    """Geometries of WKT; null where there is none that can be read, curves among them."""
    try:
        return np.asarray(shapely.from_wkt(texts, on_invalid="ignore"))
    except NotImplementedError:  # raised for all of them where one is a curve
        if len(texts) == 1:
            return np.array([None], dtype=object)
        return np.concatenate([_shapes(texts[[at]]) for at in range(len(texts))])


def _parted(table: pd.DataFrame, build: Build) -> pd.DataFrame:
    """Cells with latitude and longitude as two columns; what is no such pair stays, and is unread."""
    parted: dict[Any, tuple[str, str]] = {}
    for row, cell in table[POSITION].dropna().items():
        plain = _PLAIN_PAIR.fullmatch(cell)
        found = parse_pair(cell) if build.repair and not plain else None
        if plain:  # in this order; whether it is the right one is looked at with all rows
            parted[row] = (plain[2], plain[1])
        elif found is None:
            parted[row] = (cell, cell)
        else:
            parted[row] = (repr(found[1]), repr(found[0]))
            digits = any(char.isdecimal() and not char.isascii() for char in cell)
            build.mend("digits" if digits else "dms", int(str(row)), POSITION, cell, repr(found))
    lon = {row: values[0] for row, values in parted.items()}
    lat = {row: values[1] for row, values in parted.items()}
    return table.drop(columns=POSITION).assign(
        **{
            f"{POSITION}:lon": table.index.to_series().map(lon).astype("str"),
            f"{POSITION}:lat": table.index.to_series().map(lat).astype("str"),
        }
    )


def _numbers(column: pd.Series[str], build: Build, *, degrees: bool) -> NDArray[np.float64]:
    """Coordinates of one column; not-a-number where there is none that can be read."""
    plain = column.where(column.str.fullmatch(PLAIN_NUMBER.pattern, na=False))
    values = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=float, copy=True)
    if build.repair:
        rows, cells = column.index.tolist(), column.tolist()
        for at in np.flatnonzero(plain.isna() & column.notna()).tolist():
            read = read_coordinate(str(cells[at]), degrees=degrees)
            if read is not None:
                values[at] = read.value
                build.mend(read.kind, rows[at], str(column.name), cells[at], read.value)
    return np.where(np.isfinite(values), values, np.nan)
