"""
``city.gpkg``: every layer in one file, with the styles that QGIS applies on opening.

A layer of points and areas becomes two tables, since a style of QGIS is for one kind of
geometry: `culture` holds the points, `culture_areas` the areas.
"""

from __future__ import annotations

import contextlib
import sqlite3
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.dossier.frames import plain_columns
from creative_spatial.dossier.qgis_style import style_qml
from creative_spatial.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from creative_spatial.dossier.qgis_symbols import GeometryKind
    from creative_spatial.taxonomy import Taxonomy

GEOMETRY_COLUMN = "geom"
FIXED_DATE = "2000-01-01T00:00:00.000Z"
"""Stands where GDAL would write the time of the run; any other says "edited since"."""
STYLES = "layer_styles"

_KINDS: tuple[GeometryKind, ...] = ("point", "line", "area")
_CREATE_STYLES = f"""
CREATE TABLE "{STYLES}" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "f_table_catalog" TEXT(256),
  "f_table_schema" TEXT(256), "f_table_name" TEXT(256), "f_geometry_column" TEXT(256),
  "styleName" TEXT(30), "styleQML" TEXT, "styleSLD" TEXT, "useAsDefault" BOOLEAN,
  "description" TEXT, "owner" TEXT(30), "ui" TEXT(30),
  "update_time" DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)
"""
_INSERT_STYLE = f"""
INSERT INTO "{STYLES}" (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
  styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)
VALUES ('', '', ?, '{GEOMETRY_COLUMN}', 'default', ?, '', 1, ?, '', NULL, '{FIXED_DATE}')
"""  # noqa: S608  (constants only)


class _Part(NamedTuple):
    """What becomes one table of the file."""

    table: str
    layer: str
    kind: GeometryKind | None
    rows: gpd.GeoDataFrame


def write_geopackage(
    layers: Mapping[str, gpd.GeoDataFrame],
    path: Path,
    taxonomy: Taxonomy,
    *,
    languages: Sequence[str],
    descriptions: Mapping[str, str] | None = None,
) -> list[str]:
    """
    Write layers and their styles to one GeoPackage.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        By name; written in this order, rows in theirs.
    path : Path
        The file, which must not exist yet.
    taxonomy : Taxonomy
        Legends and pillars.
    languages : sequence of str
        Languages of the legends' labels.
    descriptions : mapping of str to str, optional
        What QGIS shows of each layer.

    Returns
    -------
    list of str
        Names of its tables of features.

    Raises
    ------
    OutputError
        If two layers would have one name, or the file cannot be written whole.
    OSError
        If the disk is full, or a limit on the size of files reached.
    """
    parts = [part for name, layer in layers.items() for part in _parts(name, layer)]
    tables = [part.table for part in parts]
    if twice := sorted({t for t in tables if tables.count(t) > 1}):
        raise OutputError(f"Several layers would be {twice} in {path.name}; rename one of them.")
    try:
        for part in parts:
            _write_table(part, path)
        with contextlib.closing(sqlite3.connect(path)) as database, database:
            _add_styles(database, parts, taxonomy, languages)
            _describe(database, parts, descriptions or {})
            _check(database, parts, path)
    except (sqlite3.Error, RuntimeError) as error:  # pyogrio's errors are RuntimeErrors
        _probe(path)  # the library does not say that the disk is full; this does
        raise OutputError(
            f"{path.name} cannot be written: {error}. Is the disk full, or a limit on the size "
            "of files reached (`ulimit -f`)? Free some space or write elsewhere."
        ) from error
    return tables


def is_edited(path: Path) -> bool:
    """
    Whether somebody changed features since the file was written.

    Parameters
    ----------
    path : Path
        A ``city.gpkg``; merely opening it in QGIS changes bytes, but nothing this looks at.

    Returns
    -------
    bool
        True where a table was changed, added or given another style, and where the file
        cannot be read.
    """
    dated = "SELECT last_change FROM gpkg_contents"
    styled = f"SELECT update_time FROM {STYLES}"  # noqa: S608  (constants only)
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            dates = database.execute(f"{dated} UNION ALL {styled}").fetchall()
    except sqlite3.Error:
        return True
    return any(date != FIXED_DATE for (date,) in dates)


