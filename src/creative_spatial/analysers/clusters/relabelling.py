"""
Random draws in which one unit keeps its value and the others are shuffled.

Every unit needs, for each draw, as many values of other units as it has neighbours. One
draw of one value more than the greatest number of neighbours serves all units: a unit
that meets itself among its neighbours takes the spare value instead. Each unit's values
are then a uniform sample of the others without replacement, and what a draw gives is the
same for nearly all units, so that it is summed and sorted once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK = 4_000_000


def draws_at_least(
    values: NDArray[np.float64],
    observed: NDArray[np.float64],
    cardinality: NDArray[np.intp],
    *,
    permutations: int,
    seed: int,
    chosen: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """
    Count the draws in which the neighbours' sum reaches the observed one.

    Parameters
    ----------
    values : array of float, shape (n,)
        What the units have.
    observed : array of float, shape (n,)
        Sum of each unit's neighbours' values.
    cardinality : array of int, shape (n,)
        Number of each unit's neighbours, itself not among them; less than n.
    permutations : int, > 0
        Number of draws.
    seed : int
        Of the random draws.
    chosen : array of bool, shape (n,), optional
        Units that are asked of; for the others every draw counts.

    Returns
    -------
    above : array of int, shape (n,)
        Draws whose sum is at least the observed one; equal up to rounding counts.
    below : array of int, shape (n,)
        Draws whose sum is at most the observed one.

    Examples
    --------
    Of four units, one has a neighbour; the others' values are 0, 0 and 1:

    >>> above, below = draws_at_least(np.array([5.0, 0, 0, 1]), np.array([1.0, 0, 0, 0]),
    ...     np.array([1, 0, 0, 0]), permutations=3000, seed=1)
    >>> round(int(above[0]) / 3000, 1), int(below[0])
    (0.3, 3000)
    """
    size = len(values)
    rng = np.random.default_rng(seed)
    asked = cardinality if chosen is None else np.where(chosen, cardinality, 0)
    widest = int(asked.max(initial=0))
    above = np.full(size, permutations, dtype=np.intp)
    below = np.full(size, permutations, dtype=np.intp)
    if widest == 0:
        return above, below
    drawn = _distinct(size, widest + 1, permutations, rng)
    sums = np.cumsum(values[drawn], axis=1)
    tolerance = 1e-10 * max(float(np.abs(values).sum()), 1e-300) / size
    for number in np.unique(asked[asked > 0]).tolist():
        units = np.flatnonzero(asked == number)
        total = sums[:, number - 1]
        ordered = np.sort(total)
        reach = observed[units]
        above[units] = permutations - np.searchsorted(ordered, reach - tolerance, side="left")
        below[units] = np.searchsorted(ordered, reach + tolerance, side="right")
        # In the draws in which a unit met itself it takes the spare value: these are recounted.
        draw, column = np.nonzero((asked == number)[drawn[:, :number]])
        unit = drawn[draw, column]
        spare = values[drawn[draw, number]]
        after = total[draw] - values[unit] + spare
        least, most = observed[unit] - tolerance, observed[unit] + tolerance
        np.add.at(above, unit, _change(after >= least, total[draw] >= least))
        np.add.at(below, unit, _change(after <= most, total[draw] <= most))
    return above, below


def _change(after: NDArray[np.bool_], before: NDArray[np.bool_]) -> NDArray[np.intp]:
    return after.astype(np.intp) - before.astype(np.intp)


def _distinct(size: int, number: int, rows: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Rows of distinct positions in random order, shape (rows, number)."""
    if number * number * 4 < size:
        drawn = rng.integers(size, size=(rows, number))
        while True:
            ordered = np.sort(drawn, axis=1)
            again = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
            if not len(again):
                return drawn
            drawn[again] = rng.integers(size, size=(len(again), number))
    step = max(1, _CHUNK // size)
    parts = [
        np.argsort(rng.random((min(step, rows - start), size)), axis=1)[:, :number]
        for start in range(0, rows, step)
    ]
    return np.concatenate(parts)
