"""Do two kinds of places stand side by side more often than the town's layout would have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy import sparse
from scipy.spatial import KDTree

from creative_spatial.analysers.assignment import representative_points
from creative_spatial.analysers.local_autocorrelation import adjusted
from creative_spatial.crs import require_metres
from creative_spatial.errors import IndicatorError
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_TIE_M = 1e-6
_BATCH = 64


def colocation_quotients(
    layer: gpd.GeoDataFrame, *, by: str, permutations: int = 999, seed: int = 0
) -> pd.DataFrame:
    r"""
    Co-location quotient of every pair of kinds, tested by random labelling.

    .. math:: CLQ_{A \to B} = \frac{N_{A \to B} / N_A}{N_B' / (N - 1)}

    with :math:`N_{A \to B}` the places of kind A whose nearest neighbour is of kind B
    (places equally near share it), and :math:`N_B'` the places of kind B, less one where
    B is A.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry, metres
        Places with the column `by`, at their representative points; rows where it is null
        are left out.
    by : str
        Column that says the kind, e.g. "community" or "field".
    permutations : int, > 0
        Draws in which the kinds are shuffled over the places; the places stay.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        One row a pair: `of`, `to`, `value` (over 1: A is drawn to B), `low` and `high` (the
        middle 95 % of the draws), `n` (places of kind A), `p` (two-sided) and `p_adjusted`
        (false-discovery rate over the pairs). Null where a kind has one place and is
        compared with itself.

    Raises
    ------
    LayerSchemaError
        If the layer has no column `by`.
    IndicatorError
        If fewer than three places or two kinds are there.

    References
    ----------
    Leslie and Kronenfeld (2011), Geographical Analysis 43.

    Examples
    --------
    Of three places of kind A the nearest ones are B, B and A; there are four of kind B:

    >>> import geopandas as gpd
    >>> x = [0, 1, 10, 11, 20, 21.5, 50]
    >>> stalls = gpd.GeoDataFrame({"kind": ["A", "B", "A", "B", "A", "A", "B"]},
    ...     geometry=gpd.points_from_xy(x, [0] * 7))
    >>> table = colocation_quotients(stalls, by="kind", permutations=9).set_index(["of", "to"])
    >>> float(table.at[("A", "B"), "value"])
    1.0
    """
    points, codes, kinds = _labelled(layer, by)
    nearest = _nearest(points)
    n_kinds, n = len(kinds), len(codes)
    size = np.bincount(codes, minlength=n_kinds).astype(float)
    expected = (size[None, :] - np.eye(n_kinds)) / (n - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 1 / (size[:, None] * expected)
    scale[~np.isfinite(scale)] = np.nan
    observed = _pair_counts(nearest, codes[:, None], n_kinds)[..., 0] * scale
    rng = np.random.default_rng(seed)
    drawn = (
        np.concatenate(
            [
                _pair_counts(nearest, _shuffled(codes, width, rng), n_kinds)
                for width in _widths(permutations)
            ],
            axis=2,
        )
        * scale[..., None]
    )
    above = (drawn >= observed[..., None] - 1e-12).sum(axis=2)
    below = (drawn <= observed[..., None] + 1e-12).sum(axis=2)
    p = np.minimum(2 * (np.minimum(above, below) + 1) / (permutations + 1), 1.0)
    p[np.isnan(scale)] = np.nan
    with np.errstate(invalid="ignore"):
        low, high = np.quantile(drawn, (0.025, 0.975), axis=2)
    of, to = np.indices((n_kinds, n_kinds)).reshape(2, -1)
    return pd.DataFrame(
        {
            "of": np.array(kinds, dtype=object)[of],
            "to": np.array(kinds, dtype=object)[to],
            "value": observed.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "n": size[of].astype(int),
            "p": p.ravel(),
            "p_adjusted": adjusted(p.ravel()),
        }
    )


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
        If a kind is not there, or there are fewer than three places.

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
    points, codes, kinds = _labelled(layer, by)
    if missing := [kind for kind in (of, to) if kind not in kinds]:
        raise IndicatorError(f"No place is of kind {missing}; there are {kinds}.")
    if not bandwidth_m > 0:
        raise IndicatorError(f"bandwidth_m is {bandwidth_m!r}; it must be over 0.")
    a, b = kinds.index(of), kinds.index(to)
    rows = np.flatnonzero(codes == a)
    weights = _kernel(points, rows, bandwidth_m)
    n, same = len(codes), a == b
    expected = ((codes == b).sum() - same) / (n - 1)
    reach = np.asarray(weights.sum(axis=1)).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        value = weights @ (codes == b).astype(float) / reach / expected
    value[~np.isfinite(value)] = np.nan
    above, below = np.zeros(len(rows)), np.zeros(len(rows))
    rng = np.random.default_rng(seed)
    for width in _widths(permutations):
        # The others' kinds are shuffled among all places but this one: a place is never its
        # own neighbour, so that taking its own kind out of the hat leaves the same chances.
        others = np.delete(codes, rows[0]) == b
        hat = rng.permuted(np.repeat(others[:, None], width, axis=1), axis=0)
        for at, row in enumerate(rows):
            beside = np.insert(hat, row, np.zeros(width, dtype=bool), axis=0)
            with np.errstate(divide="ignore", invalid="ignore"):
                drawn = weights[[at]] @ beside.astype(float) / reach[at] / expected
            above[at] += (drawn >= value[at] - 1e-12).sum()
            below[at] += (drawn <= value[at] + 1e-12).sum()
    p = np.minimum(2 * (np.minimum(above, below) + 1) / (permutations + 1), 1.0)
    p[np.isnan(value)] = np.nan
    known = layer.index[layer[by].notna()]
    return pd.DataFrame({"value": value, "p": p, "p_adjusted": adjusted(p)}, index=known[rows])


def _labelled(
    layer: gpd.GeoDataFrame, by: str
) -> tuple[NDArray[np.float64], NDArray[np.intp], list[str]]:
    """Points and kinds of the places of a known kind."""
    require_columns(layer, by, name="layer")
    require_metres(layer=layer)
    known = layer[layer[by].notna()]
    codes, kinds = pd.factorize(known[by].astype(str), sort=True)
    if len(known) < 3 or len(kinds) < 2:
        raise IndicatorError(
            f"Co-location needs three places of two kinds; there are {len(known)} of {len(kinds)}."
        )
    points = shapely.get_coordinates(representative_points(known))
    return points, codes, [str(kind) for kind in kinds]


def _nearest(points: NDArray[np.float64]) -> sparse.csr_array:
    """Each place's nearest other places; equally near ones share a weight of one."""
    n = len(points)
    tree = KDTree(points)
    distance = tree.query(points, k=2)[0][:, 1]
    found = tree.query_ball_point(points, distance + _TIE_M)
    pairs = [(i, j) for i, others in enumerate(found) for j in others if j != i]
    row, column = np.array(pairs).T
    share = 1.0 / np.bincount(row, minlength=n)[row]
    return sparse.csr_array((share, (row, column)), shape=(n, n))


def _pair_counts(
    nearest: sparse.csr_array, codes: NDArray[np.intp], n_kinds: int
) -> NDArray[np.float64]:
    """Places of each kind whose nearest is of each kind, shape (kinds, kinds, draws)."""
    counts = np.zeros((n_kinds, n_kinds, codes.shape[1]))
    for kind in range(n_kinds):
        near = nearest @ (codes == kind).astype(float)
        for other in range(n_kinds):
            counts[other, kind] = np.where(codes == other, near, 0).sum(axis=0)
    return counts


def _kernel(
    points: NDArray[np.float64], rows: NDArray[np.intp], bandwidth_m: float
) -> sparse.csr_array:
    """Gaussian weights of the places around some places, themselves left out."""
    tree = KDTree(points)
    found = tree.query_ball_point(points[rows], 4 * bandwidth_m)
    pairs = [(at, j) for at, others in enumerate(found) for j in others if j != rows[at]]
    if not pairs:
        return sparse.csr_array((len(rows), len(points)))
    at, other = np.array(pairs).T
    distance = np.hypot(*(points[rows[at]] - points[other]).T)
    weight = np.exp(-(distance**2) / (2 * bandwidth_m**2))
    return sparse.csr_array((weight, (at, other)), shape=(len(rows), len(points)))


def _shuffled(codes: NDArray[np.intp], width: int, rng: np.random.Generator) -> NDArray[np.intp]:
    return rng.permuted(np.repeat(codes[:, None], width, axis=1), axis=0)


def _widths(permutations: int) -> list[int]:
    """Batches of draws that fit in memory."""
    full, rest = divmod(permutations, _BATCH)
    return [_BATCH] * full + ([rest] if rest else [])
