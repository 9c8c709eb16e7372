"""Local autocorrelation: where high values lie among high values, and how surely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.analysers.clusters.neighbours import with_self
from creative_spatial.analysers.clusters.relabelling import draws_at_least
from creative_spatial.errors import IndicatorError, InsufficientDataError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

MIN_UNITS = 30
# Fewer draws than this beyond a value make its p too coarse.
_FEW = 20


def getis_ord(values: pd.Series[float], neighbours: sparse.csr_array) -> pd.DataFrame:
    r"""
    Getis-Ord Gi* of each unit: is the sum around it higher than by chance.

    .. math:: G_i^* = \frac{\sum_j w_{ij} x_j - \bar{X} W_i}
        {S \sqrt{(n \sum_j w_{ij}^2 - W_i^2) / (n - 1)}}

    with binary weights that take the unit itself in, :math:`W_i` their sum, and
    :math:`S^2 = \sum x^2 / n - \bar{X}^2`.

    Parameters
    ----------
    values : Series of float, n >= 30 values
        One a unit; null ones are refused: leave units without a value out of both.
    neighbours : csr_array, shape (n, n)
        As `neighbours.contiguity` gives it, in the order of `values`, without a diagonal.

    Returns
    -------
    DataFrame, n rows
        `statistic` (a z-score), `p` (two-sided, normal), `p_adjusted` (false-discovery
        rate after Benjamini and Hochberg). Null where a unit neighbours all others.

    Raises
    ------
    InsufficientDataError
        Below 30 units.
    IndicatorError
        Where values are null or not finite, or sizes differ.

    References
    ----------
    Getis and Ord (1992), Geographical Analysis 24; Ord and Getis (1995), Geographical
    Analysis 27. Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from creative_spatial.analysers.clusters.neighbours import contiguity
    >>> cells = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(x, y, x + 1, y + 1) for y in range(6) for x in range(6)],
    ...     crs="EPSG:32647")
    >>> values = pd.Series(1.0, index=cells.index)
    >>> values[[0, 1, 6, 7]] = 9.0
    >>> getis_ord(values, contiguity(cells))["statistic"].round(2).head(3).tolist()
    [5.92, 4.68, 1.87]
    """
    x = _checked(values, neighbours)
    n = len(x)
    star = with_self(neighbours)
    reach = np.asarray(star.sum(axis=1)).ravel()
    squares = np.asarray(star.multiply(star).sum(axis=1)).ravel()
    spread = 0.0 if _all_alike(x) else float(np.sqrt(((x - x.mean()) ** 2).mean()))
    below = spread * np.sqrt(np.maximum(n * squares - reach**2, 0) / (n - 1))
    above = star @ x - x.mean() * reach
    statistic = np.divide(above, below, out=np.full(n, np.nan), where=below > 0)
    from scipy import stats

    p = np.asarray(2 * stats.norm.sf(np.abs(statistic)), dtype=np.float64)
    return _table(values, statistic, p)


def local_moran(
    values: pd.Series[float],
    neighbours: sparse.csr_array,
    *,
    permutations: int = 9_999,
    max_permutations: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    r"""
    Local Moran's I of each unit, with conditional permutation.

    .. math:: I_i = \frac{(n - 1)\, z_i}{\sum_j z_j^2} \frac{1}{k_i} \sum_{j \in N(i)} z_j

    with :math:`z` the values less their mean and :math:`k_i` the number of neighbours.

    Parameters
    ----------
    values : Series of float, n >= 30 values
        One a unit, none null.
    neighbours : csr_array, shape (n, n)
        Binary, in the order of `values`, without a diagonal.
    permutations : int, > 0
        Draws in which a unit keeps its value and the others are shuffled. With 9,999 the
        least p is 0.0001: too coarse for many units under false-discovery control.
    max_permutations : int, optional
        Units that fewer than 20 draws reach are asked again, with ten times as many new draws,
        up to this number: p is fine where that matters. As the new draws alone then count, a
        p of at most alpha is as rare as alpha where there is nothing.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame, n rows
        `statistic`; `p`, one-sided towards the nearer tail: the lesser of esda's "greater" and
        "lesser", in which a draw that ties with what was observed counts on both sides (esda's own
        `p_sim` takes ties for larger, so that it is less where values repeat); `p_adjusted`, the
        false-discovery rate of twice as much, as either tail was open; `kind`: "high-high", "low-low", "high-low", "low-high" or null at the mean. Units without a
        neighbour are null.

    Raises
    ------
    InsufficientDataError
        Below 30 units.
    IndicatorError
        Where values are null or not finite, or sizes differ.

    References
    ----------
    Anselin (1995), Geographical Analysis 27. The factor n - 1 is that of esda.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from creative_spatial.analysers.clusters.neighbours import contiguity
    >>> cells = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(x, y, x + 1, y + 1) for y in range(6) for x in range(6)],
    ...     crs="EPSG:32647")
    >>> values = pd.Series(1.0, index=cells.index)
    >>> values[[0, 1, 6, 7]] = 9.0
    >>> local_moran(values, contiguity(cells), permutations=99).loc[0, "kind"]
    'high-high'
    """
    x = _checked(values, neighbours)
    n = len(x)
    z = x - x.mean()
    size = np.diff(neighbours.indptr)
    around = neighbours @ z
    total = 0.0 if _all_alike(x) else float((z**2).sum())
    alone = size == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = (n - 1) * z * (around / size) / total
    most = max_permutations or permutations
    p = _nearer_tail(z, around, size, permutations=permutations, most=most, seed=seed)
    flat = np.isclose(z, 0) | alone | (total == 0)
    p = np.where(flat, np.nan, np.minimum(p, 1.0))
    table = _table(values, np.where(alone | (total == 0), np.nan, statistic), p)
    table["p_adjusted"] = adjusted(np.minimum(2 * p, 1.0))
    own, beside = (np.where(side > 0, "high", "low") for side in (z, around))
    kind = pd.Series([f"{a}-{b}" for a, b in zip(own, beside, strict=True)], index=values.index)
    return table.assign(kind=kind.mask(flat | np.isclose(around, 0)))


def _nearer_tail(
    z: NDArray[np.float64],
    around: NDArray[np.float64],
    size: NDArray[np.intp],
    *,
    permutations: int,
    most: int,
    seed: int,
) -> NDArray[np.float64]:
    """Share of draws beyond the sums around units, in rounds where few draws reach them."""
    p = np.ones(len(z))
    chosen = np.ones(len(z), dtype=bool)
    draws, turn = permutations, 0
    while chosen.any():
        above, below = draws_at_least(
            z, around, size, permutations=draws, seed=seed + turn, chosen=chosen
        )
        beyond = np.minimum(above, below)
        p[chosen] = (beyond[chosen] + 1) / (draws + 1)
        chosen &= beyond < _FEW
        draws, turn = 10 * (draws + 1) - 1, turn + 1
        if draws > most:
            break
    return p


def adjusted(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Adjust p-values for the number of units that are looked at.

    Parameters
    ----------
    p : array of float, shape (n,)
        Null ones stay null and do not count.

    Returns
    -------
    array of float, shape (n,)
        A unit is significant at a false-discovery rate of q where its value is at most q.

    References
    ----------
    Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57; by `scipy.stats`.

    Examples
    --------
    >>> adjusted(np.array([0.01, 0.5, np.nan, 0.02])).round(2).tolist()
    [0.03, 0.5, nan, 0.03]
    """
    from scipy import stats

    known = ~np.isnan(p)
    full = np.full(len(p), np.nan, dtype=np.float64)
    if known.any():
        full[known] = stats.false_discovery_control(p[known])
    return np.asarray(full, dtype=np.float64)


