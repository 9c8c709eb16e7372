"""Which unit a place lies in, for what is told by unit before anything is analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

OUTSIDE = -1


def first_unit(places: gpd.GeoSeries, units: gpd.GeoDataFrame) -> NDArray[np.intp]:
    """
    Row number of the first unit that each place is in, or on the edge of.

    Parameters
    ----------
    places : GeoSeries, n rows, any geometry
        Represented by a point within each.
    units : GeoDataFrame, k rows, polygons, same CRS
        Units.

    Returns
    -------
    array of int, n values
        -1 outside every unit.

    Examples
    --------
    >>> import geopandas as gpd
    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> first_unit(gpd.GeoSeries(gpd.points_from_xy([1.0, 1.5, 9.0], [0.5, 0.5, 0.5])), units)
    array([ 0,  1, -1])
    """
    points = places.representative_point().to_numpy()
    point, unit = shapely.STRtree(units.geometry.to_numpy()).query(points, predicate="intersects")
    first = np.full(len(points), len(units), dtype=np.intp)
    np.minimum.at(first, point, unit)
    first[first == len(units)] = OUTSIDE
    return first
