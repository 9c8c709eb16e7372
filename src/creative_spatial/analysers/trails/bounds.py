"""What no trail can beat: lower bounds of its minutes, an upper bound of its score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ASCENT_STEPS = 200
_GAIN = 1e-9


def score_bound(
    minutes: NDArray[np.float64],
    *,
    stay_min: NDArray[np.float64],
    score: NDArray[np.float64],
    budget_min: float,
    closed: bool,
) -> float:
    """
    Greatest score of a knapsack in which a stop weighs its stay and its shortest way in.

    Parameters
    ----------
    minutes : array of float, shape (n, n)
        From each stop to each other.
    stay_min, score : array of float, n values
        Of each stop.
    budget_min : float, minutes
        For legs and stays.
    closed : bool
        Whether the trail returns to its start; nobody walks to the first stop of an open one.

    Returns
    -------
    float
        No choice within the budget is worth more.

    Examples
    --------
    >>> apart = np.array([[0.0, 10.0], [10.0, 0.0]])
    >>> score_bound(apart, stay_min=np.zeros(2), score=np.ones(2), budget_min=15.0, closed=True)
    1.5
    """
    way_in = np.where(np.eye(len(minutes), dtype=bool), np.inf, minutes).min(axis=0)
    way_in[~np.isfinite(way_in)] = 0.0
    spare = 0.0 if closed else float(way_in.max(initial=0.0))
    weight = np.maximum(way_in + stay_min, 1e-12)
    order = np.argsort(-score / weight, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(weight[order])[:-1]])
    share = np.clip((budget_min + spare - before) / weight[order], 0.0, 1.0)
    alone = score[stay_min <= budget_min + _GAIN].max(initial=0.0)
    return max(float(score[order] @ share), float(alone))


def assignment_bound(cost: NDArray[np.float64]) -> float:
    """
    Least cost of leaving and entering every stop once, in as many loops as it takes.

    Parameters
    ----------
    cost : array of float, shape (n, n)
        Of a cycle's legs.

    Returns
    -------
    float
        No cycle costs less.
    """
    from scipy.optimize import linear_sum_assignment

    return float(cost[linear_sum_assignment(cost)].sum())


def tree_bound(cost: NDArray[np.float64], length: float) -> float:
    """
    Shortest 1-tree of the quicker direction of each leg, raised by potentials at the stops.

    Parameters
    ----------
    cost : array of float, shape (n, n)
        Of a cycle's legs; n of 3 or more.
    length : float
        Cost of some cycle; it only guides the ascent.

    Returns
    -------
    float
        No cycle costs less.

    References
    ----------
    Held and Karp (1971). The traveling-salesman problem and minimum spanning trees, part II.
    Mathematical Programming 1.

    Examples
    --------
    >>> square = np.array([[0, 1, 2, 1], [1, 0, 1, 2], [2, 1, 0, 1], [1, 2, 1, 0.0]])
    >>> tree_bound(square, 4.0)
    4.0
    """
    legs = np.minimum(cost, cost.T)
    potential = np.zeros(len(legs))
    best, step, idle = -np.inf, 2.0, 0
    for _ in range(ASCENT_STEPS):
        weight, degree = _one_tree(legs + potential[:, None] + potential)
        bound = weight - 2 * potential.sum()
        idle = 0 if bound > best + _GAIN else idle + 1
        best = max(best, bound)
        off = degree - 2
        if not off.any() or step < 1e-4:
            break
        if idle >= 10:
            step, idle = step / 2, 0
        potential = potential + step * max(length - bound, 1e-6) / float(off @ off) * off
    return float(best)


def _one_tree(legs: NDArray[np.float64]) -> tuple[float, NDArray[np.intp]]:
    """Weight and degrees of a shortest tree on all nodes but the last, and its two shortest legs."""
    last = len(legs) - 1
    degree = np.zeros(last + 1, dtype=np.intp)
    near, via = legs[0, :last].copy(), np.zeros(last, dtype=np.intp)
    out = np.ones(last, dtype=bool)
    out[0] = False
    weight = 0.0
    for _ in range(last - 1):
        node = int(np.where(out, near, np.inf).argmin())
        weight += float(near[node])
        degree[[node, via[node]]] += 1
        out[node] = False
        closer = out & (legs[node, :last] < near)
        near[closer], via[closer] = legs[node, :last][closer], node
    two = np.argsort(legs[last, :last], kind="stable")[:2]
    degree[two] += 1
    degree[last] = 2
    return weight + float(legs[last, two].sum()), degree