def _checked(values: pd.Series[float], neighbours: sparse.csr_array) -> NDArray[np.float64]:
    """The values as an array, where they can be tested at all."""
    x = values.to_numpy(dtype=float)
    if len(x) < MIN_UNITS:
        raise InsufficientDataError(
            f"Hot spots need at least {MIN_UNITS} units; there are {len(x)}. Take smaller cells, "
            "as long as they stay twice as wide as the positions are uncertain."
        )
    if not np.isfinite(x).all():
        where = values.index[~np.isfinite(x)][:3].tolist()
        raise IndicatorError(
            f"Values are missing in {int((~np.isfinite(x)).sum())} units, e.g. {where}; leave "
            "these out of the values and of the neighbours."
        )
    if neighbours.shape != (len(x), len(x)):
        raise IndicatorError(
            f"{len(x)} values, but neighbours of shape {neighbours.shape}: both must be of the same units."
        )
    return np.asarray(x, dtype=np.float64)


def _all_alike(x: NDArray[np.float64]) -> bool:
    """Whether values differ by no more than their rounding."""
    return bool(np.ptp(x) <= 1e-12 * np.abs(x).max())


def _table(
    values: pd.Series[float], statistic: NDArray[np.float64], p: NDArray[np.float64]
) -> pd.DataFrame:
    return pd.DataFrame(
        {"statistic": statistic, "p": p, "p_adjusted": adjusted(p)}, index=values.index
    )
