"""Where a population raster has its people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from creative_spatial.analysers.assignment import OUTSIDE, locate
from creative_spatial.crs import make_transformer

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.raster import Raster


def inhabited_cells(
    population: Raster, units: gpd.GeoDataFrame
) -> tuple[NDArray[Any], NDArray[np.intp], NDArray[np.float64]]:
    """
    Centres of the cells that have people, in units.

    Parameters
    ----------
    population : Raster
        Inhabitants a cell, in any CRS.
    units : GeoDataFrame, k rows, polygons
        Cells whose centre is in none of them are left out.

    Returns
    -------
    points : array of Point, n values
        In the CRS of `units`.
    unit : array of int, n values
        Row of the unit that each is in.
    people : array of float, n values
        Over 0.
    """
    people = np.where(np.isfinite(population.values), population.values, 0).astype(float)
    if population.nodata is not None:
        people[population.values == population.nodata] = 0
    row, column = np.nonzero(people > 0)
    x, y = population.transform @ (column + 0.5, row + 0.5)
    x, y = make_transformer(population.crs, units.crs).transform(x, y)
    west, south, east, north = units.total_bounds
    near = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    x, y, row, column = x[near], y[near], row[near], column[near]
    points = np.asarray(shapely.points(x, y))
    unit = locate(points, units.geometry.to_numpy())
    held = unit != OUTSIDE
    return points[held], unit[held], people[row, column][held]
