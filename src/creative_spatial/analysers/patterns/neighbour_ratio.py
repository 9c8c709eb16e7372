"""How far to the nearest of the same kind, against places drawn from all mapped ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from creative_spatial.analysers.assignment import representative_points
from creative_spatial.analysers.chance import beside_chance
from creative_spatial.analysers.patterns.k_functions import marked_cases

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


def nearest_neighbour_ratio(
    cases: gpd.GeoDataFrame, places: gpd.GeoDataFrame, *, permutations: int = 999, seed: int = 0
) -> pd.Series[float]:
    """
    Mean distance to the nearest of the same kind, beside that of places drawn at random.

    Parameters
    ----------
    cases : GeoDataFrame, m rows, metres
        Places of the kind; each is a row of `places` too, by its index.
    places : GeoDataFrame, n rows, same CRS
        All mapped places.
    permutations : int, > 0
        Draws of m of the n places.
    seed : int
        Of the draws.

    Returns
    -------
    Series
        `value` (observed over expected; under 1 is clustered), `observed_m`, `expected_m`,
        `p` (two-sided), `n`.

    Raises
    ------
    IndicatorError
        If a case is not among the places.
    InsufficientDataError
        If there are fewer than three cases.
    CRSError
        If the two are not in one CRS in metres.

    References
    ----------
    Clark and Evans (1954), Ecology 35, with random labelling in place of randomness on a plane.
    """
    marked = marked_cases(cases, places)
    points = shapely.get_coordinates(representative_points(places))
    rng = np.random.default_rng(seed)
    observed = _mean_nearest(points[marked])
    drawn = np.array([_mean_nearest(points[rng.permutation(marked)]) for _ in range(permutations)])
    chance = beside_chance(observed, drawn)
    expected = float(chance.expected)
    return pd.Series(
        {
            "value": observed / expected if expected > 0 else np.nan,
            "observed_m": observed,
            "expected_m": expected,
            "p": float(chance.p),
            "n": float(len(cases)),
        }
    )


def _mean_nearest(points: NDArray[np.float64]) -> float:
    return float(KDTree(points).query(points, k=2)[0][:, 1].mean())
