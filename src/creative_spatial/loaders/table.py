"""Tables with coordinates in two columns or as WKT, as spreadsheets and forms export them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCRSError

from creative_spatial.crs import WGS84
from creative_spatial.errors import CRSError, LoadError
from creative_spatial.loaders.columns import (
    list_rows,
    parse_numbers,
    rename_columns,
    tidy_text,
)
from creative_spatial.loaders.coordinates import PLAIN_NUMBER, read_coordinate
from creative_spatial.loaders.delimited import read_delimited
from creative_spatial.loaders.features import LayerOptions, build_layer, empty_layer
from creative_spatial.loaders.ids import ID_COLUMNS
from creative_spatial.loaders.placeless import may_lack_place, no_shapes
from creative_spatial.loaders.repair.dms import parse_pair
from creative_spatial.loaders.repair.texts import mend_digits
from creative_spatial.loaders.spreadsheet import WORKBOOKS, read_sheet
from creative_spatial.loaders.where import select_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.build import Build
    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy

# Names under which coordinates are found without being mapped, in order; of x and y both
# must be there, for either alone may be anything.
LONGITUDE_NAMES = ("lon", "longitude", "lng", "long", "decimallongitude")
LATITUDE_NAMES = ("lat", "latitude", "decimallatitude")
PLANE_NAMES = ("x", "y")
POSITION = "position"
_PLAIN_PAIR = re.compile(r"\s*([+-]?[0-9.]+)\s*[,;\s]\s*([+-]?[0-9.]+)\s*")


def read_table(
    path: Path | str,
    *,
    source: Source,
    target_crs: Any,
    taxonomy: Taxonomy | None = None,
    layer: str | None = None,
    crs: Any = None,
    encoding: str | None = None,
    where: str | None = None,
    columns: Mapping[str, str] | None = None,
    concept: str | None = None,
    concepts: Mapping[str, str] | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
    sensitivity: str | Mapping[str, str] | None = None,
    boundary: BaseGeometry | None = None,
    pillar: str | None = None,
    repair: bool = True,
    accept: Collection[str] = (),
) -> gpd.GeoDataFrame:
    """
    Read a table of places as a checked layer in the working CRS.

    Rows are numbered as a spreadsheet shows them: the header is row 1. Cells are data,
    never formulas or markup. Coordinates may be in Thai, Persian or Arabic digits, with
    decimal commas, or in degrees, minutes and seconds; they are not kept as columns.

    Parameters
    ----------
    path : Path or str
        ``.csv``, ``.tsv`` or ``.txt``, parted by comma, semicolon or tab; ``.xlsx``.
    source : Source
        Where the data come from; stamped on every row.
    target_crs : CRS-like
        The area's working CRS.
    taxonomy : Taxonomy, optional
        Known concepts. Without it concepts are not checked, and may be missing ("").
    layer : str, optional
        Sheet of a workbook that has several.
    crs : CRS-like, optional
        What the coordinates are in; degrees on WGS 84 otherwise.
    encoding : str, optional
        Text encoding, e.g. "cp874"; found out otherwise.
    where : str, optional
        Condition on the file's columns, in SQL.
    columns : mapping of str to str, optional
        The file's column by our name, `lon` and `lat` (or `wkt`, or `position` for a cell with
        both, as "7.2, 100.6") among them unless the file calls them so, or "longitude" and
        "latitude", or "x" and "y".
    concept : str, optional
        One concept for all rows.
    concepts : mapping of str to str, optional
        Concept by the file's word for it.
    words : mapping of str to mapping, optional
        By our column, our word for the file's: {'community': {'Tai Phut': 'buddhist'}}.
    sensitivity : str or mapping of str to str, optional
        Category of every row (``resources/sensitivity.toml``); or categories by the words of
        the column `sensitivity`, of which the others then are public.
    boundary : (Multi)Polygon in `target_crs`, optional
        Places that do not meet it are left out.
    pillar : str, optional
        Primary pillar of every row.
    repair : bool
        Whether anything is mended; rows at fault are set aside otherwise.
    accept : collection of str
        Kinds of guesses that are to be made, e.g. "mojibake"; only proposed otherwise.

    Returns
    -------
    GeoDataFrame, n rows, points or what the WKT holds
        A valid layer, with the records of `build_layer` in its ``attrs``.

    Raises
    ------
    LoadError
        If the file is empty or no table, columns, concepts, ids or the encoding are at
        fault, or no row can be used; the message names file, rows and remedy, and every
        kind of fault.
    CRSError
        If `crs` is none.
    """
    path = Path(path)
    options = LayerOptions(
        source=source,
        target_crs=target_crs,
        taxonomy=taxonomy,
        columns=dict(columns or {}),
        concept=concept,
        concepts=dict(concepts or {}),
        words=dict(words or {}),
        sensitivity=sensitivity,
        boundary=boundary,
        pillar=pillar,
        repair=repair,
        accept=accept,
    )
    build = options.build(path.name)
    table = _cells(path, layer, encoding, build)
    if where is not None and len(table):
        # Numbers are needed to compare; the cells stay as they are, "007" and "1.10" too.
        fitting = select_rows(parse_numbers(table, keep=()), where, path.name)
        table = table.loc[fitting.index]
    table = rename_columns(table, options.columns, path.name)
    build.remember(table)
    build.hide(table)
    homeless = may_lack_place(table, options, build)
    pair = _coordinate_columns(table, path.name, homeless)
    if not len(table):
        why = f"no rows where {where}." if where else "there is a header, and no row below it."
        return empty_layer(options, file=path.name, why=why)
    own = _stated_crs(crs, path.name)
    frame = locate_rows(tidy_text(table), pair, own, build, may_lack=homeless)
    text_columns = [
        str(name) for name in frame if name in {*ID_COLUMNS, "concept"} or _is_name(name)
    ]
    cells = mend_digits(pd.DataFrame(frame.drop(columns="geometry")), build, keep=text_columns)
    numbers = parse_numbers(cells, keep=text_columns)
    ready = gpd.GeoDataFrame(numbers, geometry=frame.geometry, crs=own)
    return build_layer(ready, options, build)


def _cells(path: Path, layer: str | None, encoding: str | None, build: Build) -> pd.DataFrame:
    """The file's cells as text."""
    if path.suffix.lower() in WORKBOOKS:
        return read_sheet(path, layer)
    if layer is not None:
        raise LoadError(f"{path.name} has no sheets; take `layer` out.")
    return read_delimited(path, encoding=encoding, build=build)


def _is_name(column: Any) -> bool:
    return str(column).partition(":")[0] == "name"


def _stated_crs(crs: Any, file: str) -> CRS:
    """What the coordinates are in."""
    try:
        return WGS84 if crs is None else CRS.from_user_input(crs)
    except UnknownCRSError as error:
        raise CRSError(f"{file}: {crs!r} is no CRS; say e.g. 'EPSG:32647'.") from error


def _coordinate_columns(
    table: pd.DataFrame, file: str, homeless: NDArray[np.bool_]
) -> tuple[str, ...]:
    """The columns that say where a row is: two, one with both or with WKT, or none if no row needs it."""
    for one in ("wkt", POSITION):
        if one in table:
            return (one,)
    small = {str(name).strip().casefold(): str(name) for name in reversed(table.columns)}
    found = [
        next((small[name] for name in names if name in small), None)
        for names in (LONGITUDE_NAMES, LATITUDE_NAMES)
    ]
    half = [name for name in found if name is not None]
    if len(half) == len(found):
        return tuple(half)
    if not half and all(name in small for name in PLANE_NAMES):
        return tuple(small[name] for name in PLANE_NAMES)
    if not half and homeless.size and homeless.all():
        return ()
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
