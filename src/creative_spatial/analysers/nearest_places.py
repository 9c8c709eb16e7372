"""Each place's nearest other places, whether apart, equally near, or at one point."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from scipy.spatial import KDTree

from creative_spatial.errors import InsufficientDataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_PAIRS = 10_000_000
_TIE_M = 1e-6
_DECIMALS = 6


class Nearest(NamedTuple):
    """
    Which places are nearest to each of n places.

    Parameters
    ----------
    weights : csr_array, shape (n, points)
        Share that one place at each point has in a place's nearest ones.
    point : array of int, shape (n,)
        The point that each place is at.
    own : array of float, shape (n,)
        Weight that a place would have in its own nearest ones; to be taken off.
    distance_m : array of float, shape (n,)
        To the nearest other place; 0 where several are at one point.
    """

    weights: sparse.csr_array
    point: NDArray[np.intp]
    own: NDArray[np.float64]
    distance_m: NDArray[np.float64]

    def shares(self, held: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Share of each kind among the nearest of each place.

        Parameters
        ----------
        held : array of float, shape (n, kinds)
            1 where a place is of a kind.

        Returns
        -------
        array of float, shape (n, kinds)
            Those equally near share a weight of one.
        """
        at_point = np.zeros((self.weights.shape[1], held.shape[1]))
        np.add.at(at_point, self.point, held)
        return np.asarray(self.weights @ at_point - self.own[:, None] * held)


def nearest_places(points: NDArray[np.float64]) -> Nearest:
    """
    Find each place's nearest other places.

    Places at one point are one another's nearest, however many there are: memory grows with
    the number of points, not with the square of what stands at one.

    Parameters
    ----------
    points : array of float, shape (n, 2), metres
        At least two.

    Returns
    -------
    Nearest
        With a tolerance of a millionth of a metre.

    Examples
    --------
    >>> near = nearest_places(np.array([[0.0, 0], [1, 0], [1, 0], [3, 0]]))
    >>> near.shares(np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]])).tolist()
    [[0.5, 0.5], [0.0, 1.0], [1.0, 0.0], [0.5, 0.5]]
    """
    places, point, size = np.unique(
        np.round(points, _DECIMALS), axis=0, return_inverse=True, return_counts=True
    )
    point = point.ravel()
    if len(places) == 1:
        n = len(points)
        weights = sparse.csr_array(np.full((n, 1), 1 / (n - 1)))
        return Nearest(weights, point, np.full(n, 1 / (n - 1)), np.zeros(n))
    tree = KDTree(places)
    distance = tree.query(places, k=2)[0][:, 1]
    alone = size == 1
    reach = np.where(alone, distance + _TIE_M, 0.0)
    pairs = [
        (at, other)
        for at, others in enumerate(tree.query_ball_point(places, reach))
        for other in others
        if other != at or not alone[at]
    ]
    row, column = np.array(pairs).T
    found = np.bincount(row, weights=size[column], minlength=len(places)) - ~alone
    share = sparse.csr_array((1 / found[row], (row, column)), shape=(len(places), len(places)))
    own = np.where(alone, 0.0, 1 / found)
    return Nearest(share[point], point, own[point], np.where(alone, distance, 0.0)[point])


def near_pairs(
    points: NDArray[np.float64], rows: NDArray[np.intp], reach_m: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """
    Pairs of places within a distance.

    Parameters
    ----------
    points : array of float, shape (n, 2), metres
        The places.
    rows : array of int
        Those that others are looked for around.
    reach_m : float, metres
        How far.

    Returns
    -------
    at, other : array of int
        Position in `rows`, and row of another place; sorted by both.
    distance_m : array of float
        Between the two.

    Raises
    ------
    InsufficientDataError
        If there are more pairs than memory should be spent on.
    """
    around, tree = KDTree(points[rows]), KDTree(points)
    if around.count_neighbors(tree, reach_m) > MAX_PAIRS:
        raise InsufficientDataError(
            f"More than {MAX_PAIRS:,} pairs of places are within {reach_m:g} m: too many to "
            "compare. A shorter distance would do."
        )
    found = around.sparse_distance_matrix(tree, reach_m, output_type="ndarray")
    at, other, apart = found["i"], found["j"], found["v"]
    keep = rows[at] != other
    at, other, apart = at[keep], other[keep], apart[keep]
    order = np.lexsort((other, at))
    return at[order], other[order], apart[order]
