"""Vector files: GeoPackage, Shapefile, GeoJSON, KML and their like, as a layer of features."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCRSError
from shapely.errors import ShapelyError

from creative_spatial.crs import describe_crs
from creative_spatial.errors import CRSError, DataQualityWarning, LoadError
from creative_spatial.loaders.columns import near, rename_columns, sentence, tidy_text
from creative_spatial.loaders.coordinates import fitting_crs
from creative_spatial.loaders.damage import check_file, explain_damage
from creative_spatial.loaders.encoding import codec_name
from creative_spatial.loaders.features import LayerOptions, build_layer, empty_layer
from creative_spatial.loaders.kml import read_kml
from creative_spatial.loaders.packed import unpacked_vector
from creative_spatial.loaders.shapefile import read_shapefile
from creative_spatial.loaders.where import select_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.build import Build
    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy

_ARCHIVES = (".kmz", ".zip")


def read_vector(
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
    Read a vector file as a checked layer in the working CRS.

    Parameters
    ----------
    path : Path or str
        ``.gpkg``, ``.geojson``, ``.json``, ``.shp``, ``.parquet``, ``.geoparquet``, ``.fgb``,
        ``.kml``, ``.kmz``, or a ``.zip`` that holds one of them.
    source : Source
        Where the data come from; stamped on every row.
    target_crs : CRS-like
        The area's working CRS.
    taxonomy : Taxonomy, optional
        Known concepts. Without it concepts are not checked, and may be missing ("").
    layer : str, optional
        Layer of a file that has several, folder of a KML file, file in an archive.
    crs : CRS-like, optional
        What the coordinates are in; wins over the file's own, with a warning.
    encoding : str, optional
        Text encoding of a Shapefile or GeoJSON, e.g. "cp874"; found out otherwise.
    where : str, optional
        Condition on the file's attributes, in SQL.
    columns : mapping of str to str, optional
        The file's column by our name, e.g. ``{"id": "code", "name:th": "name_th"}``.
        The other columns stay as they are.
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
        Features that do not meet it are left out; those on its edge stay, whole.
    pillar : str, optional
        Primary pillar of every row.
    repair : bool
        Whether anything is mended; features at fault are set aside otherwise.
    accept : collection of str
        Kinds of guesses that are to be made, e.g. "mojibake"; only proposed otherwise.

    Returns
    -------
    GeoDataFrame, n rows, any geometry
        A valid layer, with the records of `build_layer` in its ``attrs``.

    Raises
    ------
    LoadError
        If the file, layer, a column, a concept, an id or the encoding is at fault, or no
        feature can be used; the message names file, rows and remedy, and every kind of
        fault.
    CRSError
        If neither the file nor `crs` says what the coordinates are in; with the CRSs in
        use hereabouts in which they would be in the area.
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
    file = path.name if layer is None else f"{path.name}, layer {layer!r}"
    build = options.build(file, "feature")
    area = None if boundary is None else (boundary, target_crs)
    frame = read_rows(
        path, layer=layer, crs=crs, encoding=encoding, where=where, area=area, build=build
    )
    also = ["fid"] if "fid" not in frame.columns else []
    table = rename_columns(frame, options.columns, file, also=also)
    for ours in (name for name, theirs in options.columns.items() if theirs in also):
        table[ours] = table["_fid"]
    if not len(table):
        return empty_layer(options, file=file, why=_nothing(where))
    tidied = gpd.GeoDataFrame(tidy_text(table.drop(columns="_fid")), crs=frame.crs)
    return build_layer(tidied, options, build)


def read_rows(
    path: Path,
    *,
    layer: str | None = None,
    crs: Any = None,
    encoding: str | None = None,
    where: str | None = None,
    area: tuple[BaseGeometry, Any] | None = None,
    build: Build | None = None,
) -> gpd.GeoDataFrame:
    """
    Read a file's rows as they are, in the CRS they are really in as far as anybody says.

    Parameters
    ----------
    path : Path
        Of a kind that `read_vector` takes.
    layer : str, optional
        Layer of a file that has several, folder of a KML file, file in an archive.
    crs : CRS-like, optional
        Where the file itself does not state it, or states it wrongly.
    encoding : str, optional
        Of the file's text; found out otherwise.
    where : str, optional
        Condition on the attributes, in SQL.
    area : ((Multi)Polygon, CRS-like), optional
        Where the rows should be, by which a CRS that nobody states is proposed.
    build : Build, optional
        Records an encoding that was found out.

    Returns
    -------
    GeoDataFrame, n rows, any geometry
        Indexed from 1 as the file counts, with the column `_fid`.

    Raises
    ------
    LoadError
        If the file is not there, is not what it says, or cannot be read.
    CRSError
        If neither the file nor `crs` says what the coordinates are in.
    """
    file = path.name if layer is None else f"{path.name}, layer {layer!r}"
    check_file(path)
    if path.suffix.lower() in _ARCHIVES:
        with unpacked_vector(path, layer) as (inside, named):
            return read_rows(
                inside,
                layer=named,
                crs=crs,
                encoding=encoding,
                where=where,
                area=area,
                build=build,
            )
    frame = _read(path, layer=layer, encoding=encoding, where=where, file=file, build=build)
    return _placed(frame, crs, path, file, area)


def _nothing(where: str | None) -> str:
    return f"no rows where {where}." if where else "the file has no rows."


def _read(
    path: Path,
    *,
    layer: str | None,
    encoding: str | None,
    where: str | None,
    file: str,
    build: Build | None,
) -> gpd.GeoDataFrame:
    """The file's table with `_fid`, indexed from 1; reading errors in the package's words."""
    from pyogrio.errors import DataLayerError, DataSourceError

    kind = path.suffix.lower()
    try:
        with warnings.catch_warnings():
            # Measures and heights are dropped in any case; nobody needs to be told.
            warnings.filterwarnings("ignore", message="Measured", category=UserWarning)
            # Coordinates that are not numbers are refused by row, after reading.
            warnings.filterwarnings("ignore", message="invalid value", category=RuntimeWarning)
            warnings.filterwarnings("ignore", message="More than one layer", category=UserWarning)
            if kind in {".parquet", ".geoparquet"}:
                frame = _read_parquet(path, where, file)
            elif kind == ".shp":
                frame = read_shapefile(path, encoding=encoding, build=build)
                frame = select_rows(frame, where, file) if where else frame
            elif kind == ".kml":
                frame = read_kml(path, layer=layer)
                frame = select_rows(frame, where, file) if where else frame
            elif encoding is not None and kind in {".geojson", ".json"}:
                frame = _ogr(_recoded(path, encoding), layer, where)
            else:
                frame = _ogr(path, _known_layer(path, layer), where)
    except LoadError:
        raise
    except UnicodeDecodeError as error:
        raise LoadError(
            f"{file}: its text is not {error.encoding}; state the encoding, e.g. "
            '`encoding = "cp874"`, or export it as UTF-8.'
        ) from error
    except (
        DataSourceError,
        DataLayerError,
        ShapelyError,
        ValueError,
        OSError,
        RuntimeError,
    ) as error:
        said = f" where {where!r}" if where else ""
        raise LoadError(f"{file}{said} cannot be read: {explain_damage(path) or error}") from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise LoadError(f"{file} has no geometries; read it as a table, or name another layer.")
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame


def _ogr(path: Path | bytes, layer: str | None, where: str | None) -> Any:
    """A table by GDAL, with the feature ids as a column."""
    import pyogrio

    table = pyogrio.read_dataframe(
        path, layer=layer, where=where, fid_as_index=True, on_invalid="ignore"
    )
    return table.assign(_fid=table.index)


def _known_layer(path: Path, layer: str | None) -> str | None:
    """The layer asked for, or the only one with geometries; several need a choice."""
    import pyogrio

    listed = pyogrio.list_layers(path)
    known = [str(name) for name in listed[:, 0]]
    if not known:
        raise LoadError(f"{path.name} holds no layer; it may be cut off: copy or export it again.")
    if layer is not None and layer not in known:
        hint = sentence(f"no layer {layer!r}{near(layer, known)}")
        raise LoadError(f"{path.name}: {hint} It has {known}.")
    if layer is None and len(known) > 1:
        drawn = [str(name) for name, kind in listed if kind is not None]
        if len(drawn) == 1:  # beside tables: styles, notes, lists of values
            return drawn[0]
        raise LoadError(f"{path.name} has {len(known)} layers; name one of {known} as `layer`.")
    return layer


def _read_parquet(path: Path, where: str | None, file: str) -> gpd.GeoDataFrame:
    """A GeoParquet file; its named index becomes a column."""
    from pyarrow import ArrowException

    try:
        frame = gpd.read_parquet(path)
        for name in map(str, frame.select_dtypes("str").columns):
            frame[name] = frame[name].astype("object")  # where text that is not UTF-8 shows
        if frame.index.name is not None:
            frame = frame.reset_index()
        frame = frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame
    except NotImplementedError as error:
        raise LoadError(
            f"{file} has shapes with curves, which are not read; make them straight lines (QGIS: "
            "Segmentize by maximum distance; ogr2ogr -nlt CONVERT_TO_LINEAR) and save it again."
        ) from error
    except (ArrowException, AttributeError, LookupError, TypeError) as error:
        # The last three come of metadata that no longer fits the columns.
        raise LoadError(f"{file} is damaged; copy or export it again ({error}).") from error
    frame = frame.assign(_fid=range(len(frame)))
    return select_rows(frame, where, file) if where else frame


def _recoded(path: Path, encoding: str) -> bytes:
    """A text file's content as UTF-8."""
    codec = codec_name(encoding)
    if codec is None:
        raise LoadError(f"{path.name}: unknown encoding {encoding!r}; say e.g. 'utf-8' or 'cp874'.")
    return path.read_bytes().decode(codec).encode("utf-8")