def _parts(name: str, layer: gpd.GeoDataFrame) -> Iterator[_Part]:
    """A layer by kind of geometry; the first kind it has keeps the layer's name."""
    dimensions = shapely.get_dimensions(layer.geometry.to_numpy())
    present = [k for k in range(len(_KINDS)) if (dimensions == k).any()]
    if not present:
        yield _Part(name, name, None, layer)
        return
    for position, dimension in enumerate(present):
        wanted = dimensions == dimension
        if position == 0:
            wanted |= dimensions < 0
        kind = _KINDS[dimension]
        table = name if position == 0 else f"{name}_{kind}s"
        yield _Part(table, name, kind, layer[wanted])


def _write_table(part: _Part, path: Path) -> None:
    """Append one table to the file."""
    rows = _for_gdal(part.rows)
    options: dict[str, Any] = {"geometry_type": "Unknown"} if part.kind is None else {}
    with warnings.catch_warnings():
        # A CRS beyond EPSG is written in full all the same.
        warnings.filterwarnings("ignore", message=".*'crs' was not provided.*")
        rows.to_file(
            path,
            layer=part.table,
            driver="GPKG",
            engine="pyogrio",
            mode="a" if path.exists() else "w",
            index=False,
            layer_options={"GEOMETRY_NAME": GEOMETRY_COLUMN},
            **options,
        )


def _for_gdal(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The index as a column, other geometries as text, and no name GDAL keeps for itself."""
    active = str(layer.geometry.name)
    table = layer.copy()
    for name in list(table.columns):
        if name != active and isinstance(table[name], gpd.GeoSeries):
            table = table.assign(**{name: table[name].to_wkt()})
    table = (
        table.reset_index()
        if any(n is not None for n in table.index.names)
        else table.reset_index(drop=True)
    )
    table = plain_columns(table, taken=("fid", "ogc_fid", GEOMETRY_COLUMN))
    for name in table.columns.drop([active]):
        column = table[name]
        if isinstance(column.dtype, pd.StringDtype):
            table[name] = column.str.replace("\x00", "")
        elif pd.api.types.is_bool_dtype(column.dtype) and column.isna().any():
            table[name] = column.astype(float)
    return table


def _probe(path: Path) -> None:
    """Write a little beyond the file's end, in a file beside it, to be told what hinders."""
    beyond = (path.stat().st_size if path.exists() else 0) + 1_048_576
    probe = path.with_name(f"{path.name}.probe")
    try:
        with probe.open("wb", buffering=0) as file:
            file.write(bytes(65_536))
            file.seek(beyond)
            file.write(bytes(1))
    finally:
        probe.unlink(missing_ok=True)


def _add_styles(
    database: sqlite3.Connection,
    parts: Sequence[_Part],
    taxonomy: Taxonomy,
    languages: Sequence[str],
) -> None:
    """Write the table in which QGIS looks for a layer's default style."""
    database.execute(_CREATE_STYLES)
    for part in parts:
        if part.kind is not None:
            qml = style_qml(part.rows, part.layer, part.kind, taxonomy, languages=languages)
            database.execute(_INSERT_STYLE, (part.table, qml, f"Default style of {part.layer}"))
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) "
        "VALUES (?, 'attributes', ?, 'Styles of QGIS', 0)",
        (STYLES, STYLES),
    )


def _describe(
    database: sqlite3.Connection, parts: Sequence[_Part], descriptions: Mapping[str, str]
) -> None:
    """Say what the layers are, and put a fixed date where the time of writing stands."""
    for part in parts:
        text = descriptions.get(part.layer, "").replace("\x00", "")
        database.execute(
            "UPDATE gpkg_contents SET description = ? WHERE table_name = ?", (text, part.table)
        )
    database.execute("UPDATE gpkg_contents SET last_change = ?", (FIXED_DATE,))


def _check(database: sqlite3.Connection, parts: Sequence[_Part], path: Path) -> None:
    """Count the rows again: a full disk may show on closing only, where GDAL is silent."""
    for part in parts:
        query = f'SELECT count(*) FROM "{part.table}"'  # noqa: S608  (a checked slug)
        found = int(np.ravel(database.execute(query).fetchone())[0])
        if found != len(part.rows):
            raise OutputError(
                f"{path.name}: {found} of {len(part.rows)} rows of {part.table} were written. "
                "Is the disk full? Free some space or write elsewhere."
            )
