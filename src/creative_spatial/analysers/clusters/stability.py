"""
How much of a hot spot is the grid's doing: the share of grids in which a place stays hot.

One grid is one opinion. The same places are counted on grids of several widths and
offsets, a share is tested on each, and every spot of ground gets the share of the grids in
which its cell was hot: with the places where they are said to be, and moved by as much as
they may be wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.assignment import representative_points
from creative_spatial.analysers.clusters.hexagons import cells_of, touching
from creative_spatial.analysers.clusters.local_autocorrelation import MIN_UNITS
from creative_spatial.analysers.clusters.local_shares import share_statistics
from creative_spatial.analysers.clusters.neighbours import within_steps
from creative_spatial.analysers.placed import uncertainty_of
from creative_spatial.crs import require_crs, require_metres
from creative_spatial.errors import IndicatorError, InsufficientDataError
from creative_spatial.grid import make_grid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry


class _Tested(NamedTuple):
    """Cells with a place, by their column and row, and which of them are hot."""

    cells: pd.MultiIndex
    hot: NDArray[np.bool_]


class _Grid(NamedTuple):
    """One grid of hexagons, and the level at which its cells are hot."""

    width_m: float
    shift: tuple[float, float]
    land: BaseGeometry
    level: float

    def tested(
        self, xy: NDArray[np.float64], marked: NDArray[np.bool_], rings: Sequence[int]
    ) -> list[_Tested]:
        """Which cells are hot at each bandwidth, if thirty have a place on the land."""
        dry = shapely.intersects_xy(self.land, xy[:, 0], xy[:, 1])
        cells = cells_of(xy[dry], self.width_m, shift=self.shift)
        if len(cells.row) < MIN_UNITS:
            return []
        touch = touching(cells, self.width_m, self.land, shift=self.shift)
        index = pd.MultiIndex.from_arrays([cells.column, cells.row])
        places = np.bincount(cells.at).astype(float)
        cases = np.bincount(cells.at, weights=marked[dry].astype(float))
        found = []
        for steps in rings:
            table = share_statistics(cases.astype(float), places, within_steps(touch, steps))
            hot = (table["statistic"] > 0) & (table["p_adjusted"] <= self.level)
            found.append(_Tested(index, hot.to_numpy()))
        return found

    def at(
        self, points: NDArray[np.float64], found: _Tested
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which points are in a hot cell, and which in a cell with a place."""
        cells = cells_of(points, self.width_m, shift=self.shift)
        index = pd.MultiIndex.from_arrays([cells.column, cells.row])
        where = found.cells.get_indexer(index)[cells.at]
        return (where >= 0) & found.hot[where], where >= 0


def hot_spot_stability(
    cases: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    land: BaseGeometry,
    *,
    cell_widths_m: Sequence[float],
    offsets: int = 5,
    rings: Sequence[int] = (1,),
    unstated_m: float = 0.0,
    level: float = 0.05,
    spot_m: float | None = None,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> gpd.GeoDataFrame:
    """
    Share of hexagon grids in which each spot of land is in a hot spot.

    Parameters
    ----------
    cases : GeoDataFrame, metres
        Places of the kind.
    places : GeoDataFrame, same CRS
        All mapped places, the cases among them, known by their index.
    land : (Multi)Polygon, same CRS
        Without water: cells that meet in the water are no neighbours.
    cell_widths_m : sequence of float, metres
        Widths of the cells. Places whose `uncertainty_m` is more than half of a width are not
        counted on it.
    offsets : int, > 0
        Grids of each width, each shifted at random by less than a cell.
    rings : sequence of int, > 0
        Bandwidths of Gi*: its neighbours are the cells within so many steps over the land. Each
        grid is looked at with each.
    unstated_m : float, metres
        Uncertainty of places that state none.
    level : float, in (0, 1)
        False-discovery rate at which a cell is hot.
    spot_m : float, metres, optional
        Width of the spots that the share is given for; the least cell width otherwise.
    seed : int
        Of the shifts and moves.
    progress : callable, optional
        Told each grid as it starts.

    Returns
    -------
    GeoDataFrame of Polygon
        One row a spot, indexed by `unit_id`: `hot`, the share of grids in which the middle
        of the spot was in a hot cell; `hot_jittered`, the same where each place is moved, anew
        in every grid, by a normal error of half its uncertainty in each direction (it is
        within its uncertainty in 86 % of draws), what lands in the water being left out;
        `tested`, the number of grids in which its cell had a place. The shares are null where
        none had. ``attrs["grids"]``: grids with at least 30 cells with a place, once for each
        bandwidth;
        ``attrs["vague"]``: cases and places left out by width.

    Raises
    ------
    CRSError
        If the layers are not in one CRS in metres.
    IndicatorError
        If a cell is less than twice as wide as places that state no uncertainty are uncertain.
    InsufficientDataError
        If no grid has 30 cells with a place.
    """
    require_crs(places.crs, cases=cases, places=places)
    require_metres(places=places)
    if narrow := [w for w in cell_widths_m if w < 2 * unstated_m]:
        raise IndicatorError(
            f"Cells of {narrow} m are less than twice as wide as places are uncertain "
            f"({unstated_m:g} m); take wider ones."
        )
    spots = make_grid(land, spot_m or float(min(cell_widths_m)))
    middles = shapely.get_coordinates(shapely.point_on_surface(spots.to_numpy()))
    shapely.prepare(land)
    marked = np.asarray(places.index.isin(cases.index))
    xy = shapely.get_coordinates(representative_points(places))
    uncertain = uncertainty_of(places, unstated_m)
    hot, tested, done = np.zeros((2, len(spots))), np.zeros(len(spots), dtype=int), 0
    # Apart, so that a place more or less does not shift the grids.
    shifts, moves = (np.random.default_rng([seed, stream]) for stream in range(2))
    vague = {}
    for width in map(float, cell_widths_m):
        sure = uncertain <= width / 2
        vague[width] = (int((marked & ~sure).sum()), int((~sure).sum()))
        for turn in range(offsets):
            if progress is not None:
                progress(f"cells of {width:g} m, grid {turn + 1} of {offsets}")
            east, north = (shifts.random(2) * width).tolist()
            grid = _Grid(width, (east, north), land, level)
            moved = xy + moves.normal(size=xy.shape) * uncertain[:, None] / 2
            tables = [grid.tested(at[sure], marked[sure], rings) for at in (xy, moved)]
            if not tables[0]:
                continue
            done += len(rings)
            tested += len(rings) * grid.at(middles, tables[0][0])[1]
            for row, found in enumerate(tables):
                for table in found:
                    hot[row] += grid.at(middles, table)[0]
    if not done:
        raise InsufficientDataError(
            f"No grid has {MIN_UNITS} cells with a mapped place; take smaller cells."
        )
    shares = np.where(tested > 0, hot / done, np.nan)
    frame = gpd.GeoDataFrame(
        {"hot": shares[0], "hot_jittered": shares[1], "tested": tested},
        geometry=spots, crs=places.crs, index=spots.index,
    )  # fmt: skip
    frame.attrs |= {"grids": done, "vague": vague}
    return frame
