"""Many records of one name close together: every pair of them would fill the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LINE = 1
_POINT_TYPE = shapely.GeometryType.POINT


def one_of_each_spot(
    shapes: NDArray[np.object_], uncertainty: NDArray[np.float64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Take one row of each geometry; lines are measured, so each of them stays.

    Parameters
    ----------
    shapes : array of geometry, n items
        A layer's geometries.
    uncertainty : array of float, n items, metres
        Rows that differ in it reach differently far and are kept apart.
    rows : array of int
        The rows to choose from, ascending.

    Returns
    -------
    rows : array of int
        The first of each geometry.
    pairs : array of int, shape (others, 2)
        Each other row after the one that was taken for it.
    """
    some = shapes[rows]
    alone = shapely.get_dimensions(some) == _LINE
    alone |= shapely.is_empty(some) | shapely.is_missing(some)
    spot = np.where(alone, -1 - np.arange(len(rows)), pd.factorize(shapely.to_wkb(some))[0])
    table = pd.DataFrame({"spot": spot, "uncertainty": uncertainty[rows], "row": rows})
    first = table.groupby(["spot", "uncertainty"], sort=False)["row"].transform("first").to_numpy()
    again = first != rows
    return rows[~again], np.column_stack([first[again], rows[again]])


def spanning_pairs(
    shapes: NDArray[np.object_], rows: NDArray[np.int64], pairs: NDArray[np.int64]
) -> NDArray[np.int64]:
    """
    Thin pairs out to the shortest ones that join the same rows.

    Rows joined by pairs below any length stay joined by such pairs.

    Parameters
    ----------
    shapes : array of geometry, n items, metres
        A layer's geometries.
    rows : array of int
        The rows that occur, ascending.
    pairs : array of int, shape (pairs, 2)
        Of `rows`.

    Returns
    -------
    array of int, shape (at most len(rows) - 1, 2)
        Row numbers, the smaller first.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    ends = np.searchsorted(rows, pairs)
    # scipy takes a weight of zero for no pair.
    apart = 1 + shapely.distance(shapes[pairs[:, 0]], shapes[pairs[:, 1]])
    graph = coo_array((apart, (ends[:, 0], ends[:, 1])), shape=(len(rows), len(rows)))
    kept = minimum_spanning_tree(graph.tocsr()).tocoo()
    return np.sort(np.column_stack([rows[kept.row], rows[kept.col]]), axis=1)


def is_even_crowd(
    shapes: NDArray[np.object_], reach: NDArray[np.float64], rows: NDArray[np.int64]
) -> bool:
    """
    Say whether rows are all points that reach equally far, so that geometry alone joins them.

    Parameters
    ----------
    shapes : array of geometry, n items
        A layer's geometries.
    reach : array of float, one a row of `rows`, metres
        How far each of them reaches.
    rows : array of int
        Which.

    Returns
    -------
    bool
        True for what `count_pairs` and `neighbours` take.
    """
    some = shapes[rows]
    is_point = (shapely.get_type_id(some) == _POINT_TYPE) & ~shapely.is_empty(some)
    return bool(is_point.all() and (reach == reach[0]).all())


def count_pairs(points: NDArray[np.object_], distance_m: float) -> int:
    """
    Count the pairs of points within a distance, without making them.

    Parameters
    ----------
    points : array of Point, n items, metres
        The points.
    distance_m : float, metres
        How far apart two of a pair may be.

    Returns
    -------
    int
        0 to n (n - 1) / 2.

    Examples
    --------
    >>> count_pairs(shapely.points([[0, 0], [3, 4], [30, 40]]), 5.0)
    1
    """
    from scipy.spatial import KDTree

    xy = shapely.get_coordinates(points)
    tree = KDTree(xy - xy[:1])
    return (int(tree.count_neighbors(tree, distance_m)) - len(xy)) // 2


def crowded(
    shapes: NDArray[np.object_], radius: NDArray[np.float64], *, most_pairs: int
) -> NDArray[np.bool_]:
    """
    Say which geometries have so many others around that all pairs would fill the memory.

    Parameters
    ----------
    shapes : array of geometry, n items, metres
        The geometries; one stands where its middle is.
    radius : array of float, shape (n,), metres
        How far each of them reaches.
    most_pairs : int
        How many pairs may be made in all; those with the fewest others around make theirs first.

    Returns
    -------
    array of bool, shape (n,)
        False throughout where all pairs are few enough.

    Examples
    --------
    >>> row = shapely.points([[0, 0], [1, 0], [2, 0], [90, 0], [91, 0]])
    >>> crowded(row, np.full(5, 5.0), most_pairs=4).tolist()
    [True, True, True, False, False]
    """
    from scipy.spatial import KDTree

    n = len(shapes)
    if n * n <= most_pairs:
        return np.zeros(n, dtype=bool)
    xy = shapely.get_coordinates(shapely.centroid(shapes))
    tree = KDTree(xy - xy[:1])
    around = tree.query_ball_point(tree.data, radius, return_length=True)
    order = np.argsort(around, kind="stable")
    fits = np.searchsorted(np.cumsum(around[order]), most_pairs, side="right")
    return np.asarray(around >= around[order[fits]]) if fits < n else np.zeros(n, dtype=bool)


def neighbours(points: NDArray[np.object_]) -> NDArray[np.int64] | None:
    """
    Pairs of points that no other point stands between: the sides of Delaunay's triangles.

    They hold the shortest pairs that join all points, so that points joined by pairs up to
    some length are joined by those of these pairs that are up to that length.

    Parameters
    ----------
    points : array of Point, n items, metres
        No two in one spot.

    Returns
    -------
    array of int, shape (at most 3 n, 2), or None
        The smaller number first; None where points lie on one line or all but in one spot.

    References
    ----------
    Toussaint (1980). The relative neighbourhood graph of a finite planar set. Pattern
    Recognition 12: the minimum spanning tree is part of the Delaunay triangulation.
    """
    from scipy.spatial import Delaunay, QhullError

    xy = shapely.get_coordinates(points)
    try:
        mesh = Delaunay(xy - xy.mean(axis=0))
    except QhullError:
        return None
    if len(mesh.coplanar):
        return None
    corners = mesh.simplices
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    return np.unique(np.sort(sides, axis=1), axis=0).astype(np.int64)
