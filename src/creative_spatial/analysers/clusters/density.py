"""Density surfaces: how much lies around each place, without what lies on the water."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS
from scipy import ndimage

from creative_spatial.analysers.assignment import representative_points
from creative_spatial.crs import require_crs, require_metres
from creative_spatial.errors import IndicatorError, InsufficientDataError
from creative_spatial.raster import Raster

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

# Six bandwidths hold all but 2e-9 of a Gaussian; points further off add nothing.
_REACH = 6.0
# Sharing a point among four cells adds this much variance in each direction, in cells squared.
_SHARING = 1 / 6
MIN_CELLS_A_BANDWIDTH = 2.0
MAX_CELLS = 50_000_000
_HA = 10_000.0


def kernel_density(
    layer: gpd.GeoDataFrame,
    within: BaseGeometry,
    *,
    bandwidth_m: float,
    cell_m: float,
    weight: str | None = None,
) -> Raster:
    r"""
    Density of features by a Gaussian kernel, corrected at the edge of the land.

    .. math:: \hat f(s) = \frac{\sum_i w_i\, \phi_h(s - s_i)}{\int_W \phi_h(s - u)\, du}

    Features are shared among the four nearest cells and smoothed on the grid, which is the
    sum of the kernels to 0.05 % of the peak where a bandwidth has five cells, 0.005 % at ten.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry, metres
        Features, at their representative points; those outside `within` are left out.
    within : (Multi)Polygon in the layer's CRS
        The land that is looked at, W: cells elsewhere are null, and what a cell has is divided
        by the part of a kernel there that falls on it (Diggle's uniform correction: right where
        density is even, whatever the shore; the surface need not add up to the features).
    bandwidth_m : float, metres, > 0
        Standard deviation of the kernel.
    cell_m : float, metres, > 0
        Side of a cell, at most half the bandwidth.
    weight : str, optional
        Column of weights, none negative; 1 otherwise.

    Returns
    -------
    Raster of float
        Features (or weight) per hectare at the centre of each cell; null off the land.

    Raises
    ------
    CRSError
        If the layer has no CRS in metres.
    IndicatorError
        If the bandwidth is less than two cells, or the grid too large.
    InsufficientDataError
        If there is no land.

    References
    ----------
    Diggle (1985), A kernel method for smoothing point process data, Applied Statistics 34;
    Silverman (1986), Density Estimation.

    Examples
    --------
    A single stall in wide open land is a hectare's worth of peak 1 / (2 pi h^2):

    >>> import geopandas as gpd
    >>> stall = gpd.GeoDataFrame(geometry=gpd.points_from_xy([1005], [1005]), crs="EPSG:32647")
    >>> surface = kernel_density(stall, shapely.box(0, 0, 2010, 2010), bandwidth_m=100, cell_m=10)
    >>> float(surface.values.max().round(3)), round(10_000 / (2 * math.pi * 100**2), 3)
    (0.159, 0.159)
    """
    points, amounts = _inside(layer, within, weight)
    window = _window(within, bandwidth_m, cell_m)
    land = window.land(within)
    counts = window.shared(points, amounts)
    values = _smoothed(counts, land, bandwidth_m / cell_m) * (_HA / cell_m**2)
    return window.raster(values, CRS.from_user_input(layer.crs), _one_source(layer))


def relative_risk(
    cases: gpd.GeoDataFrame,
    reference: gpd.GeoDataFrame,
    within: BaseGeometry,
    *,
    bandwidth_m: float,
    cell_m: float,
    min_reference: float = 1.0,
) -> Raster:
    r"""
    Where some features are more frequent than all mapped places would have it.

    .. math:: \rho(s) = \log_2 \frac{\hat f_\text{cases}(s) / n_\text{cases}}
                                    {\hat f_\text{reference}(s) / n_\text{reference}}

    How well a quarter is mapped enters both surfaces alike and cancels.

    Parameters
    ----------
    cases : GeoDataFrame, metres
        Features in question.
    reference : GeoDataFrame, same CRS
        All mapped places, the cases among them.
    within : (Multi)Polygon, same CRS
        The land.
    bandwidth_m, cell_m : float, metres
        As for `kernel_density`, the same for both.
    min_reference : float
        Where fewer reference features than this lie within the kernel's effective area,
        :math:`4 \pi h^2`, the surface is null: nothing is mapped there that could tell.

    Returns
    -------
    Raster of float
        1 means twice as frequent as in the whole area, -1 half as frequent; null off the
        land and where next to nothing is mapped.

    Raises
    ------
    CRSError
        If the two are not in one CRS in metres.
    IndicatorError
        As `kernel_density`.
    InsufficientDataError
        If there is no land, or either has no feature on it.

    References
    ----------
    Kelsall and Diggle (1995), Statistics in Medicine 14.

    Examples
    --------
    >>> import geopandas as gpd
    >>> places = gpd.GeoDataFrame(geometry=gpd.points_from_xy([50, 60, 940, 950], [50] * 4),
    ...     crs="EPSG:32647")
    >>> surface = relative_risk(places.iloc[:2], places, shapely.box(0, 0, 1000, 100),
    ...     bandwidth_m=50, cell_m=10)
    >>> float(surface.values[5, 5].round(2))
    1.0
    """
    require_crs(cases.crs, reference=reference)
    surfaces = []
    for layer, word in ((cases, "cases"), (reference, "reference")):
        surface = kernel_density(layer, within, bandwidth_m=bandwidth_m, cell_m=cell_m)
        n = len(_inside(layer, within, None)[0])
        if not n:
            raise InsufficientDataError(f"`{word}` has no feature within the land.")
        surfaces.append((surface, n))
    (above, n_cases), (below, n_reference) = surfaces
    effective_ha = 4 * math.pi * bandwidth_m**2 / _HA
    told = below.values * effective_ha >= min_reference
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log2((above.values / n_cases) / (below.values / n_reference))
    values = np.where(told, ratio, np.nan)
    return Raster(values, above.transform, above.crs, above.source_id)


class _Window:
    """The grid over the land, with a margin of no kernel's width: rows run from the north."""

    def __init__(self, left: float, top: float, rows: int, columns: int, cell_m: float) -> None:
        self.left, self.top, self.cell_m = left, top, cell_m
        self.rows, self.columns = rows, columns

    def raster(self, values: NDArray[np.float64], crs: CRS, source_id: str) -> Raster:
        from affine import Affine

        transform = Affine(self.cell_m, 0, self.left, 0, -self.cell_m, self.top)
        return Raster(values, transform, crs, source_id)

    def land(self, within: BaseGeometry) -> NDArray[np.bool_]:
        """Which cells have their centre on the land."""
        x = self.left + (np.arange(self.columns) + 0.5) * self.cell_m
        y = self.top - (np.arange(self.rows) + 0.5) * self.cell_m
        shapely.prepare(within)
        grid = np.meshgrid(x, y)
        land = np.asarray(shapely.contains_xy(within, grid[0].ravel(), grid[1].ravel()))
        return land.reshape(self.rows, self.columns)

    def shared(
        self, points: NDArray[np.float64], amounts: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Each point's amount among the four cells whose centres surround it."""
        column = (points[:, 0] - self.left) / self.cell_m - 0.5
        row = (self.top - points[:, 1]) / self.cell_m - 0.5
        c, r = np.floor(column).astype(np.intp), np.floor(row).astype(np.intp)
        u, v = column - c, row - r
        counts = np.zeros((self.rows + 2) * (self.columns + 2))
        for down, across, part in (
            (0, 0, (1 - u) * (1 - v)), (0, 1, u * (1 - v)), (1, 0, (1 - u) * v), (1, 1, u * v),
        ):  # fmt: skip
            cell = (r + down + 1) * (self.columns + 2) + c + across + 1
            counts += np.bincount(cell, weights=part * amounts, minlength=len(counts))
        return counts.reshape(self.rows + 2, self.columns + 2)


def _window(within: BaseGeometry, bandwidth_m: float, cell_m: float) -> _Window:
    """The grid that covers the land, on round coordinates so that two runs agree."""
    if not (cell_m > 0 and bandwidth_m > 0):
        raise IndicatorError("bandwidth_m and cell_m must be over 0.")
    if bandwidth_m < MIN_CELLS_A_BANDWIDTH * cell_m:
        raise IndicatorError(
            f"cell_m = {cell_m:g} is too coarse for bandwidth_m = {bandwidth_m:g}; take cells of "
            f"{bandwidth_m / 5:g} m."
        )
    if within.is_empty:
        raise InsufficientDataError("There is no land to look at.")
    west, south, east, north = within.bounds
    left, top = math.floor(west / cell_m) * cell_m, math.ceil(north / cell_m) * cell_m
    columns = max(1, math.ceil((east - left) / cell_m))
    rows = max(1, math.ceil((top - south) / cell_m))
    if rows * columns > MAX_CELLS:
        raise IndicatorError(
            f"cell_m = {cell_m:g} would make {rows * columns:,} cells; take coarser ones."
        )
    return _Window(left, top, rows, columns, cell_m)


def _smoothed(
    counts: NDArray[np.float64], land: NDArray[np.bool_], sigma: float
) -> NDArray[np.float64]:
    """Counts spread by the kernel over the land alone; null elsewhere."""
    spread = math.sqrt(sigma**2 - _SHARING)
    sums = ndimage.gaussian_filter(counts, spread, mode="constant", truncate=_REACH)[1:-1, 1:-1]
    held = ndimage.gaussian_filter(land.astype(float), sigma, mode="constant", truncate=_REACH)
    values = np.full(land.shape, np.nan)
    np.divide(sums, held, out=values, where=land)
    return values


def _inside(
    layer: gpd.GeoDataFrame, within: BaseGeometry, weight: str | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates and weights of the features on the land."""
    require_metres(layer=layer)
    points = shapely.get_coordinates(representative_points(layer))
    shapely.prepare(within)
    there = np.asarray(shapely.intersects_xy(within, points[:, 0], points[:, 1]))
    amounts = np.ones(len(layer)) if weight is None else layer[weight].to_numpy(dtype=float)
    if not (amounts >= 0).all():
        raise IndicatorError(f"A weight in column {weight!r} is negative or missing.")
    return points[there], amounts[there]


def _one_source(layer: Any) -> str:
    """The source of a surface, where it has just one."""
    ids = sorted(set(layer["source_id"])) if "source_id" in layer and len(layer) else []
    return ids[0] if len(ids) == 1 else ""
