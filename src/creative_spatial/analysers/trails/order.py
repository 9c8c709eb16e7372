"""The order of a trail's stops: exact for few of them, a stated distance from the best for many."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from creative_spatial.analysers.trails.search import Ends, cheapest_tour, fullest_tour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

EXACT_STOPS = 14
_TIE = 1e-9


class Order(NamedTuple):
    """
    Stops in the order of a trail.

    Parameters
    ----------
    stops : tuple of int
        Row numbers; a closed trail's first is not repeated at its end.
    minutes : float
        Of all legs, the way back of a closed trail among them; without the stays.
    exact : bool
        Whether no other order, or choice, is better.
    bound : float
        What no order can be under (minutes), or no choice over (score); the trail's own where
        it is exact.
    """

    stops: tuple[int, ...]
    minutes: float
    exact: bool
    bound: float


def shortest_order(minutes: NDArray[np.float64], ends: Ends) -> Order | None:
    """
    Order all stops so that the legs take the least time.

    Up to `EXACT_STOPS` stops by dynamic programming over subsets; more by nearest neighbours
    from several starts, then moving and turning stretches as long as that gains, which misses
    the best by what `bound` says at most: a 1-tree with node potentials, or an assignment.

    Parameters
    ----------
    minutes : array of float, shape (n, n)
        From each stop to each other, infinite where there is no way; up and down may differ.
    ends : Ends
        Whether the trail returns, and where it starts and ends, where that is fixed.

    Returns
    -------
    Order or None
        None where no order reaches every stop. Of equally short ones always the same.

    References
    ----------
    Held and Karp (1962). A dynamic programming approach to sequencing problems. Journal of
    SIAM 10. Held and Karp (1971). The traveling-salesman problem and minimum spanning trees,
    part II. Mathematical Programming 1.

    Examples
    --------
    >>> along = np.abs(np.subtract.outer([0.0, 30.0, 10.0], [0.0, 30.0, 10.0]))
    >>> shortest_order(along, Ends(closed=False)).stops
    (0, 2, 1)
    >>> shortest_order(along, Ends(closed=True)).minutes
    60.0
    """
    n = len(minutes)
    if n <= EXACT_STOPS:
        tables = _paths(minutes, ends)
        if not np.isfinite(tables.total[-1]):
            return None
        return _turned(_traced(tables, (1 << n) - 1, tables.total[-1]), minutes, ends)
    found = cheapest_tour(minutes, ends)
    return (
        None
        if found is None
        else _turned(Order(*found[:2], exact=False, bound=found[2]), minutes, ends)
    )


def complete_order(
    minutes: NDArray[np.float64], ends: Ends, must: Sequence[int] = ()
) -> Order | None:
    """
    Order all stops, or, where not all are joined, as many as there is a way to.

    Parameters
    ----------
    minutes : array of float, shape (n, n)
        See `shortest_order`.
    ends : Ends
        Ends that are fixed are visited.
    must : sequence of int
        Rows that are visited.

    Returns
    -------
    Order or None
        Of more than `EXACT_STOPS` stops those that can all be reached from one another both
        ways; `bound` is of minutes. None where the stops that must be visited are not joined.

    Examples
    --------
    >>> apart = np.array([[0.0, 5.0, np.inf], [5.0, 0.0, np.inf], [np.inf, np.inf, 0.0]])
    >>> complete_order(apart, Ends(closed=True)).stops
    (0, 1)
    """
    found = shortest_order(minutes, ends)
    if found is not None:
        return found
    n = len(minutes)
    if n <= EXACT_STOPS:
        none, one = np.zeros(n), np.ones(n)
        found = best_within(minutes, ends, stay_min=none, score=one, must=must, budget_min=np.inf)
        return None if found is None else found._replace(bound=found.minutes)
    from scipy.sparse.csgraph import connected_components

    _, group = connected_components(np.isfinite(minutes), directed=True, connection="strong")
    kept = [*must, *(row for row in (ends.start, ends.end) if row is not None)]
    chosen = group[kept[0]] if kept else np.bincount(group).argmax()
    if any(group[row] != chosen for row in kept):
        return None
    rows = np.flatnonzero(group == chosen)
    inner = Ends(
        ends.closed,
        *(
            None if row is None else int(np.searchsorted(rows, row))
            for row in (ends.start, ends.end)
        ),
    )
    found = shortest_order(minutes[np.ix_(rows, rows)], inner)
    return None if found is None else found._replace(stops=tuple(rows[list(found.stops)].tolist()))


def best_within(
    minutes: NDArray[np.float64],
    ends: Ends,
    *,
    stay_min: NDArray[np.float64],
    score: NDArray[np.float64],
    must: Sequence[int],
    budget_min: float,
) -> Order | None:
    r"""
    Choose and order stops for the greatest score within a budget of time.

    .. math:: \max_{S \supseteq M} \sum_{i \in S} p_i \quad \text{so that} \quad
              T(S) + \sum_{i \in S} s_i \le B

    with :math:`T(S)` the shortest trail through :math:`S`; of equal scores the one of fewer
    minutes. Up to `EXACT_STOPS` stops over all subsets; more by inserting what adds most score
    a minute and exchanging stops as long as that gains (`bound`: a knapsack of the stays and
    the shortest ways in).

    Parameters
    ----------
    minutes : array of float, shape (n, n)
        See `shortest_order`.
    ends : Ends
        Ends that are fixed are visited.
    stay_min : array of float, minutes, n values
        Time spent at each stop.
    score : array of float, n values, >= 0
        What each stop is worth.
    must : sequence of int
        Rows that are visited.
    budget_min : float, minutes
        For legs and stays; infinite for as many stops as there is a way to.

    Returns
    -------
    Order or None
        None where the stops that must be visited do not fit.

    References
    ----------
    Golden, Levy and Vohra (1987). The orienteering problem. Naval Research Logistics 34.
    Vansteenwegen, Souffriau and Van Oudheusden (2011). The orienteering problem: a survey.
    European Journal of Operational Research 209.

    Examples
    --------
    >>> along = np.abs(np.subtract.outer([0.0, 30.0, 10.0], [0.0, 30.0, 10.0]))
    >>> one = np.ones(3)
    >>> best_within(along, Ends(closed=True), stay_min=5 * one, score=one, must=[0], budget_min=40)
    Order(stops=(0, 2), minutes=20.0, exact=True, bound=2.0)
    """
    fixed = {row for row in (ends.start, ends.end) if row is not None}
    kept = sorted({*must, *fixed})
    n = len(minutes)
    if n > EXACT_STOPS:
        found = fullest_tour(
            minutes, ends, stay_min=stay_min, score=score, kept=kept, budget_min=budget_min
        )
        return (
            None
            if found is None
            else _turned(Order(*found[:2], exact=False, bound=found[2]), minutes, ends)
        )
    tables = _paths(minutes, ends)
    subsets = np.arange(1 << n)
    held = (subsets[:, None] >> np.arange(n) & 1).astype(float)
    needed = sum(1 << row for row in kept)
    fits = (tables.total + held @ stay_min <= budget_min + _TIE) & np.isfinite(tables.total)
    fits &= (subsets & needed) == needed
    fits[0] = False
    if not fits.any():
        return None
    worth = held @ score
    candidates = np.flatnonzero(fits)
    ranking = np.lexsort(
        (candidates, tables.total[candidates].round(9), -worth[candidates].round(9))
    )
    subset = int(candidates[ranking[0]])
    return _turned(_traced(tables, subset, float(worth[subset])), minutes, ends)


class _Paths(NamedTuple):
    """Of every subset of stops: the last and the minutes of its shortest trail, and who came."""

    total: NDArray[np.float64]
    last: NDArray[np.intp]
    came: NDArray[np.int8]


def _paths(minutes: NDArray[np.float64], ends: Ends) -> _Paths:
    """Shortest trails through every subset, by growing them a stop at a time."""
    n = len(minutes)
    subsets = np.arange(1 << n)
    held = (subsets[:, None] >> np.arange(n) & 1).astype(bool)
    size = held.sum(axis=1)
    lowest = held.argmax(axis=1)
    best = np.full((1 << n, n), np.inf)
    came = np.full((1 << n, n), -1, dtype=np.int8)
    starts = np.arange(n) if ends.start is None else np.array([ends.start])
    best[1 << starts, starts] = 0.0
    for count in range(1, n):
        layer = subsets[size == count]
        over = best[layer][:, :, None] + minutes[None]
        before = over.argmin(axis=1)
        value = np.take_along_axis(over, before[:, None], axis=1)[:, 0]
        for row in range(n):
            free = ~held[layer, row]
            if ends.closed and ends.start is None:
                free &= row > lowest[layer]  # a loop is told from its lowest stop
            grown = layer[free] | (1 << row)
            best[grown, row], came[grown, row] = value[free, row], before[free, row]
    if ends.closed:
        home = lowest if ends.start is None else np.full(len(subsets), ends.start)
        best = best + np.where(held, minutes[:, home].T, np.inf)
    elif ends.end is not None:
        best[:, np.arange(n) != ends.end] = np.inf
    last = best.argmin(axis=1)
    return _Paths(best[subsets, last], last, came)


def _traced(tables: _Paths, subset: int, bound: float) -> Order:
    """The trail behind an entry, from its end back."""
    total, row, left = float(tables.total[subset]), int(tables.last[subset]), subset
    back = [row]
    while (before := int(tables.came[left, row])) >= 0:
        left, row = left & ~(1 << row), before
        back.append(row)
    return Order(tuple(reversed(back)), total, exact=True, bound=float(bound))


def _turned(order: Order, minutes: NDArray[np.float64], ends: Ends) -> Order:
    """The same trail from its other end, where that takes as long and comes first."""
    fixed = ends.end is not None or (ends.start is not None and not ends.closed)
    first, *rest = order.stops
    other = (first, *rest[::-1]) if ends.closed else order.stops[::-1]
    if fixed or other >= order.stops:
        return order
    legs = [
        *itertools.pairwise(other),
        *([(other[-1], first)] if ends.closed else []),
    ]
    back = sum(float(minutes[leg]) for leg in legs)
    return order._replace(stops=other) if back <= order.minutes + _TIE else order
