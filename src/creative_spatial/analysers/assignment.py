"""Which unit a feature belongs to: exactly one, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from creative_spatial.crs import require_crs

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

OUTSIDE = -1
_LINE = 1


def assign_units(layer: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> pd.Series[str]:
    """
    The one unit that each feature belongs to.

    A feature belongs where its representative point lies: itself if it is a point, a point
    inside it if it is an area; a line belongs where most of its length lies, however much of
    it is outside every unit. A point on an edge that units share, or in units that overlap,
    belongs to the first of them in the order of `units`, so that counts over units add up
    to the count over their union.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Features in the CRS of `units`.
    units : GeoDataFrame, k rows, polygons
        Reporting units.

    Returns
    -------
    Series of str, n rows
        Unit ids indexed like `layer`; null for features outside every unit or without geometry.

    Raises
    ------
    CRSError
        If the layer is not in the CRS of `units`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> units = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
    ...     index=pd.Index(["west", "east"], name="unit_id"))
    >>> places = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0.5, 1.0, 9.0], [0.5, 0.5, 0.5]))
    >>> assign_units(places, units).tolist()
    ['west', 'west', nan]
    """
    position = unit_positions(layer, units)
    names = pd.Series(units.index.astype("str").to_numpy(), dtype="str")
    found = names.reindex(np.where(position == OUTSIDE, len(names), position))
    return pd.Series(found.to_numpy(), index=layer.index, name="unit_id", dtype="str")


def unit_positions(layer: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> NDArray[np.intp]:
    """
    Row number in `units` of the one unit that each feature belongs to.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Features in the CRS of `units`.
    units : GeoDataFrame, k rows, polygons
        Reporting units.

    Returns
    -------
    array of int, n values
        See `assign_units`; -1 for features outside every unit.
    """
    require_crs(units.crs, layer=layer)
    shapes, polygons = layer.geometry.to_numpy(), units.geometry.to_numpy()
    position = locate(representative_points(layer), polygons)
    lines = np.flatnonzero(shapely.get_dimensions(shapes) == _LINE)
    if len(lines):
        held, longest = _longest_part(shapes[lines], polygons)
        position[lines[held]] = longest
    return position


def _longest_part(
    lines: NDArray[Any], polygons: NDArray[Any]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Lines of which some length lies in a polygon, and the polygon that holds most of each."""
    line, polygon = shapely.STRtree(polygons).query(lines, predicate="intersects")
    length = shapely.length(shapely.intersection(lines[line], polygons[polygon]))
    line, polygon, length = line[length > 0], polygon[length > 0], length[length > 0]
    order = np.lexsort((polygon, -length, line))
    held, first = np.unique(line[order], return_index=True)
    return held, polygon[order][first]


def representative_points(layer: gpd.GeoDataFrame) -> NDArray[Any]:
    """
    One point for each feature: itself if it is a point, a point inside it otherwise.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Features.

    Returns
    -------
    array of Point, n values
        Null or empty where the geometry is.
    """
    points = layer.geometry.to_numpy().copy()
    others = shapely.get_type_id(points) != shapely.GeometryType.POINT
    points[others] = shapely.point_on_surface(points[others])
    return points


def locate(points: NDArray[Any], polygons: NDArray[Any]) -> NDArray[np.intp]:
    """
    Row number of the first polygon that each point lies in or on the edge of.

    Parameters
    ----------
    points : array of Point, n values
        Null and empty points lie nowhere.
    polygons : array of (Multi)Polygon, k values
        In the CRS of the points.

    Returns
    -------
    array of int, n values
        -1 outside every polygon.

    Examples
    --------
    >>> locate(shapely.points([(1, 1), (5, 5)]), np.array([shapely.box(0, 0, 2, 2)]))
    array([ 0, -1])
    """
    point, polygon = shapely.STRtree(polygons).query(points)
    # Prepared once, a province's outline answers for a hundred thousand points at once.
    shapely.prepare(polygons)
    x, y = shapely.get_x(points[point]), shapely.get_y(points[point])
    inside = shapely.intersects_xy(polygons[polygon], x, y)
    point, polygon = point[inside], polygon[inside]
    position = np.full(len(points), len(polygons), dtype=np.intp)
    np.minimum.at(position, point, polygon)
    position[position == len(polygons)] = OUTSIDE
    return position


def count_in_units(position: NDArray[np.intp], n_units: int) -> NDArray[np.intp]:
    """
    Number of features in each unit.

    Parameters
    ----------
    position : array of int
        What `unit_positions` returns.
    n_units : int
        Number of units.

    Returns
    -------
    array of int, `n_units` values
        Features outside every unit are not counted.
    """
    return np.bincount(position[position != OUTSIDE], minlength=n_units)
