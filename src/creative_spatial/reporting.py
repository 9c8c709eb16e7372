"""Tables of polygons to report by: checked, in one CRS, with their land and total area."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.crs import reproject, to_wgs84
from creative_spatial.errors import ConfigError, CRSError, DataQualityWarning, GeometryError
from creative_spatial.schema import UNIT_INDEX, require_columns

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

PUBLISHED_AREA_TOLERANCE = 0.05
LEAST_AREA_M2 = 100.0
"""No place that is reported on is smaller: its coordinates are in another unit."""
# A straight side in degrees is none on a map; up to this length that makes 3 m at most.
_LONGEST_SIDE_DEG = 0.1
_LONGEST_SIDE_M = 10_000.0


def check_polygons(layer: gpd.GeoDataFrame, what: str) -> None:
    """
    Refuse, naming each row at fault, what cannot serve as a polygon to report by.

    Parameters
    ----------
    layer : GeoDataFrame
        Boundaries or units.
    what : str
        What messages call a row.

    Raises
    ------
    GeometryError
        If there is none, or a row is empty, no polygon, not valid or without area.
    ConfigError
        If ids repeat.
    """
    if not len(layer):
        raise GeometryError(f"There is no {what}; at least one polygon is needed.")
    if not layer.index.is_unique:
        twice = layer.index[layer.index.duplicated()].unique().tolist()
        raise ConfigError(f"The {what} ids {twice} occur more than once.")
    faults = []
    for row, shape in zip(layer.index, layer.geometry, strict=True):
        if shape is None or shape.is_empty:
            faults.append(f"{what} {row!r} has no geometry")
        elif shape.geom_type not in {"Polygon", "MultiPolygon"}:
            faults.append(f"{what} {row!r} is a {shape.geom_type}, not a polygon")
        elif not shape.is_valid:
            reason = shapely.is_valid_reason(shape)
            faults.append(f"{what} {row!r} is not a valid polygon ({reason}): mend it in a GIS")
        elif not shape.area > 0:
            faults.append(f"{what} {row!r} has no area")
    if faults:
        raise GeometryError("; ".join(faults) + ".")


def on_map(layer: gpd.GeoDataFrame, crs: CRS) -> gpd.GeoDataFrame:
    """
    Bring polygons to another CRS with their sides where they were.

    Parameters
    ----------
    layer : GeoDataFrame of (Multi)Polygon
        In any CRS, degrees or metres.
    crs : pyproj.CRS
        The working CRS.

    Returns
    -------
    GeoDataFrame
        Long sides, which are straight in the one CRS alone, have corners put in between.
    """
    if layer.crs is None or layer.crs == crs:
        return reproject(layer, crs)
    longest = _LONGEST_SIDE_DEG if layer.crs.is_geographic else _LONGEST_SIDE_M
    return reproject(layer.set_geometry(layer.geometry.segmentize(longest)), crs)


def check_size(boundaries: gpd.GeoDataFrame) -> None:
    """
    Refuse boundaries that are no larger than a room.

    Parameters
    ----------
    boundaries : GeoDataFrame
        With areas.

    Raises
    ------
    GeometryError
        Naming each, with the likely cause.
    """
    faults = [
        f"boundary {name!r} covers {area:.2g} m²"
        for name, area in boundaries["area_total"].items()
        if area < LEAST_AREA_M2
    ]
    if faults:
        raise GeometryError(
            f"{'; '.join(faults)}: that is no place to report on. Are its coordinates in another "
            "unit, or rounded? Export it again, or state its CRS."
        )


def geographic_bounds(layer: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """
    Say where boundaries lie.

    Parameters
    ----------
    layer : GeoDataFrame
        In any CRS.

    Returns
    -------
    (west, south, east, north), degrees
        Their box.

    Raises
    ------
    CRSError
        If the layer has no CRS.
    """
    if layer.crs is None:
        raise CRSError('The boundaries have no CRS; state it, e.g. `crs = "EPSG:4326"`.')
    west, south, east, north = (float(value) for value in layer.total_bounds)
    return to_wgs84((west, south, east, north), layer.crs)


def boundary_table(boundaries: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Give boundaries the columns that everything downstream relies on.

    Parameters
    ----------
    boundaries : GeoDataFrame, working CRS
        Indexed by id.

    Returns
    -------
    GeoDataFrame
        With `name`, `source_id`, `published_area_km2` and `primary`.

    Raises
    ------
    ConfigError
        If not exactly one is primary.
    """
    table = boundaries.copy()
    table.index = pd.Index(table.index.astype(str), name=UNIT_INDEX)
    if "name" not in table:
        table["name"] = table.index
    for column in ("source_id", "published_area_km2"):
        if column not in table:
            table[column] = None
    table["published_area_km2"] = table["published_area_km2"].astype(float)
    if "primary" not in table:
        table["primary"] = np.arange(len(table)) == 0
    if int(table["primary"].sum()) != 1:
        raise ConfigError(
            f"{int(table['primary'].sum())} boundaries are primary; exactly one must be: "
            "set `primary = true` on one [[boundary]]."
        )
    return table


def sources_of(layer: gpd.GeoDataFrame | gpd.GeoSeries | None) -> tuple[str, ...]:
    """
    List the sources that a layer's rows name.

    Parameters
    ----------
    layer : GeoDataFrame, GeoSeries or None
        Any layer.

    Returns
    -------
    tuple of str
        Ids, sorted.
    """
    if not isinstance(layer, gpd.GeoDataFrame) or "source_id" not in layer:
        return ()
    return tuple(sorted(layer["source_id"].dropna().unique()))


