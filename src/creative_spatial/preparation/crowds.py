"""Many records of one name close together: every pair of them would fill the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LINE = 1


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
