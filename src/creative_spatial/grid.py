"""Equal-area reporting grids: hexagons or squares over a polygon, clipped to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.errors import ConfigError
from creative_spatial.schema import UNIT_INDEX

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

GridShape = Literal["hexagon", "square"]
MAX_UNITS = 2_000
MAX_SPANNED = 1_000_000
ROUND_WIDTHS_M = tuple(step * 10**power for power in range(1, 6) for step in (1, 2, 2.5, 5))


def default_cell_m(polygon: BaseGeometry, shape: GridShape = "hexagon") -> float:
    """
    Smallest round width that covers a polygon with at most 2,000 units.

    Parameters
    ----------
    polygon : Polygon or MultiPolygon, metres
        What the grid must cover.
    shape : {"hexagon", "square"}
        Shape of the cells.

    Returns
    -------
    float, metres
        Side-to-side width from 10, 20, 25, 50, 100, 200, 250, ...

    Examples
    --------
    >>> default_cell_m(shapely.box(0, 0, 5_000, 5_000), "square")
    200.0
    """
    for width in ROUND_WIDTHS_M:
        cell_area = width**2 * (math.sqrt(3) / 2 if shape == "hexagon" else 1)
        if polygon.area / cell_area > MAX_UNITS:
            continue
        if _spanned(polygon.bounds, float(width), shape) > MAX_SPANNED:
            continue
        if len(make_grid(polygon, float(width), shape=shape)) <= MAX_UNITS:
            return float(width)
    raise ConfigError("The boundary is too large for a grid of reporting units.")


def make_grid(
    polygon: BaseGeometry, cell_m: float, *, shape: GridShape = "hexagon"
) -> gpd.GeoSeries:
    """
    Cover a polygon with equal cells and clip them to it.

    The grid is anchored to the CRS's origin, not to the polygon, so that two dates or
    two boundaries of one city fall on the same cells and keep the same ids.

    Parameters
    ----------
    polygon : Polygon or MultiPolygon, metres
        What to cover.
    cell_m : float, metres, > 0
        Side-to-side width of a cell.
    shape : {"hexagon", "square"}
        Shape of the cells; hexagons stand on a point.

    Returns
    -------
    GeoSeries of Polygon or MultiPolygon
        Index `unit_id` ("<column>_<row>"); cells without area inside are left out.

    Raises
    ------
    ConfigError
        If `cell_m` is not positive, or would make over a million cells.

    Examples
    --------
    >>> make_grid(shapely.box(0, 0, 20, 10), 10, shape="square").index.tolist()
    ['0_0', '1_0']
    """
    if not (cell_m > 0 and math.isfinite(cell_m)):
        raise ConfigError(f"[units] cell_m is {cell_m:g}; a width in metres over 0 is needed.")
    centres, ids = _centres(polygon.bounds, cell_m, shape)
    cells: NDArray[Any] = np.asarray(
        shapely.polygons(centres[:, None, :] + _ring(cell_m, shape)[None, :, :])
    )
    shapely.prepare(polygon)
    touching = np.asarray(shapely.intersects(polygon, cells))
    inside = np.asarray(shapely.contains_properly(polygon, cells))
    cells = cells[touching].copy()
    whole = inside[touching]
    cells[~whole] = shapely.intersection(cells[~whole], polygon)
    cells = _polygonal(cells)
    kept = shapely.area(cells) > 1e-6 * cell_m**2
    index = pd.Index(np.asarray(ids)[touching][kept], name=UNIT_INDEX, dtype="str")
    return gpd.GeoSeries(cells[kept], index=index)


def _row_step(cell_m: float, shape: GridShape) -> float:
    """Distance between rows of cells."""
    return cell_m * math.sqrt(3) / 2 if shape == "hexagon" else cell_m


def _spanned(bounds: tuple[float, float, float, float], cell_m: float, shape: GridShape) -> float:
    """About how many cells a grid over a box has."""
    west, south, east, north = bounds
    return ((east - west) / cell_m + 3) * ((north - south) / _row_step(cell_m, shape) + 3)


def _centres(
    bounds: tuple[float, float, float, float], cell_m: float, shape: GridShape
) -> tuple[NDArray[np.float64], list[str]]:
    """Centres and ids of the cells that may touch a box."""
    if _spanned(bounds, cell_m, shape) > MAX_SPANNED:
        raise ConfigError(
            f"[units] cell_m = {cell_m:g} would make over a million units; take wider cells."
        )
    row_step = _row_step(cell_m, shape)
    first_column, first_row = (
        math.floor(bounds[0] / cell_m) - 1,
        math.floor(bounds[1] / row_step) - 1,
    )
    last_column, last_row = math.ceil(bounds[2] / cell_m) + 1, math.ceil(bounds[3] / row_step) + 1
    columns, rows = np.meshgrid(
        np.arange(first_column, last_column + 1), np.arange(first_row, last_row + 1)
    )
    column, row = columns.ravel(), rows.ravel()
    shift = np.where(row % 2 == 1, 0.5, 0.0) if shape == "hexagon" else 0.0
    x = (column + 0.5 + shift) * cell_m
    y = (row + 0.5) * row_step
    ids = [f"{c}_{r}" for c, r in zip(column.tolist(), row.tolist(), strict=True)]
    return np.column_stack([x, y]), ids


def _ring(cell_m: float, shape: GridShape) -> NDArray[np.float64]:
    """Corner offsets of a cell around its centre, counter-clockwise."""
    if shape == "square":
        half = cell_m / 2
        return np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    angles = np.deg2rad(np.arange(30, 390, 60))
    return cell_m / math.sqrt(3) * np.column_stack([np.cos(angles), np.sin(angles)])


def _polygonal(geometries: NDArray[Any]) -> NDArray[Any]:
    """Drop the points and lines that clipping leaves where a cell only touches the edge."""
    mixed = shapely.get_type_id(geometries) == shapely.GeometryType.GEOMETRYCOLLECTION
    for position in np.flatnonzero(mixed):
        parts = shapely.get_parts(geometries[position])
        areal = parts[shapely.get_dimensions(parts) == 2]
        geometries[position] = shapely.union_all(areal)
    return geometries