def union_water(
    water: gpd.GeoDataFrame | gpd.GeoSeries | None, crs: CRS, boundaries: gpd.GeoDataFrame
) -> BaseGeometry:
    """
    Join all water over the boundaries.

    Parameters
    ----------
    water : GeoDataFrame, GeoSeries or None
        In any CRS; what is no polygon is left out.
    crs : pyproj.CRS
        The working CRS.
    boundaries : GeoDataFrame, working CRS
        Water beyond them is left out.

    Returns
    -------
    (Multi)Polygon
        Empty where there is none.

    Raises
    ------
    CRSError
        If the layer has no CRS.
    """
    if water is None or not len(water):
        return shapely.MultiPolygon()
    if water.crs is None:
        raise CRSError('The water layer has no CRS; state it, e.g. `crs = "EPSG:4326"`.')
    shapes = reproject(gpd.GeoDataFrame(geometry=water.geometry), crs).geometry.to_numpy()
    shapes = shapes[shapely.get_dimensions(shapes) == 2]
    extent = shapely.union_all(boundaries.geometry.to_numpy())
    shapely.prepare(extent)
    shapes = shapely.make_valid(shapes[shapely.intersects(extent, shapes)])
    wet: BaseGeometry = shapely.intersection(shapely.union_all(shapes), extent)
    return wet


def with_areas(table: gpd.GeoDataFrame, water: BaseGeometry) -> gpd.GeoDataFrame:
    """
    Add `area_total` and `area_land`: both, because a lake is not land.

    Parameters
    ----------
    table : GeoDataFrame of (Multi)Polygon, metres
        Boundaries or units.
    water : (Multi)Polygon
        In the same CRS; valid, so that its parts do not overlap.

    Returns
    -------
    GeoDataFrame
        A copy, areas in m².
    """
    shapes = table.geometry.to_numpy()
    total = shapely.area(shapes)
    land = total.copy()
    # Part by part: a unit against a province's coast would look at all of its corners.
    parts = shapely.get_parts(water)
    at, part = shapely.STRtree(parts).query(shapes, predicate="intersects")
    wet = shapely.area(shapely.intersection(shapes[at], parts[part]))
    land -= np.bincount(at, weights=wet, minlength=len(table))
    # Rounding in the overlay must not leave a lake with a square millimetre of land.
    land[land < 1e-6 * total] = 0.0
    return table.assign(area_total=total, area_land=land)


def compare_with_published(boundaries: gpd.GeoDataFrame) -> None:
    """
    Warn where the drawn land area is not the published one.

    Parameters
    ----------
    boundaries : GeoDataFrame
        With areas.
    """
    stated = boundaries[boundaries["published_area_km2"].notna()]
    columns = ("area_land", "area_total", "published_area_km2")
    for boundary, drawn_m2, total_m2, published in zip(
        stated.index, *(stated[name].tolist() for name in columns), strict=True
    ):
        drawn, total = drawn_m2 / 1e6, total_m2 / 1e6
        if abs(drawn / published - 1) > PUBLISHED_AREA_TOLERANCE:
            warnings.warn(
                f"Boundary {boundary!r} has {drawn:,.2f} km² of land "
                f"({total:,.2f} km² with water); {published:,.2f} km² is published. "
                "Per-area figures use the drawn land.",
                DataQualityWarning,
                stacklevel=4,
            )


def check_cover(units: gpd.GeoDataFrame, primary: BaseGeometry) -> None:
    """
    Warn where ready-made units overlap or are not those of the boundary.

    Parameters
    ----------
    units : GeoDataFrame of (Multi)Polygon, metres
        Reporting units.
    primary : (Multi)Polygon
        The primary boundary.
    """
    shapes = units.geometry.to_numpy()
    covered = shapely.union_all(shapes)
    overlap = float(shapely.area(shapes).sum() - covered.area)
    outside = float(shapely.difference(covered, primary).area)
    missing = float(shapely.difference(primary, covered).area)
    slack = 1e-3 * primary.area
    said = [
        f"{area_m2 / 1e6:,.2f} km² {what}"
        for area_m2, what in (
            (overlap, "lie in more than one unit and count twice"),
            (outside, "lie outside the primary boundary"),
            (missing, "of the primary boundary lie in no unit"),
        )
        if area_m2 > slack
    ]
    if said:
        warnings.warn(f"The units do not fit: {'; '.join(said)}.", DataQualityWarning, stacklevel=3)


def unit_table(units: gpd.GeoDataFrame, crs: CRS) -> gpd.GeoDataFrame:
    """
    Check ready-made units and bring them to the working CRS.

    Parameters
    ----------
    units : GeoDataFrame of (Multi)Polygon
        With a `unit_id` column or index.
    crs : pyproj.CRS
        The working CRS.

    Returns
    -------
    GeoDataFrame
        Indexed by `unit_id`.

    Raises
    ------
    CRSError
        If they have no CRS.
    """
    table = units.copy()
    if table.index.name != UNIT_INDEX:
        require_columns(table, UNIT_INDEX, name="units")
        table = table.set_index(UNIT_INDEX)
    table.index = pd.Index(table.index.astype(str), name=UNIT_INDEX)
    check_polygons(table, "unit")
    if table.crs is None:
        raise CRSError('The units have no CRS; state it, e.g. `crs = "EPSG:4326"`.')
    return on_map(table, crs)