def _placed(
    frame: gpd.GeoDataFrame,
    crs: Any,
    path: Path,
    file: str,
    area: tuple[BaseGeometry, Any] | None,
) -> gpd.GeoDataFrame:
    """The table in the CRS that it is really in, as far as anybody says."""
    own = _own_crs(frame, path)
    if crs is None and own is None:
        raise CRSError(
            f"{file} does not say what its coordinates are in; {_likely_crs(frame, area)} "
            "(ask who made it; a wrong guess moves every feature)."
        )
    if own is not None and crs is None:
        return frame.set_crs(own, allow_override=True)
    try:
        stated = CRS.from_user_input(crs)
    except UnknownCRSError as error:
        raise CRSError(f"{file}: {crs!r} is no CRS; say e.g. 'EPSG:32647'.") from error
    if own is not None and own != stated:
        message = (
            f"{file}: the file says {describe_crs(own)}, the configuration {describe_crs(stated)}, "
            f"which was used; take `crs` out if the file is right."
        )
        warnings.warn(DataQualityWarning(message, kind="crs"), stacklevel=3)
    return frame.set_crs(stated, allow_override=True)


def _likely_crs(frame: gpd.GeoDataFrame, area: tuple[BaseGeometry, Any] | None) -> str:
    """What to state, and in which CRSs the rows would be in the area."""
    shapes = frame.geometry.to_numpy()
    extent = shapely.total_bounds(shapes[~shapely.is_missing(shapes)]).tolist()
    fits = fitting_crs(extent, *area) if area is not None and np.isfinite(extent).all() else []
    if not fits:
        return 'state it, e.g. `crs = "EPSG:32647"` beside its path'
    only = ", and as no other that was tried" if len(fits) == 1 else ""
    return f"they are in the area if read as {' or '.join(fits)}{only}: state it beside its path"


def _own_crs(frame: gpd.GeoDataFrame, path: Path) -> CRS | None:
    """What a file itself says, in two dimensions; None where it says nothing of use."""
    if frame.crs is None:
        return None
    own = CRS.from_user_input(frame.crs)
    if not (own.is_geographic or own.is_projected or own.is_bound):
        return None  # GeoPackage's "undefined" systems
    if own.is_projected or own.is_geographic:
        own = own.to_2d()
    if path.suffix.lower() in {".geojson", ".json"} and own.is_geographic and len(frame):
        bounds = shapely.total_bounds(frame.geometry.to_numpy())
        if abs(bounds).max() > 360 and "crs" not in _members(path):
            return None  # metres in a file that does not say so: read as degrees by default
    return own


def _members(path: Path) -> set[str]:
    """Top-level members of a GeoJSON file; empty if it is not UTF-8."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError):
        return set()
    return set(content) if isinstance(content, dict) else set()
