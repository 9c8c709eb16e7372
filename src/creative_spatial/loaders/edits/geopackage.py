"""The tables of a GeoPackage that QGIS had in its hands, sorted to the layers they were written from."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from creative_spatial.crs import reproject
from creative_spatial.errors import DataQualityWarning, LoadError
from creative_spatial.schema import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

FID = "fid"
_KINDS = ("points", "lines", "areas")
_MAGIC = b"SQLite format 3\x00"
_KEPT_NAMES = ("fid", "ogc_fid", "geom")  # GDAL's own: a column of ours gets a number behind it
_LAST_SINGLE = 3  # shapely's type ids: point, line, ring, polygon, then the collections
_OWN_SHARE = 0.5
"""From here on a table under another name is taken for the layer whose ids it holds."""


class Layer(NamedTuple):
    """
    A layer as it is in the file now.

    Parameters
    ----------
    rows : GeoDataFrame
        Of all its tables, with `fid`; `feature_id` is a column, and may be null or repeated.
    gone : tuple of int
        Dimensions whose table is no longer there.
    """

    rows: gpd.GeoDataFrame
    gone: tuple[int, ...]


def read_layers(
    path: Path, base: Mapping[str, gpd.GeoDataFrame], *, others: Iterable[str]
) -> dict[str, Layer]:
    """
    Read every table that the features of a run were written to.

    Parameters
    ----------
    path : Path
        The file; what QGIS has not yet folded into it (``-wal``) is read with it.
    base : mapping of str to GeoDataFrame
        Layers as the run wrote them, index `feature_id`.
    others : iterable of str
        Layers of the run that hold no features of their own.

    Returns
    -------
    dict of str to Layer
        Without layers of which no table is left. What was renamed, deleted or added is said
        in a warning.

    Raises
    ------
    LoadError
        If the file is not there, or no GeoPackage.
    """
    tables = _tables(path)
    layers: dict[str, Layer] = {}
    computed = tuple(others)
    expected = {
        t: (name, d) for name, rows in base.items() for t, d in tables_of(name, rows).items()
    }
    strangers = [t for t in tables if t not in expected and not _is_of(t, computed)]
    for table in [t for t in expected if t not in tables]:
        name, dimension = expected[table]
        rows = base[name]
        ids = rows.index[shapely.get_dimensions(rows.geometry.to_numpy()) == dimension]
        renamed = next((t for t in strangers if _holds(tables[t], ids)), None)
        if renamed is None:
            _warn(path, f"table {table!r} is not in it; its features are taken as unchanged.")
        else:
            _warn(path, f"layer {renamed!r} holds the features of {table!r} and is read as it.")
            strangers.remove(renamed)
            tables[table] = tables[renamed]
    for table in strangers:
        _warn(
            path,
            f"layer {table!r} is not one the run wrote, and is not read; copy its features into "
            f"one of {list(base)}.",
        )
    for name, rows in base.items():
        wanted = tables_of(name, rows)
        if there := [tables[table] for table in wanted if table in tables]:
            gone = tuple(d for table, d in wanted.items() if table not in tables)
            layers[name] = Layer(_joined(there, rows), gone)
    return layers


def tables_of(name: str, layer: gpd.GeoDataFrame) -> dict[str, int]:
    """
    Say which tables a layer was written to: one for each kind of geometry.

    Parameters
    ----------
    name : str
        The layer's.
    layer : GeoDataFrame
        Its features.

    Returns
    -------
    dict of str to int
        Dimension of the geometries by table; the first has the layer's own name.
    """
    dimensions = shapely.get_dimensions(layer.geometry.to_numpy())
    present = [d for d in range(len(_KINDS)) if (dimensions == d).any()] or [0]
    return {name if n == 0 else f"{name}_{_KINDS[d]}": d for n, d in enumerate(present)}


def _tables(path: Path) -> dict[str, gpd.GeoDataFrame]:
    """Every table with geometry, as at one moment; an open QGIS is not disturbed."""
    import pyogrio

    if not path.is_file():
        raise LoadError(f"{path}: no such file; name the results folder, or the edited GeoPackage.")
    with path.open("rb") as opened:
        if opened.read(len(_MAGIC)) != _MAGIC:
            raise LoadError(
                f"{path.name} cannot be read as a GeoPackage; export it from QGIS again."
            )
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "edited.gpkg"
        _copy(path, copy)
        try:
            return {
                str(name): pyogrio.read_dataframe(
                    copy, layer=name, fid_as_index=True, on_invalid="ignore"
                )
                for name, kind in pyogrio.list_layers(copy)
                if kind is not None
            }
        except (RuntimeError, ValueError) as error:  # pyogrio's errors are RuntimeErrors
            raise LoadError(
                f"{path.name} cannot be read as a GeoPackage ({error}); save it in QGIS again."
            ) from error


def _copy(path: Path, copy: Path) -> None:
    """Copy a database with what another program has not yet folded into it."""
    try:
        source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        target = sqlite3.connect(copy)
        with contextlib.closing(source), contextlib.closing(target):
            source.backup(target)
    except sqlite3.Error:  # e.g. on a read-only disk, where SQLite cannot open a -wal
        copy.unlink(missing_ok=True)
        shutil.copyfile(path, copy)
        if (beside := path.with_name(f"{path.name}-wal")).is_file():
            shutil.copyfile(beside, copy.with_name(f"{copy.name}-wal"))


def _is_of(table: str, names: Sequence[str]) -> bool:
    """Whether a table was written from one of these layers."""
    return table in names or any(table == f"{name}_{kind}" for name in names for kind in _KINDS)


def _holds(frame: gpd.GeoDataFrame, ids: pd.Index[str]) -> bool:
    """Whether a table holds mostly these features, under another name."""
    if INDEX not in frame or not len(ids):
        return False
    return float(ids.isin(frame[INDEX].dropna()).mean()) > _OWN_SHARE


def _joined(parts: Sequence[gpd.GeoDataFrame], base: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A layer's tables as one, in its CRS, flat, single parts unwrapped."""
    frames = []
    renamed = {f"{name}_2": name for name in base.columns if name.casefold() in _KEPT_NAMES}
    for part in parts:
        frame = part.rename_geometry("geometry") if part.geometry.name != "geometry" else part
        frame = frame.rename(columns=renamed)
        frame = reproject(frame if frame.crs else frame.set_crs(base.crs or ""), base.crs)
        shapes = single_parts(shapely.force_2d(frame.geometry.to_numpy()))
        frame = frame.set_geometry(shapes, crs=base.crs).assign(**{FID: np.asarray(frame.index)})
        frame = frame if INDEX in frame else frame.assign(**{INDEX: None})
        # A column that somebody deleted takes no value with it.
        gone = [name for name in base.columns if name not in frame]
        frames.append(frame.assign(**{n: base[n].reindex(frame[INDEX]).to_numpy() for n in gone}))
    filled = [frame.dropna(axis="columns", how="all") for frame in frames if len(frame)]
    joined = pd.concat(filled, ignore_index=True) if filled else frames[0]
    every = dict.fromkeys(column for frame in frames for column in frame.columns)
    return joined.reindex(columns=list(every)).set_geometry("geometry", crs=base.crs)


def single_parts(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """
    Take collections of one part for that part: a format may not have kept the difference.

    Parameters
    ----------
    shapes : array of geometries
        Any; missing ones stay missing.

    Returns
    -------
    array of geometries
        The same, unwrapped.
    """
    alone = (shapely.get_type_id(shapes) > _LAST_SINGLE) & (shapely.get_num_geometries(shapes) == 1)
    unwrapped = shapes.copy()
    unwrapped[alone] = shapely.get_geometry(shapes[alone], 0)
    return unwrapped


def _warn(path: Path, message: str) -> None:
    warnings.warn(f"{path.name}: {message}", DataQualityWarning, stacklevel=4)
