"""From criteria to one letter, and from several letters to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.resources.completeness import GRADES, Scale, completeness_facts

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORST = len(GRADES) - 1


def graded(shares: pd.Series[float], scale: Scale) -> pd.Series[float]:
    """
    Turn shares into ranks of grades: 0 for A to 3 for D.

    Parameters
    ----------
    shares : Series of float
        Null where not assessed.
    scale : Scale
        Least share of each grade that can be attested; the rest is D.

    Returns
    -------
    Series of float
        Indexed like `shares`; null where they are.
    """
    ranks = pd.Series(float(WORST), index=shares.index)
    for letter in reversed(GRADES[:-1]):
        if letter in scale.limits:
            ranks = ranks.mask(shares >= scale.limits[letter], float(GRADES.index(letter)))
    return ranks.where(shares.notna())


def letters(ranks: pd.Series[float]) -> pd.Series[str]:
    """
    Write ranks as letters.

    Parameters
    ----------
    ranks : Series of float
        0 to 3, or null.

    Returns
    -------
    Series of str
        "A" to "D", or null.
    """
    return ranks.map({float(rank): letter for rank, letter in enumerate(GRADES)}).astype("str")


def ranks_of(grades: pd.Series[str]) -> pd.Series[float]:
    """
    Read letters as ranks.

    Parameters
    ----------
    grades : Series of str
        "A" to "D", or null.

    Returns
    -------
    Series of float
        0 to 3, or null.
    """
    ranks = {letter: float(rank) for rank, letter in enumerate(GRADES)}
    return grades.map(ranks).astype(float)


def matters(weights: NDArray[np.float64]) -> NDArray[np.bool_]:
    """
    Say which groups are large enough to decide for all.

    Parameters
    ----------
    weights : array of float
        Number of features of each group.

    Returns
    -------
    array of bool
        Same shape.
    """
    least = completeness_facts().together.min_share.value * weights.sum()
    return np.asarray(weights >= least, dtype=bool)


def together(ranks: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Give several groups one rank: the worst of those that matter.

    A number is as sound as its weakest part, but a handful of places of a rare kind does not
    decide over a city; and where most places are in groups that nobody could grade, there
    is no grade.

    Parameters
    ----------
    ranks : array of float, shape (units, groups)
        0 to 3, or NaN.
    weights : array of float, shape (groups,)
        Number of features of each group.

    Returns
    -------
    array of float, shape (units,)
        0 to 3, or NaN.

    Examples
    --------
    Restaurants are graded, shrines are not; a rare kind is D:

    >>> together(np.array([[2.0, np.nan, 3.0]]), np.array([70.0, 28.0, 2.0]))
    array([2.])
    """
    facts = completeness_facts().together
    total = weights.sum()
    if not total > 0 or not ranks.size:
        return np.full(len(ranks), np.nan)
    known = ~np.isnan(ranks)
    assessed = (known * weights).sum(axis=1) >= facts.min_assessed_share.value * total
    counted = np.where(known & matters(weights), ranks, -1.0).max(axis=1)
    return np.where(assessed & (counted >= 0), counted, np.nan)
