"""
How much of a hot spot is the grid's doing: the share of grids in which a place stays hot.

One grid is one opinion. The same places are counted on grids of several widths and
offsets, a share is tested on each, and every spot of ground gets the share of the grids in
which its cell was hot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.assignment import (
    OUTSIDE,
    count_in_units,
    locate,
    representative_points,
    unit_positions,
)
from creative_spatial.analysers.local_autocorrelation import MIN_UNITS, getis_ord
from creative_spatial.analysers.neighbours import contiguity
from creative_spatial.crs import require_crs, require_metres
from creative_spatial.errors import IndicatorError
from creative_spatial.grid import make_grid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry


def smoothed_share(cases: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    r"""
    Share of cases among the places of each unit, drawn to the city's where places are few.

    .. math:: \tilde r_i = B_i r_i + (1 - B_i) m, \quad
        B_i = \frac{v}{v + m / t_i}, \quad
        v = \max\Bigl(0,\ \frac{\sum t_i (r_i - m)^2}{\sum t_i} - \frac{m}{\bar t}\Bigr)

    with :math:`t_i` places, :math:`r_i` the raw share and :math:`m` the city's.

    Parameters
    ----------
    cases, places : array of float, shape (k,)
        Places of the kind, and all mapped places, in each unit.

    Returns
    -------
    array of float, shape (k,)
        Null in units without a place.

    References
    ----------
    Marshall (1991), Mapping disease and mortality rates using empirical Bayes estimators,
    Applied Statistics 40.

    Examples
    --------
    Both units have the city's share, so there is nothing to draw together:

    >>> smoothed_share(np.array([1.0, 10.0, 0.0]), np.array([2.0, 20.0, 0.0])).tolist()
    [0.5, 0.5, nan]
    """
    there = places > 0
    if not there.any():
        return np.full(len(places), np.nan)
    t = places[there]
    raw = cases[there] / t
    mean = float(cases[there].sum() / t.sum())
    spread = max(0.0, float((t * (raw - mean) ** 2).sum() / t.sum()) - mean / float(t.mean()))
    trust = np.divide(spread, spread + mean / t, out=np.zeros_like(t), where=spread + mean / t > 0)
    share = np.full(len(places), np.nan)
    share[there] = trust * raw + (1 - trust) * mean
    return share


def hot_spots(
    cases: gpd.GeoDataFrame, places: gpd.GeoDataFrame, units: gpd.GeoDataFrame
) -> pd.DataFrame:
    """
    Units around which a kind makes up more of the mapped places than by chance.

    Parameters
    ----------
    cases : GeoDataFrame, metres
        Places of the kind.
    places : GeoDataFrame, same CRS
        All mapped places, the cases among them: how well a quarter is mapped cancels.
    units : GeoDataFrame, k rows, polygons, same CRS
        Units of land; at least 30 of them must have a place.

    Returns
    -------
    DataFrame, k rows
        `cases`, `places`, `share` (smoothed), and `statistic`, `p`, `p_adjusted` of Gi* among
        the units with a place; null in the others, of which nothing is known.

    Raises
    ------
    CRSError
        If the layers are not in one CRS in metres.
    IndicatorError
        If fewer than 30 units have a place.
    """
    require_crs(units.crs, cases=cases, places=places)
    counts = [
        count_in_units(unit_positions(layer, units), len(units)).astype(float)
        for layer in (cases, places)
    ]
    return _tested_share(counts[0], counts[1], units)


def hot_spot_stability(
    cases: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    land: BaseGeometry,
    *,
    cell_widths_m: Sequence[float],
    offsets: int = 5,
    uncertainty_m: float = 0.0,
    level: float = 0.05,
    spot_m: float | None = None,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> gpd.GeoDataFrame:
    """
    Share of hexagon grids in which each spot of land is in a hot spot.

    Parameters
    ----------
    cases, places : GeoDataFrame, metres, one CRS
        As for `hot_spots`.
    land : (Multi)Polygon, same CRS
        Without water.
    cell_widths_m : sequence of float, metres
        Widths of the cells, each at least twice `uncertainty_m`.
    offsets : int, > 0
        Grids of each width, each shifted at random by less than a cell.
    uncertainty_m : float, metres
        Positional uncertainty: in every grid, places are moved by a normal error of half of
        it in each direction, as a place is within it in about 95 % of draws or fewer.
    level : float, in (0, 1)
        False-discovery rate at which a cell is hot.
    spot_m : float, metres, optional
        Width of the spots that the share is given for; the least cell width otherwise.
    seed : int
        Of the shifts and errors.
    progress : callable, optional
        Told each grid as it starts.

    Returns
    -------
    GeoDataFrame of Polygon
        One row a spot, indexed by `unit_id`: `hot`, the share of grids in which the middle
        of the spot was in a hot cell; `tested`, the number of grids in which its cell had
        a place.

    Raises
    ------
    CRSError
        If the layers are not in one CRS in metres.
    IndicatorError
        If a cell is less than twice as wide as places are uncertain, or no grid has 30
        cells with a place.
    """
    require_crs(places.crs, cases=cases, places=places)
    require_metres(places=places)
    if narrow := [w for w in cell_widths_m if w < 2 * uncertainty_m]:
        raise IndicatorError(
            f"Cells of {narrow} m are less than twice as wide as places are uncertain "
            f"({uncertainty_m:g} m); take wider ones."
        )
    spots = make_grid(land, spot_m or float(min(cell_widths_m)))
    middles = shapely.point_on_surface(spots.to_numpy())
    hot, tested = np.zeros(len(spots)), np.zeros(len(spots))
    rng = np.random.default_rng(seed)
    marked = np.asarray(places.index.isin(cases.index))
    xy = shapely.get_coordinates(representative_points(places))
    done = 0
    for width in cell_widths_m:
        for turn in range(offsets):
            if progress is not None:
                progress(f"cells of {width:g} m, grid {turn + 1} of {offsets}")
            shift = rng.random(2) * width
            moved = xy + rng.normal(0, uncertainty_m / 2, xy.shape) if uncertainty_m else xy
            units = _shifted_grid(land, shift, width, places.crs)
            at = locate(np.asarray(shapely.points(moved)), units.geometry.to_numpy())
            counts = [
                count_in_units(at[chosen], len(units)).astype(float)
                for chosen in (marked, slice(None))
            ]
            if (counts[1] > 0).sum() < MIN_UNITS:
                continue
            table = units.join(_tested_share(counts[0], counts[1], units))
            done += 1
            at = locate(middles, table.geometry.to_numpy())
            inside = at != OUTSIDE
            known = table["statistic"].notna().to_numpy()
            is_hot = ((table["statistic"] > 0) & (table["p_adjusted"] <= level)).to_numpy()
            tested[inside] += known[at[inside]]
            hot[inside] += is_hot[at[inside]]
    if not done:
        raise IndicatorError(
            f"No grid has {MIN_UNITS} cells with a mapped place; take smaller cells."
        )
    frame = gpd.GeoDataFrame(
        {"hot": hot / done, "tested": tested}, geometry=spots, crs=places.crs, index=spots.index
    )
    frame.attrs["grids"] = done
    return frame


def _shifted_grid(
    land: BaseGeometry, shift: NDArray[np.float64], width: float, crs: Any
) -> gpd.GeoDataFrame:
    """Hexagons over the land, anchored elsewhere than at the CRS's origin."""
    cells = make_grid(shapely.transform(land, lambda corners: corners - shift), width)
    back = shapely.transform(cells.to_numpy(), lambda corners: corners + shift)
    return gpd.GeoDataFrame(geometry=back, index=cells.index, crs=crs)


def _tested_share(
    cases: NDArray[np.float64], places: NDArray[np.float64], units: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Counts, smoothed share and Gi* among the units with a place."""
    table = pd.DataFrame(
        {"cases": cases, "places": places, "share": smoothed_share(cases, places)},
        index=units.index,
    )
    there = places > 0
    known = units.loc[there, ["geometry"]]
    found = getis_ord(table.loc[there, "share"], contiguity(known))
    return table.join(found)
