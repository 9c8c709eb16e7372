"""
Clustered at which distance: K functions under nulls that keep the town where it is.

Complete randomness over a rectangle is never the question in a town: its streets, shores
and mapped quarters cluster everything. The null here is random labelling: which of the
mapped places are of the kind; `surface_pattern` has an inhomogeneous one. The test is
global: one p for the whole curve, and a band that it leaves somewhere with probability
alpha.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import KDTree
from scipy.spatial.distance import pdist

from creative_spatial.analysers.assignment import representative_points
from creative_spatial.analysers.nearest_places import near_pairs
from creative_spatial.analysers.patterns.curves import Curve, beside_band
from creative_spatial.crs import require_crs, require_metres
from creative_spatial.errors import IndicatorError, InsufficientDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

MIN_POINTS = 3
_FEW = 1500


def ripley_k(
    points: NDArray[np.float64], distances_m: Sequence[float], area_m2: float
) -> NDArray[np.float64]:
    r"""
    Ripley's K without edge correction: mean number of others within a distance, per density.

    .. math:: \hat K(r) = \frac{A}{n (n - 1)} \sum_i \sum_{j \ne i} 1(d_{ij} \le r)

    Parameters
    ----------
    points : array of float, shape (n, 2), metres
        At least two.
    distances_m : sequence of float, metres
        Ascending.
    area_m2 : float, square metres
        Area that the points lie in.

    Returns
    -------
    array of float, square metres
        One value a distance.

    References
    ----------
    Ripley (1976), J. Applied Probability 13.

    Examples
    --------
    >>> ripley_k(np.array([[0.0, 0], [1, 0], [0, 1]]), [1.0, 2.0], 6.0).round(6).tolist()
    [4.0, 6.0]
    """
    n = len(points)
    near = _pairs_within(points, np.asarray(distances_m, dtype=float))
    return np.asarray(area_m2 * 2 * near / (n * (n - 1)))


def labelled_k(
    cases: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    *,
    distances_m: Sequence[float],
    permutations: int = 999,
    alpha: float = 0.05,
    seed: int = 0,
) -> Curve:
    r"""
    Do places of a kind cluster beyond what all mapped places do: K under random labelling.

    .. math:: D(r) = \frac{\hat K_\text{cases}(r)}{\hat K_\text{places}(r)}

    over pairs of places; the edge of the study area cancels, since every draw has the same
    places. Over 1: clustered within r.

    Parameters
    ----------
    cases : GeoDataFrame, m rows, metres
        Places of the kind; each is a row of `places` too, by its index.
    places : GeoDataFrame, n rows, same CRS
        All mapped places, the cases among them.
    distances_m : sequence of float, metres
        Ascending.
    permutations : int, > 0
        Draws of m of the n places.
    alpha : float, in (0, 1)
        Share of random curves that leave the band somewhere.
    seed : int
        Of the draws.

    Returns
    -------
    Curve
        D(r), null where no two places are within r, with its band and p.

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
    Diggle and Chetwynd (1991), Biometrics 47; for the global band, Myllymaki et al. (2017),
    J. R. Stat. Soc. B 79 (studentised maximum absolute deviation).
    """
    require_crs(cases.crs, cases=cases, places=places)
    require_metres(places=places)
    marked = marked_cases(cases, places)
    points, steps = case_points(places), _steps(distances_m)
    n, m = len(places), int(marked.sum())
    whole = _pairs_within(points, steps)
    scale = (n * (n - 1)) / (m * (m - 1))

    def statistic(labels: NDArray[np.bool_]) -> NDArray[np.float64]:
        return _ratio(_pairs_within(points[labels], steps) * scale, whole)

    rng = np.random.default_rng(seed)
    return beside_band(
        statistic(marked), lambda: statistic(rng.permutation(marked)), steps, permutations, alpha,
        expected=1.0,
    )  # fmt: skip


def cross_k(
    ones: gpd.GeoDataFrame,
    others: gpd.GeoDataFrame,
    *,
    distances_m: Sequence[float],
    permutations: int = 999,
    alpha: float = 0.05,
    seed: int = 0,
) -> Curve:
    r"""
    Do two kinds of places stand together: cross-K under random labelling.

    .. math:: D_{12}(r) = \frac{\#\{d(1, 2) \le r\} / (n_1 n_2)}
                               {\#\{d \le r\} / \binom{n_1 + n_2}{2}}

    Parameters
    ----------
    ones, others : GeoDataFrame, metres, one CRS
        The two kinds; no place is in both.
    distances_m : sequence of float, metres
        Ascending.
    permutations : int, > 0
        Draws in which the two labels are shuffled over the places of both.
    alpha : float, in (0, 1)
        Share of random curves that leave the band somewhere.
    seed : int
        Of the draws.

    Returns
    -------
    Curve
        Over 1: together within r; under 1: apart.

    Raises
    ------
    IndicatorError
        If a place is in both.
    InsufficientDataError
        If there are fewer than three of a kind, or too many pairs of places to compare.
    CRSError
        If the two are not in one CRS in metres.

    References
    ----------
    Diggle (2013), Statistical Analysis of Spatial and Spatio-Temporal Point Patterns, 3rd ed.
    """
    require_crs(ones.crs, ones=ones, others=others)
    require_metres(ones=ones)
    if len(ones.index.intersection(others.index)):
        raise IndicatorError("A place is of both kinds; take it out of one.")
    require_cases(len(ones), "ones")
    require_cases(len(others), "others")
    points, steps = np.concatenate([case_points(ones), case_points(others)]), _steps(distances_m)
    marked = np.arange(len(points)) < len(ones)
    one, other, apart = near_pairs(points, np.arange(len(points)), steps[-1])
    once = one < other
    one, other, bin_of = one[once], other[once], np.searchsorted(steps, apart[once])
    whole = np.cumsum(np.bincount(bin_of, minlength=len(steps))).astype(float)
    n = len(points)
    scale = (n * (n - 1) / 2) / (len(ones) * len(others))

    def statistic(labels: NDArray[np.bool_]) -> NDArray[np.float64]:
        mixed = bin_of[labels[one] != labels[other]]
        near = np.cumsum(np.bincount(mixed, minlength=len(steps))).astype(float)
        return _ratio(near * scale, whole)

    rng = np.random.default_rng(seed)
    return beside_band(
        statistic(marked), lambda: statistic(rng.permutation(marked)), steps, permutations, alpha,
        expected=1.0,
    )  # fmt: skip


def marked_cases(cases: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """
    Find the cases among all mapped places.

    Parameters
    ----------
    cases : GeoDataFrame, m rows, metres
        Places of a kind.
    places : GeoDataFrame, n rows, same CRS
        All mapped places.

    Returns
    -------
    array of bool, shape (n,)
        Which of the places are cases.

    Raises
    ------
    IndicatorError
        If a case is not among the places.
    InsufficientDataError
        If there are fewer than three cases.
    CRSError
        If the two are not in one CRS in metres.
    """
    require_crs(cases.crs, cases=cases, places=places)
    require_metres(places=places)
    marked = np.asarray(places.index.isin(cases.index))
    if marked.sum() != len(cases):
        raise IndicatorError("Every case must be a row of `places`, by its index.")
    require_cases(len(cases), "cases")
    return marked


def require_cases(n: int, word: str) -> None:
    """
    Raise unless there are places enough for a pattern.

    Parameters
    ----------
    n : int
        How many there are.
    word : str
        What they are called, for the message.

    Raises
    ------
    InsufficientDataError
        If there are fewer than three.
    """
    if n < MIN_POINTS:
        raise InsufficientDataError(
            f"`{word}` has {n} places; a pattern needs at least {MIN_POINTS}."
        )


def case_points(layer: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """
    Coordinates of the representative points of a layer.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        The places.

    Returns
    -------
    array of float, shape (n, 2)
        In the layer's CRS.
    """
    return np.asarray(shapely.get_coordinates(representative_points(layer)))


def _ratio(near: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pairs of a kind over all pairs; null where there are none."""
    out = np.full(len(whole), np.nan)
    np.divide(near, whole, out=out, where=whole > 0)
    return out


def _steps(distances_m: Sequence[float]) -> NDArray[np.float64]:
    """The distances, which must ascend."""
    steps = np.asarray(distances_m, dtype=float)
    if not (len(steps) and (steps > 0).all() and (np.diff(steps) > 0).all()):
        raise IndicatorError("distances_m must be over 0 and ascend.")
    return steps


def _pairs_within(
    points: NDArray[np.float64], distances_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Number of pairs no further apart than each distance."""
    if len(points) > _FEW:
        tree = KDTree(points)
        ordered = tree.count_neighbors(tree, distances_m)
        return np.asarray((ordered - len(points)) / 2, dtype=float)
    apart = pdist(points)
    near = np.searchsorted(distances_m, apart[apart <= distances_m[-1]])
    return np.cumsum(np.bincount(near, minlength=len(distances_m))).astype(float)
