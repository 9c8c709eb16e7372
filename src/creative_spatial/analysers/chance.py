"""What chance would give, beside what is observed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

INTERVAL = (0.025, 0.975)
MIN_DRAWS = 99
_TIE = 1e-9


class Chance(NamedTuple):
    """
    What the draws of a null give, each array of the shape of what was observed.

    Parameters
    ----------
    expected : array of float
        Mean of the draws.
    low, high : array of float
        Limits that 95 % of them lie within.
    p : array of float
        Two-sided; null where the observed value is.
    """

    expected: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p: NDArray[np.float64]


def beside_chance(observed: ArrayLike, drawn: NDArray[np.float64]) -> Chance:
    """
    Compare what is observed with draws of a null.

    Parameters
    ----------
    observed : array of float, any shape
        The statistic.
    drawn : array of float, shape (draws, ...)
        The same of each draw.

    Returns
    -------
    Chance
        Equal up to rounding counts as reached.

    Examples
    --------
    >>> beside_chance(3.0, np.array([0.0, 1, 2, 1])).p.item()
    0.4
    """
    value = np.asarray(observed, dtype=float)
    slack = _TIE * np.maximum(np.abs(value), 1)
    above, below = (drawn >= value - slack).sum(axis=0), (drawn <= value + slack).sum(axis=0)
    known = ~np.isnan(value)
    low, high = np.quantile(np.where(known, drawn, 0.0), INTERVAL, axis=0)
    p = two_sided(above, below, len(drawn))
    return Chance(*(np.where(known, it, np.nan) for it in (drawn.mean(axis=0), low, high, p)))


def in_words(expected: ArrayLike, low: ArrayLike, high: ArrayLike, p: ArrayLike) -> NDArray[Any]:
    """
    Say what chance would give, for the notes of a number.

    Parameters
    ----------
    expected, low, high, p : array of float, n values
        What `beside_chance` found.

    Returns
    -------
    array of str or None, n values
        None where a number is null.

    Examples
    --------
    >>> in_words([1.0, np.nan], [0.5, np.nan], [1.5, np.nan], [0.04, np.nan]).tolist()
    ['chance, which gives 1.00 (0.50 to 1.50); p = 0.04', None]
    """
    told = [np.asarray(it, dtype=float).ravel() for it in (expected, low, high, p)]
    said = [
        None
        if np.isnan(row).any()
        else f"chance, which gives {row[0]:.2f} ({row[1]:.2f} to {row[2]:.2f}); p = {row[3]:.2g}"
        for row in zip(*told, strict=True)
    ]
    return np.array(said, dtype=object)


def two_sided(above: ArrayLike, below: ArrayLike, draws: int) -> NDArray[np.float64]:
    r"""
    Two-sided p of the numbers of draws that reach an observed value from either side.

    .. math:: p = \min \Bigl( 1, 2 \, \frac{\min(a, b) + 1}{m + 1} \Bigr)

    Parameters
    ----------
    above, below : array of int
        Draws that are at least, and at most, the observed value.
    draws : int, > 0
        All draws, m.

    Returns
    -------
    array of float
        Never 0: the observed arrangement is one of those that chance can give.

    References
    ----------
    Davison and Hinkley (1997), Bootstrap Methods and their Application, chapter 4.
    """
    least = np.minimum(np.asarray(above), np.asarray(below))
    return np.asarray(np.minimum(2 * (least + 1) / (draws + 1), 1.0), dtype=float)


def affordable(permutations: int, cost: float, budget: float) -> int:
    """
    How many draws to make where each costs much: fewer, but never under 99.

    Parameters
    ----------
    permutations : int
        How many are wanted.
    cost : float
        Of one, in steps of any kind.
    budget : float
        Of all, in the same steps.

    Returns
    -------
    int
        At most `permutations`.

    Examples
    --------
    >>> affordable(999, 1e6, 5e8), affordable(999, 10, 5e8), affordable(999, 1e9, 5e8)
    (500, 999, 99)
    """
    return int(min(permutations, max(MIN_DRAWS, budget // max(cost, 1.0))))


def over_draws(
    statistic: Callable[[NDArray[np.intp]], Any], size: int, *, permutations: int, seed: int
) -> NDArray[np.float64]:
    """
    Values of a statistic when places change places.

    Parameters
    ----------
    statistic : callable
        Of an order of the places: what stands at each place then.
    size : int
        Number of places. Orders are drawn, not kinds, so that renaming kinds changes nothing.
    permutations : int, > 0
        Draws.
    seed : int
        Of the draws.

    Returns
    -------
    array of float, shape (permutations, ...)
        One value a draw.
    """
    rng = np.random.default_rng(seed)
    return np.array([statistic(rng.permutation(size)) for _ in range(permutations)], dtype=float)
