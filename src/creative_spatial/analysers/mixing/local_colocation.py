"""How common a kind is around each place, against what shuffling the others would give."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely
from scipy import sparse

from creative_spatial.analysers.assignment import representative_points
from creative_spatial.analysers.chance import affordable, two_sided
from creative_spatial.analysers.clusters.local_autocorrelation import adjusted
from creative_spatial.analysers.kinds import Labels, kind_labels, require_comparable
from creative_spatial.analysers.nearest_places import near_pairs
from creative_spatial.crs import require_metres
from creative_spatial.errors import IndicatorError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

REACH = 4.0
_BATCH = 64
_BUDGET = 1e9
_SLACK = 1e-9


class _Question(NamedTuple):
    """
    What is asked of each place: how common what is sought is around it.

    `codes` are the kinds of all n places; `rows` are the places looked at, `group` the row of
    `sought` that says which kinds each of them seeks.
    """

    points: NDArray[np.float64]
    codes: NDArray[np.intp]
    rows: NDArray[np.intp]
    group: NDArray[np.intp]
    sought: NDArray[np.float64]


def local_colocation(
    layer: gpd.GeoDataFrame,
    *,
    by: str,
    of: str,
    to: str,
    bandwidth_m: float,
    permutations: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    r"""
    Co-location quotient around each place of a kind.

    .. math:: LCLQ_i = \frac{\sum_j g_{ij} f_j \big/ \sum_j g_{ij}}{N_B' / (N - 1)},
              \qquad g_{ij} = e^{-d_{ij}^2 / 2 h^2}

    with :math:`f_j` 1 where place j is of kind B.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry, metres
        Places with the column `by`.
    by : str
        Column that says the kind.
    of, to : str
        Kind whose places are looked at, and kind that is looked for.
    bandwidth_m : float, metres, > 0
        Standard deviation of the kernel; places beyond four of it do not count.
    permutations : int, > 0
        Draws in which a place keeps its kind and the others are shuffled.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        A row for each place of kind `of`, by the layer's index: `value`, null without a
        place in reach; `p` (two-sided) and `p_adjusted`.

    Raises
    ------
    LayerSchemaError
        If the layer has no column `by`.
    IndicatorError
        If a kind is not there.
    InsufficientDataError
        If there are fewer than three places or two kinds, or all places are at one point.

    References
    ----------
    Cromley, Hanink and Bentley (2014), The Professional Geographer 66.

    Examples
    --------
    >>> import geopandas as gpd
    >>> stalls = gpd.GeoDataFrame({"kind": ["A", "B", "C", "C"]},
    ...     geometry=gpd.points_from_xy([0, 1, 500, 501], [0] * 4))
    >>> table = local_colocation(stalls, by="kind", of="A", to="B", bandwidth_m=10, permutations=9)
    >>> float(table.at[0, "value"].round(2))
    3.0
    """
    labels = kind_labels(layer, by=by)
    if missing := [kind for kind in (of, to) if kind not in labels.names]:
        raise IndicatorError(f"No place is of kind {missing}; there are {list(labels.names)}.")
    points = _points(labels, bandwidth_m)
    codes = np.argmax(labels.held, axis=1)
    rows = np.flatnonzero(codes == labels.names.index(of))
    sought = (np.arange(len(labels.names)) == labels.names.index(to))[None].astype(float)
    asked = _Question(points, codes, rows, np.zeros(len(rows), dtype=np.intp), sought)
    return _answered(asked, labels.layer.index[rows], bandwidth_m, permutations, seed)


def quotients_of_others(
    labels: Labels, bandwidth_m: float, permutations: int, seed: int
) -> pd.DataFrame:
    """
    Co-location quotient, around every place, of places that share no kind with it.

    Parameters
    ----------
    labels : Labels
        The places and their kinds.
    bandwidth_m : float, metres, > 0
        Standard deviation of the kernel.
    permutations : int, > 0
        Draws; fewer, but at least 99, where neighbours are many.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        `value`, `p`, `p_adjusted`, as `local_colocation`; one row a place.

    Raises
    ------
    CRSError
        If the places are not in metres.
    InsufficientDataError
        If there are fewer than three places or two kinds, or all places are at one point.
    """
    points = _points(labels, bandwidth_m)
    sets, codes = np.unique(labels.held, axis=0, return_inverse=True)
    codes = codes.ravel()
    shared = sets.astype(float) @ sets.T.astype(float) > 0
    asked = _Question(points, codes, np.arange(len(codes)), codes, (~shared).astype(float))
    return _answered(asked, labels.layer.index, bandwidth_m, permutations, seed)


def _points(labels: Labels, bandwidth_m: float) -> NDArray[np.float64]:
    """Where the places are, once it is known that they can be asked."""
    require_metres(layer=labels.layer)
    require_comparable(labels, what="Co-location")
    if not bandwidth_m > 0:
        raise IndicatorError(f"bandwidth_m is {bandwidth_m!r}; it must be over 0.")
    return np.asarray(shapely.get_coordinates(representative_points(labels.layer)))


def _answered(
    asked: _Question, index: pd.Index, bandwidth_m: float, permutations: int, seed: int
) -> pd.DataFrame:
    """Quotient and p of every place looked at."""
    at, other, apart = near_pairs(asked.points, asked.rows, REACH * bandwidth_m)
    weight = np.exp(-(apart**2) / (2 * bandwidth_m**2))
    shape = (len(asked.rows), len(asked.points))
    kernel = sparse.csr_array((weight, (at, other)), shape=shape)
    reach = np.asarray(kernel.sum(axis=1)).ravel()
    own = asked.sought[asked.group, asked.codes[asked.rows]]
    common = np.bincount(asked.codes, minlength=asked.sought.shape[1])
    expected = ((asked.sought @ common)[asked.group] - own) / (shape[1] - 1)
    scale = np.full(shape[0], np.nan)
    np.divide(1.0, reach * expected, out=scale, where=(reach > 0) & (expected > 0))
    observed = _sums(kernel, asked, asked.codes[:, None])[:, 0]
    draws = affordable(permutations, kernel.nnz + shape[0], _BUDGET)
    above, below = _reached(kernel, asked, observed, draws, seed)
    p = np.where(np.isnan(scale), np.nan, two_sided(above, below, draws))
    table = {"value": observed * scale, "p": p, "p_adjusted": adjusted(p)}
    return pd.DataFrame(table, index=index)


def _reached(
    kernel: sparse.csr_array,
    asked: _Question,
    observed: NDArray[np.float64],
    draws: int,
    seed: int,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """
    Draws whose sum is at least, and at most, the observed one, with each place kept in turn.

    One order of all places serves every place: where it moved a place, that place and what
    took its seat change places, after which its own kind is where it was and the others are
    as shuffled as before.
    """
    n = len(asked.codes)
    above, below = np.zeros((2, len(asked.rows)), dtype=np.intp)
    lookup = np.repeat(np.arange(kernel.shape[0]), np.diff(kernel.indptr)) * n + kernel.indices
    own = asked.sought[asked.group, asked.codes[asked.rows]][:, None]
    slack = _SLACK * np.maximum(observed, 1)[:, None]
    rng = np.random.default_rng(seed)
    for start in range(0, draws, _BATCH):
        width = min(_BATCH, draws - start)
        order = rng.permuted(np.repeat(np.arange(n)[:, None], width, axis=1), axis=0)
        codes, went = asked.codes[order], np.argsort(order, axis=0)[asked.rows]
        key = np.arange(len(asked.rows))[:, None] * n + went
        found = np.minimum(np.searchsorted(lookup, key), max(len(lookup) - 1, 0))
        there = kernel.data[found] if len(lookup) else np.zeros(key.shape)
        there = np.where(lookup[found] == key, there, 0.0) if len(lookup) else there
        seated = asked.sought[asked.group[:, None], codes[asked.rows]]
        sums = _sums(kernel, asked, codes) + there * (seated - own)
        above += (sums >= observed[:, None] - slack).sum(axis=1)
        below += (sums <= observed[:, None] + slack).sum(axis=1)
    return above, below


def _sums(
    kernel: sparse.csr_array, asked: _Question, codes: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Weight of what each place seeks around it, for each column of `codes`."""
    sums = np.empty((kernel.shape[0], codes.shape[1]))
    for group in np.unique(asked.group):
        rows = asked.group == group
        sums[rows] = kernel[rows] @ asked.sought[group][codes]
    return sums
