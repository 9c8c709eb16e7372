"""One to one: which of the records that could be one place are taken to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANY_GAIN = 1e-6


def assign(scores: Mapping[tuple[int, int], float], *, accept: float) -> list[tuple[int, int]]:
    """
    Match rows with columns, each at most once, so that the gain is largest.

    The gain of a pair is its score less the least that is accepted: two doubtful matches
    do not outweigh a sure one, as they would if scores were summed, and a branch of a chain
    does not lose its place to a neighbour that came first, as it would if the best pair
    were taken again and again. Blocks of pairs that share no record are solved apart.

    Parameters
    ----------
    scores : mapping of (row, column) to float
        Pairs that can be one place.
    accept : float
        The least score of a match.

    Returns
    -------
    list of (row, column)
        In order of rows.

    References
    ----------
    Kuhn H. W. (1955), The Hungarian method for the assignment problem; in SciPy by the
    algorithm of Crouse D. F. (2016), doi 10.1109/TAES.2016.140952.

    Examples
    --------
    >>> assign({(0, 0): 0.99, (0, 1): 0.85, (1, 0): 0.85}, accept=0.8)
    [(0, 0)]
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    kept = {pair: score for pair, score in scores.items() if score >= accept}
    if not kept:
        return []
    rows, row_at = np.unique([row for row, _ in kept], return_inverse=True)
    columns, column_at = np.unique([column for _, column in kept], return_inverse=True)
    gain = np.array(list(kept.values())) - accept + _ANY_GAIN
    size = len(rows) + len(columns)
    graph = coo_array((np.ones(len(kept)), (row_at, len(rows) + column_at)), shape=(size, size))
    _, block = connected_components(graph, directed=False)
    matched: list[tuple[int, int]] = []
    order = np.argsort(block[row_at], kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(block[row_at][order])) + 1):
        own_rows, r = np.unique(row_at[part], return_inverse=True)
        own_columns, c = np.unique(column_at[part], return_inverse=True)
        table = np.zeros((len(own_rows), len(own_columns)))
        table[r, c] = gain[part]
        for i, j in zip(*linear_sum_assignment(table, maximize=True), strict=True):
            if table[i, j] > 0:
                matched.append((int(rows[own_rows[i]]), int(columns[own_columns[j]])))
    return sorted(matched)
