"""Boundaries and units: polygons from files, or a boundary from a relation of an OSM file."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from creative_spatial.errors import DataQualityWarning, GeometryError, LoadError
from creative_spatial.loaders.columns import list_rows
from creative_spatial.loaders.vector import read_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry


def read_boundary(
    path: Path | str, *, layer: str | None = None, where: str | None = None, crs: Any = None
) -> gpd.GeoSeries:
    """
    Read one boundary: every polygon of a file's layer, as one geometry.

    Parameters
    ----------
    path : Path or str
        GeoPackage, GeoJSON, Shapefile, GeoParquet or another vector file.
    layer : str, optional
        Layer of a file that has several.
    where : str, optional
        Condition on the attributes, in SQL, e.g. ``"ADM3_PCODE = 'TH900101'"``.
    crs : CRS-like, optional
        Where the file itself does not state it.

    Returns
    -------
    GeoSeries, 1 row of (Multi)Polygon
        In the file's CRS.

    Raises
    ------
    LoadError
        If the file or layer cannot be read, or holds nothing that fits `where`.
    CRSError
        If the CRS is not stated in the file nor given.
    GeometryError
        If a polygon crosses itself, has no area or is none; the message names the row.
    """
    frame = read_polygons(Path(path), layer=layer, where=where, crs=crs)
    return gpd.GeoSeries([shapely.union_all(frame.geometry.to_numpy())], crs=frame.crs)


def read_polygons(
    path: Path, *, layer: str | None = None, where: str | None = None, crs: Any = None
) -> gpd.GeoDataFrame:
    """
    Read a file's polygons with their attributes, refusing what cannot be reported by.

    Parameters
    ----------
    path : Path
        A vector file.
    layer : str, optional
        Layer of a file that has several.
    where : str, optional
        Condition on the attributes, in SQL.
    crs : CRS-like, optional
        Where the file itself does not state it.

    Returns
    -------
    GeoDataFrame of (Multi)Polygon
        In the file's CRS, flattened to two dimensions.

    Raises
    ------
    LoadError
        If the file or layer cannot be read, or holds nothing that fits `where`.
    CRSError
        If the CRS is not stated in the file nor given.
    GeometryError
        Listing rows that are not valid polygons.
    """
    what = path.name if layer is None else f"{path.name}, layer {layer!r}"
    frame = read_rows(path, layer=layer, crs=crs, where=where).drop(columns="_fid")
    if not len(frame):
        raise LoadError(f"{what}: no rows" + (f" where {where}" if where else "") + ".")
    flat = shapely.force_2d(frame.geometry.to_numpy())
    if odd := [row for row, shape in enumerate(flat, start=1) if not _finite(shape)]:
        raise GeometryError(
            f"{what}: {list_rows(odd)} of it have coordinates that are not numbers; draw the "
            "outline again, or export the file anew."
        )
    frame = frame.set_geometry(_untouching(flat, what), crs=frame.crs)
    if faults := polygon_faults(frame):
        raise GeometryError(f"{what}: " + "; ".join(faults) + ".")
    return frame


def _finite(shape: Any) -> bool:
    """Whether every coordinate of a geometry is a number; a missing one has none that is not."""
    return bool(np.isfinite(shapely.get_coordinates(shape)).all())


def _untouching(shapes: NDArray[Any], what: str) -> NDArray[Any]:
    """
    Rings that touch themselves, cut where they touch; what crosses itself stays as it is.

    A ring that only touches itself encloses the same land however it is cut; one that
    crosses itself does not, and nobody but its owner knows which land was meant.
    """
    mended = shapes.copy()
    rows = []
    for position in np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)):
        parts = shapely.get_parts(shapely.make_valid(shapes[position]))
        whole = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
        if not whole.is_empty and np.isclose(whole.area, shapes[position].area, rtol=1e-9, atol=0):
            mended[position] = whole
            rows.append(int(position) + 1)
    if rows:
        warnings.warn(
            f"{what}: the outline touches itself in {list_rows(rows)}; it was cut there, which "
            "changes no area.",
            DataQualityWarning,
            stacklevel=4,
        )
    return mended


def polygon_faults(frame: gpd.GeoDataFrame) -> list[str]:
    """
    Say what is wrong with each row that cannot serve as a polygon.

    Parameters
    ----------
    frame : GeoDataFrame, any geometry
        Rows count from 1.

    Returns
    -------
    list of str
        One for each row at fault.
    """
    faults = []
    for row, shape in enumerate(frame.geometry, start=1):
        if shape is None or shape.is_empty:
            faults.append(f"row {row} has no geometry")
        elif shape.geom_type not in {"Polygon", "MultiPolygon"}:
            faults.append(f"row {row} is a {shape.geom_type}; polygons are needed")
        elif not _encloses_land(shape):
            faults.append(f"row {row} has no area: its outline is a line; draw it anew")
        elif not shape.is_valid:
            reason = shapely.is_valid_reason(shape)
            faults.append(
                f"row {row} is not a valid polygon ({reason}); mend it in a GIS ('fix geometries')"
            )
    return faults


def _encloses_land(shape: BaseGeometry) -> bool:
    """Whether any ring goes round something; a bow tie does, though its halves cancel out."""
    parts = shapely.get_parts(shapely.make_valid(shape))
    return bool(shapely.area(parts).sum() > 0)


def read_osm_relation(path: Path, relation: int) -> gpd.GeoSeries:
    """
    Build a boundary from a relation of an OSM file.

    Parameters
    ----------
    path : Path
        ``.osm``, ``.osm.bz2`` or ``.osm.pbf``, or a folder that `cut_osm` wrote.
    relation : int
        Id of a relation of type boundary or multipolygon.

    Returns
    -------
    GeoSeries, 1 row of (Multi)Polygon, EPSG:4326
        The area that the relation's ways enclose.

    Raises
    ------
    LoadError
        If the relation is not in the file or its rings do not close there.
    """
    import osmium

    from creative_spatial.loaders.osm.cutting.reading import open_cut

    if relation <= 0:
        raise LoadError(
            f"{path.name}: relation {relation}: only relations of OpenStreetMap, whose ids are "
            "positive, can be a boundary; use a boundary file."
        )
    missing = (
        f"{path.name}: relation {relation} is not there as a closed boundary; the extract may cut it: "
        "use a boundary file, or an extract with complete relations."
    )
    if path.is_dir():
        if (wkb := open_cut(path).area(relation)) is None:
            raise LoadError(missing)
        return gpd.GeoSeries([shapely.from_wkb(wkb)], crs="EPSG:4326")
    try:
        for obj in osmium.FileProcessor(str(path)).with_areas(osmium.filter.IdFilter([relation])):
            if not isinstance(obj, osmium.osm.Area) or obj.from_way():
                continue
            if obj.orig_id() == relation:
                factory = osmium.geom.WKBFactory()
                shape = shapely.from_wkb(bytes.fromhex(factory.create_multipolygon(obj)))
                return gpd.GeoSeries([shape], crs="EPSG:4326")
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise LoadError(f"{path.name}: relation {relation} cannot be read: {error}.") from error
    raise LoadError(missing)
