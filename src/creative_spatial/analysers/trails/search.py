"""Trails of many stops: tours improved step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from creative_spatial.analysers.trails.bounds import assignment_bound, score_bound, tree_bound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STARTS = 10
_GAIN = 1e-9


class Ends(NamedTuple):
    """
    How a trail begins and ends.

    Parameters
    ----------
    closed : bool
        Whether it returns to its start.
    start, end : int or None
        Rows of the stops; None leaves them to the search. A closed trail has no other end.
    """

    closed: bool
    start: int | None = None
    end: int | None = None


class _Cycle(NamedTuple):
    """A trail as a cycle: an open one closes over a gate that costs nothing."""

    cost: NDArray[np.float64]
    barred: float
    gate: int | None


class _Choice(NamedTuple):
    """What a choice of stops is made by; the gate of an open trail takes and gives nothing."""

    cycle: _Cycle
    stay: NDArray[np.float64]
    worth: NDArray[np.float64]
    kept: frozenset[int]
    budget: float

    def spent(self, tour: list[int]) -> float:
        return _length(tour, self.cycle.cost) + float(self.stay[tour].sum())


Tour = tuple[tuple[int, ...], float, float]


def cheapest_tour(minutes: NDArray[np.float64], ends: Ends) -> Tour | None:
    """
    Order all stops by improving tours from several starts.

    Parameters
    ----------
    minutes : array of float, shape (n, n)
        From each stop to each other.
    ends : Ends
        Of the trail.

    Returns
    -------
    (tuple of int, float, float) or None
        Rows in order, minutes, and minutes that no order is under; None where a way is missing.
    """
    cycle = _as_cycle(minutes, ends)
    size = len(cycle.cost)
    firsts = np.unique(np.linspace(0, size - 1, min(STARTS, size)).astype(int))
    tours = [_improved(_nearest_neighbours(cycle.cost, int(first)), cycle.cost) for first in firsts]
    best = min(tours, key=lambda tour: (round(_length(tour, cycle.cost), 9), tour))
    length = _length(best, cycle.cost)
    if length >= cycle.barred:
        return None
    bound = max(tree_bound(cycle.cost, length), assignment_bound(cycle.cost))
    return _unrolled(best, cycle, ends), length, min(max(bound, 0.0), length)


def fullest_tour(
    minutes: NDArray[np.float64],
    ends: Ends,
    *,
    stay_min: NDArray[np.float64],
    score: NDArray[np.float64],
    kept: Sequence[int],
    budget_min: float,
) -> Tour | None:
    """
    Choose and order stops by inserting and exchanging them within a budget.

    Parameters
    ----------
    minutes : array of float, shape (n, n)
        From each stop to each other.
    ends : Ends
        Of the trail.
    stay_min, score : array of float, n values
        Of each stop.
    kept : sequence of int
        Stops that are visited.
    budget_min : float, minutes
        For legs and stays.

    Returns
    -------
    (tuple of int, float, float) or None
        Rows in order, minutes of the legs, and a score that no choice is over; None where what
        is kept does not fit.
    """
    cycle = _as_cycle(minutes, ends)
    budget = min(budget_min, cycle.barred - 2 * _GAIN + float(stay_min.sum()))
    stay, worth = np.append(stay_min, 0.0), np.append(score, 0.0)
    choice = _Choice(cycle, stay, worth, frozenset(kept), budget)
    gates = [] if cycle.gate is None else [cycle.gate]
    likely = np.lexsort((np.arange(len(score)), minutes.sum(axis=0), -score))
    seeds = [list(kept)] if kept else []
    seeds += [[*kept, int(row)] for row in likely if row not in kept][:STARTS]
    found = []
    for seed in seeds:
        tour = _improved([*gates, *seed], cycle.cost)
        if choice.spent(tour) <= budget + _GAIN:
            tour = _filled(tour, choice)
            length = round(_length(tour, cycle.cost), 9)
            found.append((-round(float(worth[tour].sum()), 9), length, tour))
    if not found:
        return None
    best = min(found)[2]
    bound = score_bound(
        minutes, stay_min=stay_min, score=score, budget_min=budget, closed=ends.closed
    )
    return _unrolled(best, cycle, ends), _length(best, cycle.cost), bound


def _as_cycle(minutes: NDArray[np.float64], ends: Ends) -> _Cycle:
    """Costs of the cycle; no way is dearer than any tour of ways that there are."""
    n = len(minutes)
    finite = minutes[np.isfinite(minutes)]
    barred = float((n + 2) * finite.max(initial=0.0) + 1)
    cost = np.where(np.isfinite(minutes), minutes, barred)
    np.fill_diagonal(cost, barred)
    if ends.closed:
        return _Cycle(cost, barred, None)
    cost = np.pad(cost, ((0, 1), (0, 1)))
    for fixed, arcs in ((ends.start, cost[n, :n]), (ends.end, cost[:n, n])):
        if fixed is not None:
            arcs[:] = barred
            arcs[fixed] = 0.0
    cost[n, n] = barred
    return _Cycle(cost, barred, n)


def _unrolled(tour: list[int], cycle: _Cycle, ends: Ends) -> tuple[int, ...]:
    """The trail of a cycle: from the gate, from the start, or from its lowest stop."""
    first = cycle.gate if cycle.gate is not None else ends.start
    at = tour.index(min(tour) if first is None else first)
    turned = [*tour[at:], *tour[:at]]
    return tuple(turned[1:] if cycle.gate is not None else turned)


def _length(tour: Sequence[int], cost: NDArray[np.float64]) -> float:
    return float(cost[tour, np.roll(tour, -1)].sum()) if len(tour) > 1 else 0.0


def _nearest_neighbours(cost: NDArray[np.float64], first: int) -> list[int]:
    """A tour that goes on to the nearest stop not yet visited."""
    left = np.ones(len(cost), dtype=bool)
    tour = [first]
    left[first] = False
    while left.any():
        away = np.where(left, cost[tour[-1]], np.inf)
        tour.append(int(away.argmin()))
        left[tour[-1]] = False
    return tour


def _improved(tour: list[int], cost: NDArray[np.float64]) -> list[int]:
    """The tour after the best move or turn of a stretch, again and again, until none gains."""
    while len(tour) > 2:
        gain, better = max(
            (_best_turn(tour, cost), _best_move(tour, cost)), key=lambda found: found[0]
        )
        if gain <= _GAIN:
            break
        tour = better
    return tour


def _around(tour: list[int], cost: NDArray[np.float64]) -> tuple[NDArray[np.intp], ...]:
    """The tour with its first stop again at the end, and legs summed up forwards and back."""
    round_trip = np.array([*tour, tour[0]])
    forward = np.concatenate([[0.0], np.cumsum(cost[round_trip[:-1], round_trip[1:]])])
    backward = np.concatenate([[0.0], np.cumsum(cost[round_trip[1:], round_trip[:-1]])])
    return round_trip, forward, backward


def _best_turn(tour: list[int], cost: NDArray[np.float64]) -> tuple[float, list[int]]:
    """Turning one stretch round (2-opt), legs in it taken the other way."""
    trip, forward, backward = _around(tour, cost)
    first, last = np.triu_indices(len(tour) - 1)
    first, last = first + 1, last + 1
    before, after = trip[first - 1], trip[last + 1]
    was = forward[last + 1] - forward[first - 1]
    inside = backward[last] - backward[first]
    gain = was - (cost[before, trip[last]] + inside + cost[trip[first], after])
    at = int(gain.argmax())
    i, j = int(first[at]), int(last[at]) + 1
    return float(gain[at]), [*tour[:i], *reversed(tour[i:j]), *tour[j:]]


def _best_move(tour: list[int], cost: NDArray[np.float64]) -> tuple[float, list[int]]:
    """Moving one stretch elsewhere, as it is or turned round (Or-opt of any length)."""
    size = len(tour)
    trip, forward, backward = _around(tour, cost)
    best: tuple[float, int, int, int, bool] = (0.0, 0, 0, 0, False)
    gap = np.arange(size)
    between = cost[trip[:-1], trip[1:]]
    for span in range(1, size // 2 + 1):
        first = np.arange(1, size - span + 1)
        last = first + span - 1
        head, tail = trip[first], trip[last]
        freed = cost[trip[first - 1], head] + cost[tail, trip[last + 1]]
        freed = freed - cost[trip[first - 1], trip[last + 1]]
        turned = (backward[last] - backward[first]) - (forward[last] - forward[first])
        straight = cost[trip[:-1]][:, head].T + cost[tail][:, trip[1:]] - between
        around = cost[trip[:-1]][:, tail].T + cost[head][:, trip[1:]] - between + turned[:, None]
        own = (gap >= first[:, None] - 1) & (gap <= last[:, None])
        for added, reverse in ((straight, False), (around, True)):
            gain = np.where(own, -np.inf, freed[:, None] - added)
            at = int(gain.argmax())
            if gain.flat[at] > best[0] + _GAIN:
                row, to = divmod(at, size)
                best = (float(gain.flat[at]), int(first[row]), int(last[row]), to, reverse)
    gain_of_best, i, j, to, reverse = best
    if gain_of_best <= 0:
        return 0.0, tour
    stretch = tour[i : j + 1][::-1] if reverse else tour[i : j + 1]
    rest = [*tour[:i], *tour[j + 1 :]]
    to = to + 1 if to < i else to + 1 - len(stretch)
    return gain_of_best, [*rest[:to], *stretch, *rest[to:]]


def _filled(tour: list[int], choice: _Choice) -> list[int]:
    """Insert what adds most score a minute; when nothing fits, exchange one stop for another."""
    while True:
        better = _best_insertion(tour, choice) or _best_exchange(tour, choice)
        if better is None:
            return tour
        tour = _improved(better, choice.cycle.cost)


def _insertions(
    tour: list[int], choice: _Choice
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.intp]]:
    """Stops not on a tour, the minutes that each adds at its cheapest, and where."""
    cost = choice.cycle.cost
    others = np.setdiff1d(np.arange(len(cost)), tour)
    stops, after = np.array(tour), np.roll(tour, -1)
    between = cost[stops, after] if len(tour) > 1 else np.zeros(1)
    added = cost[stops][:, others].T + cost[others][:, after] - between
    place = added.argmin(axis=1)
    return others, added.min(axis=1) + choice.stay[others], place


def _best_insertion(tour: list[int], choice: _Choice) -> list[int] | None:
    others, added, place = _insertions(tour, choice)
    free = choice.budget - choice.spent(tour)
    able = (added <= free + _GAIN) & (choice.worth[others] > 0)
    if not able.any():
        return None
    rate = np.where(able, choice.worth[others] / np.maximum(added, 1e-6), -np.inf)
    at = int(rate.argmax())
    to = int(place[at]) + 1
    return [*tour[:to], int(others[at]), *tour[to:]]


def _best_exchange(tour: list[int], choice: _Choice) -> list[int] | None:
    """One stop for another of more score, or of the same score in less time."""
    now = choice.spent(tour)
    best: tuple[float, float] = (0.0, 0.0)
    better = None
    for out in tour:
        if out in choice.kept or out == choice.cycle.gate or len(tour) < 2:
            continue
        rest = [row for row in tour if row != out]
        others, added, place = _insertions(rest, choice)
        spent = choice.spent(rest) + added
        more, less = choice.worth[others] - choice.worth[out], now - spent
        more[others == out] = -np.inf
        able = (spent <= choice.budget + _GAIN) & (
            (more > _GAIN) | ((more > -_GAIN) & (less > 1e-6))
        )
        for at in np.flatnonzero(able):
            rank = (float(more[at].round(9)), float(less[at].round(9)))
            if rank > best:
                to = int(place[at]) + 1
                best, better = rank, [*rest[:to], int(others[at]), *rest[to:]]
    return better
