"""How many places two lists leave out together: Chapman's estimate, an upper bound of completeness."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from creative_spatial.resources.completeness import completeness_facts

if TYPE_CHECKING:
    from collections.abc import Callable

_TAIL = 0.025
_ENDLESS = 1 << 40


class TwoLists(NamedTuple):
    """
    What two lists say of the number of places there are.

    Parameters
    ----------
    total : float
        Estimated number of places; at least those listed.
    standard_error : float
        Its standard error.
    low, high : float
        95 % interval of the number of places.
    first, second, together : float
        Share of the places that is in the first list, in the second, in either: upper bounds.
    together_low, together_high : float
        95 % interval of `together`, as if the lists were independent.
    assessed : bool
        False where the lists share too few places for any of it to be relied on.
    """

    total: float
    standard_error: float
    low: float
    high: float
    first: float
    second: float
    together: float
    together_low: float
    together_high: float
    assessed: bool


def chapman(n1: int, n2: int, m: int) -> TwoLists:
    r"""
    Estimate how many places there are from two lists of them, and how complete each list is.

    .. math::

        \hat N = \frac{(n_1+1)(n_2+1)}{m+1} - 1, \qquad
        \widehat{\mathrm{var}}(\hat N) = \frac{(n_1+1)(n_2+1)(n_1-m)(n_2-m)}{(m+1)^2(m+2)}

    The interval is exact: every :math:`N` under which, the lists' sizes given, as few common
    places as found and as many have a chance of 2.5 % or more each (hypergeometric, the tails
    inverted after Clopper and Pearson). Where the lists have no place in common it has no end.

    Parameters
    ----------
    n1, n2 : int
        Places in the first and in the second list, each counted once.
    m : int
        Places in both.

    Returns
    -------
    TwoLists
        Shares are upper bounds of completeness: lists of one town are positively dependent
        (both have what is famous), so that places in neither are more than estimated. NaN
        where both lists are empty.

    Raises
    ------
    ValueError
        If a number is negative, or more places are in both than in one of them.

    References
    ----------
    Chapman (1951), Univ. Calif. Publ. Stat. 1, 131-160. Seber (1970), Biometrika 57; (1982),
    The Estimation of Animal Abundance, section 3.1: variance. Clopper and Pearson (1934),
    Biometrika 26: exact intervals.

    Examples
    --------
    Ten places on one list, fifteen on the other, five on both:

    >>> found = chapman(10, 15, 5)
    >>> round(found.total, 1), found.low, found.high, found.assessed
    (28.3, 21, 73, False)
    """
    if min(n1, n2, m) < 0 or m > min(n1, n2):
        raise ValueError(
            f"n1 = {n1}, n2 = {n2}, m = {m}: numbers of places, of which no more can be in both "
            "lists than in either."
        )
    only_first, only_second = n1 - m, n2 - m
    listed = n1 + n2 - m
    hidden = only_first * only_second / (m + 1)  # N̂ minus what is listed, without its cancellation
    total = listed + hidden
    variance = (n1 + 1) * (n2 + 1) * only_first * only_second / ((m + 1) ** 2 * (m + 2))
    low, high = _interval(n1, n2, m)
    share = (lambda count, of: count / of) if listed else (lambda _count, _of: math.nan)
    return TwoLists(
        total=total,
        standard_error=math.sqrt(variance),
        low=low,
        high=high,
        first=share(n1, total),
        second=share(n2, total),
        together=share(listed, total),
        together_low=share(listed, high),
        together_high=share(listed, low),
        assessed=m >= completeness_facts().chapman.min_matches.value,
    )


def _interval(n1: int, n2: int, m: int) -> tuple[float, float]:
    """Least and largest number of places that the common ones do not speak against."""
    from scipy.stats import hypergeom

    listed = n1 + n2 - m
    low = _first(listed, lambda total: hypergeom.cdf(m, total, n1, n2) >= _TAIL)
    if m == 0:
        return low, math.inf
    beyond = _first(low, lambda total: hypergeom.sf(m - 1, total, n1, n2) < _TAIL)
    return low, max(beyond - 1, low)


def _first(start: int, holds: Callable[[int], bool]) -> int:
    """Smallest number from `start` on from which a condition holds."""
    step, below = 1, start - 1
    while not holds(start + step - 1) and step < _ENDLESS:
        below, step = start + step - 1, 2 * step
    above = start + step - 1
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (below, middle) if holds(middle) else (middle, above)
    return above
